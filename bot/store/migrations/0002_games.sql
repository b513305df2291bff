-- Games, their rounds, and every answer. `shown` is the `version` that the channel's message shows; 0 is no message.

CREATE TABLE games (
    id         INTEGER PRIMARY KEY,
    request_id INTEGER NOT NULL UNIQUE, -- the interaction that asked for it: delivered twice, it starts one game
    kind       TEXT NOT NULL CHECK (kind IN ('channel', 'solo')),
    guild_id   INTEGER,                 -- none in solo play, wherever it happens
    channel_id INTEGER NOT NULL,        -- a thread has its own
    starter_id INTEGER NOT NULL,
    rules      TEXT NOT NULL,           -- JSON
    state      TEXT NOT NULL CHECK (state IN ('running', 'finished', 'stopped')),
    number     INTEGER NOT NULL,        -- of the round drawn last
    started_at INTEGER NOT NULL,
    ended_at   INTEGER,
    reason     TEXT,                    -- why it was stopped
    message_id INTEGER,                 -- of the final standings
    version    INTEGER NOT NULL DEFAULT 0,
    shown      INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX games_running ON games (channel_id) WHERE state = 'running' AND kind = 'channel';
CREATE INDEX games_by_channel ON games (channel_id, id) WHERE kind = 'channel';
CREATE INDEX games_to_show ON games (id) WHERE shown < version;

CREATE TABLE rounds (
    id         INTEGER PRIMARY KEY,
    game_id    INTEGER NOT NULL REFERENCES games (id),
    number     INTEGER NOT NULL,
    question   TEXT NOT NULL,           -- JSON: the whole question and its options in order; a new bank changes no round
    options    INTEGER NOT NULL,
    allowed    INTEGER,                 -- milliseconds; none when untimed
    state      TEXT NOT NULL CHECK (state IN ('opening', 'open', 'closed')),
    drawn_at   INTEGER NOT NULL,        -- by our clock; the other instants are Discord's
    message_id INTEGER,
    opened_at  INTEGER,
    closes_at  INTEGER,
    closed_at  INTEGER,
    cause      TEXT,
    version    INTEGER NOT NULL DEFAULT 0,
    shown      INTEGER NOT NULL DEFAULT 0,
    UNIQUE (game_id, number)
) STRICT;

CREATE INDEX rounds_to_show ON rounds (id) WHERE shown < version;
CREATE INDEX rounds_going_on ON rounds (id) WHERE state <> 'closed';

CREATE TABLE answers (
    round_id  INTEGER NOT NULL REFERENCES rounds (id),
    player_id INTEGER NOT NULL,
    option    INTEGER NOT NULL,         -- its place in the round's order, from 0
    at        INTEGER NOT NULL,
    is_right  INTEGER,                  -- this and what follows: from the close on
    points    INTEGER,
    streak    INTEGER,
    PRIMARY KEY (round_id, player_id)   -- the first press stands
) STRICT, WITHOUT ROWID;

CREATE TABLE scores (                   -- who has answered in a game, and how they stand after its closed rounds
    game_id        INTEGER NOT NULL REFERENCES games (id),
    player_id      INTEGER NOT NULL,
    points         INTEGER NOT NULL,
    answered       INTEGER NOT NULL,
    "right"        INTEGER NOT NULL,
    streak         INTEGER NOT NULL,
    longest_streak INTEGER NOT NULL,
    PRIMARY KEY (game_id, player_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE votes (
    game_id   INTEGER NOT NULL REFERENCES games (id),
    round_id  INTEGER NOT NULL,         -- to skip this round; 0 to stop the game
    player_id INTEGER NOT NULL,
    PRIMARY KEY (game_id, round_id, player_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE seen (                     -- questions not to be asked again until their pool is used up
    id          INTEGER PRIMARY KEY,    -- the order of asking
    scope_id    INTEGER NOT NULL,       -- the guild, or in solo play the player
    question_id TEXT NOT NULL,
    UNIQUE (scope_id, question_id)
) STRICT;
