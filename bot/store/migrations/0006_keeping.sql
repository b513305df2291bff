-- What would grow for ever is kept once, or so that it can go: a question's text once per version of its
-- content, and indexes by which an ended game, a player or a server is found without a search through history.

CREATE TABLE questions (
    hash     INTEGER PRIMARY KEY,  -- of the body
    body     TEXT NOT NULL,        -- JSON: the question
    asked_at INTEGER NOT NULL      -- when it was drawn last, give or take a day
) STRICT;

INSERT INTO questions (hash, body, asked_at)
    SELECT question_hash(question), question_body(question), drawn_at FROM rounds WHERE true
    ON CONFLICT (hash) DO UPDATE SET asked_at = max(asked_at, excluded.asked_at);

CREATE INDEX questions_by_age ON questions (asked_at);

CREATE TABLE rounds_kept (
    id           INTEGER PRIMARY KEY,
    game_id      INTEGER NOT NULL REFERENCES games (id),
    number       INTEGER NOT NULL,
    question     INTEGER NOT NULL,      -- its hash in `questions`; a new bank changes no round
    option_order TEXT NOT NULL,         -- a letter an option, counted from '0': the key; '1' is the first distractor
    allowed      INTEGER,               -- milliseconds; none when untimed
    state        TEXT NOT NULL CHECK (state IN ('opening', 'open', 'closed')),
    drawn_at     INTEGER NOT NULL,      -- by our clock; the other instants are Discord's
    message_id   INTEGER,
    opened_at    INTEGER,
    closes_at    INTEGER,
    closed_at    INTEGER,
    cause        TEXT,
    version      INTEGER NOT NULL DEFAULT 0,
    shown        INTEGER NOT NULL DEFAULT 0,
    UNIQUE (game_id, number)
) STRICT;

INSERT INTO rounds_kept
    SELECT id, game_id, number, question_hash(question), question_order(question), allowed, state, drawn_at,
        message_id, opened_at, closes_at, closed_at, cause, version, shown
    FROM rounds ORDER BY id;

DROP TABLE rounds;
ALTER TABLE rounds_kept RENAME TO rounds;
CREATE INDEX rounds_to_show ON rounds (id) WHERE shown < version;
CREATE INDEX rounds_going_on ON rounds (id) WHERE state <> 'closed';

CREATE TABLE seen_kept (           -- questions not to be asked again until their pool is used up
    scope_id    INTEGER NOT NULL,  -- the guild, or in solo play the player
    question_id TEXT NOT NULL,
    asked_at    INTEGER NOT NULL,  -- the order of asking; for what was asked before this was kept, only that
    PRIMARY KEY (scope_id, question_id)
) STRICT, WITHOUT ROWID;

INSERT INTO seen_kept SELECT scope_id, question_id, id FROM seen;
DROP TABLE seen;
ALTER TABLE seen_kept RENAME TO seen;

CREATE INDEX games_by_end ON games (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX games_by_guild ON games (guild_id) WHERE guild_id IS NOT NULL;
CREATE INDEX games_by_starter ON games (starter_id);
CREATE INDEX scores_by_player ON scores (player_id, game_id);
