-- readable from: 25
-- What a review takes: a question by a number instead of its id, and what FSRS makes of grades from the first one on.

CREATE TABLE question_names (      -- the numbers by which reviews name questions
    number      INTEGER PRIMARY KEY,
    question_id TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO question_names (number, question_id)
SELECT row_number() OVER (ORDER BY question_id), question_id FROM (SELECT DISTINCT question_id FROM reviews) AS reviewed;

CREATE TABLE reviews_small (
    home_id  INTEGER NOT NULL,     -- the person
    question INTEGER NOT NULL,     -- its number in `question_names`
    is_saved INTEGER NOT NULL,     -- 1: the person saved it; 0: they missed it
    added_at INTEGER NOT NULL,
    due_at   INTEGER,              -- NULL: since it was added
    grades   INTEGER NOT NULL,
    memory   TEXT,                 -- JSON, from the first grade on: FSRS's phase, step, stability in days and hardness, when it was graded, lapses
    PRIMARY KEY (home_id, question)
) STRICT, WITHOUT ROWID;

INSERT INTO reviews_small (home_id, question, is_saved, added_at, due_at, grades, memory)
SELECT r.home_id, n.number, CASE r.origin WHEN 'saved' THEN 1 ELSE 0 END, r.added_at,
    CASE WHEN r.due_at = r.added_at THEN NULL ELSE r.due_at END, r.grades,
    CASE WHEN r.grades > 0 THEN '[' || CAST(r.phase AS TEXT) || ',' || coalesce(CAST(r.step AS TEXT), 'null')
        || ',' || coalesce(CAST(r.stability AS TEXT), 'null') || ',' || coalesce(CAST(r.hardness AS TEXT), 'null')
        || ',' || coalesce(CAST(r.graded_at AS TEXT), 'null') || ',' || CAST(r.lapses AS TEXT) || ']' END
FROM reviews r JOIN question_names n ON n.question_id = r.question_id
ORDER BY r.home_id, n.number;

DROP TABLE reviews;
ALTER TABLE reviews_small RENAME TO reviews;
