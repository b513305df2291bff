-- The daily fact: schedules, what became of each day's post, and which facts a server has had.

CREATE TABLE schedules (
    id         INTEGER PRIMARY KEY,
    guild_id   INTEGER NOT NULL,
    number     INTEGER NOT NULL,          -- how the server's people call it: 1, 2, 3 ...
    request_id INTEGER NOT NULL UNIQUE,   -- the interaction that asked for it: a command delivered twice adds one
    channel_id INTEGER NOT NULL,
    at         TEXT    NOT NULL,          -- the local time of day, HH:MM
    timezone   TEXT,                      -- an IANA name; NULL follows the server's
    days       INTEGER NOT NULL CHECK (days BETWEEN 1 AND 127), -- bit 0 is Monday
    role_id    INTEGER,                   -- to be notified
    state      TEXT    NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'stopped', 'removed')),
    reason     TEXT,                      -- of the last refusal; why it is stopped
    failures   INTEGER NOT NULL DEFAULT 0, -- refused posts in a row
    next_on    TEXT,                      -- the local day of the next post; NULL when none is to come
    next_at    INTEGER,
    created_by INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (guild_id, number)
) STRICT;

CREATE INDEX schedules_by_next ON schedules (next_at) WHERE state = 'active';

CREATE TABLE posts (                      -- one row a schedule and local day: this is what makes a post come once
    id          INTEGER PRIMARY KEY,
    guild_id    INTEGER NOT NULL,
    schedule_id INTEGER NOT NULL REFERENCES schedules (id),
    local_date  TEXT    NOT NULL,
    channel_id  INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    fact_id     TEXT,
    marker      TEXT,                     -- random; in the message's nonce and buttons, to know it again
    state       TEXT    NOT NULL CHECK (state IN ('claimed', 'sent', 'missed', 'failed')),
    reason      TEXT,
    tries       INTEGER NOT NULL DEFAULT 0,
    tried_at    INTEGER,                  -- when sending was begun for the first time
    try_at      INTEGER,                  -- when to try (again); NULL once it is settled
    message_id  INTEGER,
    settled_at  INTEGER,
    UNIQUE (guild_id, schedule_id, local_date)
) STRICT;

CREATE INDEX posts_to_try ON posts (try_at) WHERE state = 'claimed';
CREATE INDEX posts_of_schedule ON posts (schedule_id, local_date);
CREATE INDEX posts_of_guild ON posts (guild_id, due_at);

CREATE TABLE posted_facts (               -- emptied when a server has had them all
    guild_id INTEGER NOT NULL,
    fact_id  TEXT    NOT NULL,
    PRIMARY KEY (guild_id, fact_id)
) STRICT, WITHOUT ROWID;
