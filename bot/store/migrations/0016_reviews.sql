-- readable from: 10
-- What people want to remember, and when it is worth asking them again. `home_id` is the person's.

CREATE TABLE reviews (
    home_id     INTEGER NOT NULL,
    question_id TEXT NOT NULL,
    origin      TEXT NOT NULL CHECK (origin IN ('missed', 'saved')),
    added_at    INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    phase       INTEGER NOT NULL,       -- FSRS: 1 learning, 2 review, 3 relearning
    step        INTEGER,
    stability   REAL,                   -- days
    hardness    REAL,                   -- 1 to 10
    graded_at   INTEGER,
    grades      INTEGER NOT NULL,
    lapses      INTEGER NOT NULL,
    PRIMARY KEY (home_id, question_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX reviews_by_due ON reviews (home_id, due_at);

CREATE TABLE review_choices (
    home_id      INTEGER PRIMARY KEY,
    is_automatic INTEGER NOT NULL       -- 1: what the person misses joins by itself, as for everybody without a row
) STRICT;
