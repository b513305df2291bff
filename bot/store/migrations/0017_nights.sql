-- readable from: 16
-- Quiz nights: announced, reminded of, played in rounds with breaks, and over.

CREATE TABLE nights (
    home_id     INTEGER NOT NULL,           -- the server
    id          INTEGER NOT NULL,
    request_id  INTEGER NOT NULL,           -- the interaction that asked for it: delivered twice, it announces one
    channel_id  INTEGER NOT NULL,
    starter_id  INTEGER NOT NULL,
    starts_at   INTEGER NOT NULL,
    rules       TEXT    NOT NULL,           -- JSON: of each of its games
    rounds      INTEGER NOT NULL,
    topics      TEXT    NOT NULL,           -- JSON: of its rounds in turn
    teams       INTEGER NOT NULL,           -- 0: none
    split       TEXT    NOT NULL CHECK (split IN ('drawn', 'chosen')),
    state       TEXT    NOT NULL CHECK (state IN ('coming', 'playing', 'break', 'over', 'off')),
    is_reminded INTEGER NOT NULL,
    number      INTEGER NOT NULL,           -- of the games that have begun
    due_at      INTEGER,                    -- of the next step; the row in `timers` is what makes it happen
    game_id     INTEGER,                    -- the last game that has begun
    event_id    INTEGER,                    -- among the server's events on Discord
    ended_at    INTEGER,
    reason      TEXT,
    version     INTEGER NOT NULL DEFAULT 1, -- what the announcement is to show; `shown` is what it does
    shown       INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (home_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX nights_by_request ON nights (home_id, request_id);
CREATE INDEX nights_to_come ON nights (home_id, starts_at) WHERE state NOT IN ('over', 'off');
CREATE INDEX nights_to_show ON nights (home_id, id) WHERE shown < version;
CREATE INDEX nights_by_end ON nights (ended_at) WHERE ended_at IS NOT NULL; -- for pruning
CREATE INDEX nights_by_starter ON nights (starter_id);

CREATE TABLE night_games (
    home_id  INTEGER NOT NULL,
    game_id  INTEGER NOT NULL,
    night_id INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    PRIMARY KEY (home_id, game_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX night_games_by_night ON night_games (home_id, night_id, number);

CREATE TABLE night_guests (                 -- who comes, or has played
    home_id   INTEGER NOT NULL,
    night_id  INTEGER NOT NULL,
    player_id INTEGER NOT NULL,
    team      INTEGER NOT NULL,             -- 0: none yet
    at        INTEGER NOT NULL,
    PRIMARY KEY (home_id, night_id, player_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX night_guests_by_player ON night_guests (player_id);

CREATE TABLE night_cards (                  -- the messages of a night: each is sent once
    home_id    INTEGER NOT NULL,
    night_id   INTEGER NOT NULL,
    step       INTEGER NOT NULL,            -- 0 the announcement, 1 the reminder, 2 that it is off, 10 + n the break after round n, 99 the end
    made_at    INTEGER NOT NULL,
    message_id INTEGER,                     -- NULL until it is out
    is_settled INTEGER NOT NULL DEFAULT 0,  -- 1: it is out, or never will be
    PRIMARY KEY (home_id, night_id, step)
) STRICT, WITHOUT ROWID;

CREATE INDEX night_cards_to_send ON night_cards (home_id, night_id, step) WHERE is_settled = 0;
