-- Schedules that say more, and posts that may stand for more than one day.

ALTER TABLE schedules ADD COLUMN topic TEXT;                        -- of the facts; NULL takes every topic
ALTER TABLE schedules ADD COLUMN is_told INTEGER NOT NULL DEFAULT 1; -- 0: stopped, and its maker does not know
ALTER TABLE schedules ADD COLUMN armed_at INTEGER;                  -- when next_at was worked out

CREATE INDEX schedules_by_armed ON schedules (armed_at) WHERE state = 'active';
CREATE INDEX schedules_untold ON schedules (created_by) WHERE is_told = 0;
CREATE INDEX schedules_by_channel ON schedules (channel_id) WHERE state = 'active';

CREATE TABLE posts_anew (                 -- a schedule has one row a local day, and one for each post asked for by hand
    id          INTEGER PRIMARY KEY,
    guild_id    INTEGER NOT NULL,
    schedule_id INTEGER NOT NULL REFERENCES schedules (id),
    request_id  INTEGER UNIQUE,           -- the interaction that asked for it by hand; NULL for a day's own
    first_date  TEXT,                     -- of an absence: all days from here to local_date were missed
    local_date  TEXT    NOT NULL,
    channel_id  INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    fact_id     TEXT,
    marker      TEXT,                     -- random; in the message's nonce and buttons, to know it again
    state       TEXT    NOT NULL CHECK (state IN ('claimed', 'sent', 'missed', 'failed', 'unknown')),
    reason      TEXT,
    tries       INTEGER NOT NULL DEFAULT 0,
    tried_at    INTEGER,                  -- when sending was begun for the first time
    try_at      INTEGER,                  -- when to try (again); NULL once it is settled
    message_id  INTEGER,
    settled_at  INTEGER
) STRICT;

INSERT INTO posts_anew (id, guild_id, schedule_id, local_date, channel_id, due_at, fact_id, marker, state,
    reason, tries, tried_at, try_at, message_id, settled_at)
SELECT id, guild_id, schedule_id, local_date, channel_id, due_at, fact_id, marker, state,
    reason, tries, tried_at, try_at, message_id, settled_at FROM posts;

DROP TABLE posts;
ALTER TABLE posts_anew RENAME TO posts;

-- This is what makes a post come once.
CREATE UNIQUE INDEX posts_once ON posts (guild_id, schedule_id, local_date) WHERE request_id IS NULL;
CREATE INDEX posts_to_try ON posts (try_at) WHERE state = 'claimed';
CREATE INDEX posts_of_schedule ON posts (schedule_id, local_date);
CREATE INDEX posts_of_guild ON posts (guild_id, due_at);
