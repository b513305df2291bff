-- The daily challenge: what it asks, each player's attempts and streak, the boards of servers, and reminders.
-- `home_id` is whose a row is: a player, a server, or 0 for what is everybody's.

CREATE TABLE papers (              -- questions that are fixed beforehand, the same for all who answer them
    home_id      INTEGER NOT NULL,
    name         TEXT    NOT NULL, -- 'daily:2026-11-28'
    number       INTEGER NOT NULL, -- from 1
    body         TEXT    NOT NULL, -- JSON: the question; a new bank changes no paper
    option_order TEXT    NOT NULL, -- as in `rounds`
    PRIMARY KEY (home_id, name, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempts (            -- one a player and date: this is what makes it one try a day
    home_id   INTEGER NOT NULL,    -- the player
    day       TEXT    NOT NULL,    -- by the player's calendar when it was begun
    game_id   INTEGER NOT NULL,
    questions INTEGER NOT NULL,
    timezone  TEXT    NOT NULL,    -- whose calendar it was
    guild_id  INTEGER,             -- the server on whose board it is to be put; NULL once it is there
    begun_at  INTEGER NOT NULL,
    marks     TEXT    NOT NULL DEFAULT '', -- a letter a question: r(ight), n(ear), w(rong), - (not answered)
    points    INTEGER NOT NULL DEFAULT 0,
    ended_at  INTEGER,
    PRIMARY KEY (home_id, day)
) STRICT, WITHOUT ROWID;

CREATE INDEX attempts_to_place ON attempts (guild_id) WHERE guild_id IS NOT NULL; -- to forget a server

CREATE TABLE streaks (             -- what a player's attempts add up to, and the calendar that holds now
    home_id       INTEGER PRIMARY KEY,
    timezone      TEXT    NOT NULL,
    days          INTEGER NOT NULL DEFAULT 0,
    longest       INTEGER NOT NULL DEFAULT 0,
    freezes       INTEGER NOT NULL DEFAULT 0,
    total         INTEGER NOT NULL DEFAULT 0,
    last_day      TEXT,
    last_at       INTEGER,
    last_timezone TEXT
) STRICT;

CREATE TABLE results (             -- whole attempts on the board of a server
    home_id   INTEGER NOT NULL,    -- the server
    day       TEXT    NOT NULL,
    player_id INTEGER NOT NULL,
    correct   INTEGER NOT NULL,
    questions INTEGER NOT NULL,
    points    INTEGER NOT NULL,
    ended_at  INTEGER NOT NULL,
    PRIMARY KEY (home_id, day, player_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX results_by_player ON results (player_id); -- to forget somebody

CREATE TABLE reminders (           -- of the daily challenge, by direct message
    home_id  INTEGER PRIMARY KEY,  -- the player
    at       TEXT    NOT NULL,     -- the local time of day, HH:MM
    next_on  TEXT,                 -- the date of the next one; NULL: it has stopped
    next_at  INTEGER,
    tried_at INTEGER,              -- when sending the next one was begun
    last_on  TEXT,                 -- the date of the last one
    last_at  INTEGER,
    reason   TEXT                  -- why it has stopped
) STRICT;
CREATE INDEX reminders_by_next ON reminders (next_at) WHERE next_at IS NOT NULL; -- for a clock that was ahead
