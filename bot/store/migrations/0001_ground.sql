-- The ground that games, boards and daily posts stand on. Instants are milliseconds since 1970 in UTC.

CREATE TABLE notes (               -- small things to remember between runs, such as which commands were synced
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE guilds (              -- a server's own settings; a missing row means the defaults
    id       INTEGER PRIMARY KEY,  -- the guild's snowflake
    timezone TEXT NOT NULL DEFAULT 'UTC',
    defaults TEXT NOT NULL DEFAULT '{}' -- JSON: the options of /quiz start that this server presets
) STRICT;

CREATE TABLE players (
    id   INTEGER PRIMARY KEY,      -- the user's snowflake
    name TEXT NOT NULL             -- the display name last seen
) STRICT;

CREATE TABLE timers (              -- what is to happen at an instant; deleted by the transaction that did it
    id       INTEGER PRIMARY KEY,
    kind     TEXT NOT NULL,
    ref      TEXT NOT NULL,
    guild_id INTEGER,
    due_at   INTEGER NOT NULL,
    UNIQUE (kind, ref)
) STRICT;

CREATE INDEX timers_by_due ON timers (due_at);
