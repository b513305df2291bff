-- readable from: 10
-- Every row has a home, first in its key: the server that it belongs to, the player where it is theirs alone, 0 where
-- it is everybody's. So a home's rows lie together, and may one day lie on a machine of their own. Ids are made by the
-- process from here on (`bot.store.ids`); those given before stay. `questions` and `notes` belong to no home: they are
-- reference data, and small.

ALTER TABLE guilds RENAME COLUMN id TO home_id;
ALTER TABLE players RENAME COLUMN id TO home_id;
ALTER TABLE hidden RENAME COLUMN player_id TO home_id;
ALTER TABLE profiles RENAME COLUMN player_id TO home_id;
ALTER TABLE skills RENAME COLUMN player_id TO home_id;
ALTER TABLE seen RENAME COLUMN scope_id TO home_id;
ALTER TABLE posted_facts RENAME COLUMN guild_id TO home_id;
ALTER TABLE members RENAME COLUMN guild_id TO home_id;
ALTER TABLE members ADD COLUMN account TEXT NOT NULL DEFAULT ''; -- the account's own name, as it was seen there

CREATE TABLE visits (                     -- the servers on whose boards a player stands
    home_id  INTEGER NOT NULL,            -- the player
    guild_id INTEGER NOT NULL,
    PRIMARY KEY (home_id, guild_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX visits_by_guild ON visits (guild_id);

INSERT INTO visits (home_id, guild_id)
    SELECT DISTINCT s.player_id, b.guild_id FROM standings s JOIN boards b ON b.id = s.board_id
    WHERE b.guild_id <> 0;

CREATE TABLE games_home (
    home_id    INTEGER NOT NULL,          -- the server; of a game played alone the player
    id         INTEGER NOT NULL,
    request_id INTEGER NOT NULL,          -- the interaction that asked for it: delivered twice, it starts one game
    kind       TEXT NOT NULL CHECK (kind IN ('channel', 'solo')),
    channel_id INTEGER NOT NULL,          -- a thread has its own
    starter_id INTEGER NOT NULL,
    rules      TEXT NOT NULL,             -- JSON
    state      TEXT NOT NULL CHECK (state IN ('running', 'finished', 'stopped')),
    number     INTEGER NOT NULL,          -- of the round drawn last
    started_at INTEGER NOT NULL,
    ended_at   INTEGER,
    reason     TEXT,                      -- why it was stopped
    stopper_id INTEGER,                   -- whose name is in the reason
    message_id INTEGER,                   -- of the final standings
    version    INTEGER NOT NULL DEFAULT 0,
    shown      INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (home_id, id),
    UNIQUE (home_id, request_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE game_homes (                 -- while this migration lasts
    id      INTEGER PRIMARY KEY,
    home_id INTEGER NOT NULL
) STRICT;

INSERT INTO game_homes (id, home_id) SELECT id, coalesce(guild_id, starter_id) FROM games;

INSERT INTO games_home (home_id, id, request_id, kind, channel_id, starter_id, rules, state, number, started_at,
    ended_at, reason, stopper_id, message_id, version, shown)
SELECT h.home_id, g.id, request_id, kind, channel_id, starter_id, rules, state, number, started_at,
    ended_at, reason, stopper_id, message_id, version, shown
FROM games g JOIN game_homes h ON h.id = g.id ORDER BY h.home_id, g.id;

CREATE TABLE rounds_home (
    home_id      INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    game_id      INTEGER NOT NULL,
    number       INTEGER NOT NULL,
    question     INTEGER NOT NULL,        -- its hash in `questions`; a new bank changes no round
    option_order TEXT NOT NULL,           -- a letter an option, counted from '0': the key; '1' is the first distractor
    allowed      INTEGER,                 -- milliseconds; none when untimed
    state        TEXT NOT NULL CHECK (state IN ('opening', 'open', 'closed')),
    drawn_at     INTEGER NOT NULL,        -- by our clock; the other instants are Discord's
    message_id   INTEGER,
    opened_at    INTEGER,
    closes_at    INTEGER,
    closed_at    INTEGER,
    cause        TEXT,
    clues_at     TEXT,                    -- JSON: when each clue after the first was to be read
    version      INTEGER NOT NULL DEFAULT 0,
    shown        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (home_id, id),
    FOREIGN KEY (home_id, game_id) REFERENCES games (home_id, id)
) STRICT, WITHOUT ROWID;

INSERT INTO rounds_home (home_id, id, game_id, number, question, option_order, allowed, state, drawn_at, message_id,
    opened_at, closes_at, closed_at, cause, clues_at, version, shown)
SELECT h.home_id, r.id, game_id, number, question, option_order, allowed, state, drawn_at, message_id,
    opened_at, closes_at, closed_at, cause, clues_at, version, shown
FROM rounds r JOIN game_homes h ON h.id = r.game_id ORDER BY h.home_id, r.id;

CREATE TABLE answers_home (
    home_id   INTEGER NOT NULL,
    round_id  INTEGER NOT NULL,
    player_id INTEGER NOT NULL,
    option    INTEGER NOT NULL,           -- its place in the round's order, from 0; -1: typed; 1024 + bits: a menu's
    text      TEXT,                       -- what was typed
    at        INTEGER NOT NULL,
    is_right  INTEGER,                    -- this and what follows: from the close on
    points    INTEGER,
    streak    INTEGER,
    PRIMARY KEY (home_id, round_id, player_id), -- the first press stands
    FOREIGN KEY (home_id, round_id) REFERENCES rounds (home_id, id)
) STRICT, WITHOUT ROWID;

INSERT INTO answers_home (home_id, round_id, player_id, option, text, at, is_right, points, streak)
SELECT r.home_id, r.id, a.player_id, a.option, a.text, a.at, a.is_right, a.points, a.streak
FROM rounds_home r CROSS JOIN answers a ON a.round_id = r.id ORDER BY r.home_id, r.id, a.player_id;

CREATE TABLE scores_home (                -- who has answered in a game, and how they stand after its closed rounds
    home_id        INTEGER NOT NULL,
    game_id        INTEGER NOT NULL,
    player_id      INTEGER NOT NULL,
    points         INTEGER NOT NULL,
    answered       INTEGER NOT NULL,
    correct        INTEGER NOT NULL,
    streak         INTEGER NOT NULL,
    longest_streak INTEGER NOT NULL,
    PRIMARY KEY (home_id, game_id, player_id),
    FOREIGN KEY (home_id, game_id) REFERENCES games (home_id, id)
) STRICT, WITHOUT ROWID;

INSERT INTO scores_home (home_id, game_id, player_id, points, answered, correct, streak, longest_streak)
SELECT h.home_id, h.id, player_id, points, answered, "right", streak, longest_streak
FROM games_home h CROSS JOIN scores s ON s.game_id = h.id ORDER BY h.home_id, h.id, s.player_id;

CREATE TABLE votes_home (
    home_id   INTEGER NOT NULL,
    game_id   INTEGER NOT NULL,
    round_id  INTEGER NOT NULL,           -- to skip this round; 0 to stop the game
    player_id INTEGER NOT NULL,
    PRIMARY KEY (home_id, game_id, round_id, player_id),
    FOREIGN KEY (home_id, game_id) REFERENCES games (home_id, id)
) STRICT, WITHOUT ROWID;

INSERT INTO votes_home (home_id, game_id, round_id, player_id)
SELECT h.home_id, v.game_id, v.round_id, v.player_id FROM votes v JOIN game_homes h ON h.id = v.game_id;

CREATE TABLE held_home (                  -- answers of a game's only player so far: global once a second one answers
    home_id   INTEGER NOT NULL,
    game_id   INTEGER NOT NULL,
    round_id  INTEGER NOT NULL,
    player_id INTEGER NOT NULL,
    topic     TEXT NOT NULL,
    points    INTEGER NOT NULL,
    is_right  INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    closed_at INTEGER NOT NULL,
    PRIMARY KEY (home_id, game_id, round_id)
) STRICT, WITHOUT ROWID;

INSERT INTO held_home (home_id, game_id, round_id, player_id, topic, points, is_right, at, closed_at)
SELECT g.home_id, game_id, round_id, player_id, topic, points, is_right, h.at, closed_at
FROM held h JOIN game_homes g ON g.id = h.game_id;

CREATE TABLE entries_home (               -- settled answers whose folding into the boards is still to come
    home_id   INTEGER NOT NULL,
    id        INTEGER NOT NULL,
    player_id INTEGER NOT NULL,
    is_local  INTEGER NOT NULL,           -- 1: counts for the boards of the server that is its home
    is_global INTEGER NOT NULL,           -- 1: counts for the global boards
    is_own    INTEGER NOT NULL,           -- 1: counts for the profile; 0: it did so when it was held
    in_totals INTEGER NOT NULL,           -- 1: counted in the boards of all topics already, as was done before
    timezone  TEXT NOT NULL,
    topic     TEXT NOT NULL,
    points    INTEGER NOT NULL,
    is_right  INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    closed_at INTEGER NOT NULL,
    games     INTEGER NOT NULL,           -- 1: the player's first answer in this game
    streak    INTEGER NOT NULL,
    PRIMARY KEY (home_id, id)
) STRICT, WITHOUT ROWID;

INSERT INTO entries_home (home_id, id, player_id, is_local, is_global, is_own, in_totals, timezone, topic, points,
    is_right, at, closed_at, games, streak)
SELECT coalesce(guild_id, player_id), id, player_id, guild_id IS NOT NULL, is_global, is_own, 1, timezone, topic, points,
    is_right, at, closed_at, games, streak
FROM entries;

CREATE TABLE timers_home (                -- what is to happen at an instant; deleted by the transaction that did it
    home_id INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    ref     TEXT NOT NULL,
    due_at  INTEGER NOT NULL,
    PRIMARY KEY (home_id, kind, ref)
) STRICT, WITHOUT ROWID;

INSERT INTO timers_home (home_id, kind, ref, due_at)
SELECT CASE
        WHEN t.guild_id IS NOT NULL THEN t.guild_id
        WHEN t.kind IN ('solo', 'next') THEN (SELECT home_id FROM game_homes WHERE id = CAST(t.ref AS INTEGER))
        WHEN t.kind IN ('close', 'clue', 'idle') THEN (SELECT h.home_id FROM rounds r JOIN game_homes h
            ON h.id = r.game_id WHERE r.id = CAST(t.ref AS INTEGER))
        WHEN t.kind = 'forget' THEN CAST(substr(t.ref, instr(t.ref, ':') + 1) AS INTEGER)
        ELSE 0
    END AS home_id, t.kind, t.ref, t.due_at
FROM timers t WHERE home_id IS NOT NULL;

CREATE TABLE boards_home (
    home_id INTEGER NOT NULL,             -- the server; 0: the global boards
    id      INTEGER NOT NULL,
    period  TEXT NOT NULL,                -- '2026-11-22', '2026-W47', '2026-11' or 'all'
    topic   TEXT NOT NULL,                -- '': all topics together
    players INTEGER NOT NULL DEFAULT 0,   -- how many have a place
    ends_at INTEGER,                      -- when its period ends; NULL: never
    PRIMARY KEY (home_id, id),
    UNIQUE (home_id, topic, period)
) STRICT, WITHOUT ROWID;

INSERT INTO boards_home (home_id, id, period, topic, players, ends_at)
SELECT guild_id, id, period, topic, players, ends_at FROM boards ORDER BY guild_id, id;

-- A player's totals on one board. Clustered by player: a round touches a page a player, not one a board.
CREATE TABLE standings_home (
    home_id       INTEGER NOT NULL,
    player_id     INTEGER NOT NULL,
    board_id      INTEGER NOT NULL,
    points        INTEGER NOT NULL,
    correct       INTEGER NOT NULL,
    answered      INTEGER NOT NULL,
    reached_at    INTEGER NOT NULL,       -- when these points were reached
    placed_points INTEGER,                -- the points by which the index below places the player;
    placed_at     INTEGER,                --   NULL where there is no place, as for whoever is hidden
    PRIMARY KEY (home_id, player_id, board_id)
) STRICT, WITHOUT ROWID;

INSERT INTO standings_home (home_id, player_id, board_id, points, correct, answered, reached_at, placed_points,
    placed_at)
SELECT b.guild_id, s.player_id, s.board_id, s.points, s.correct, s.answered, s.reached_at, s.placed_points,
    s.placed_at
FROM standings s JOIN boards b ON b.id = s.board_id ORDER BY b.guild_id, s.player_id, s.board_id;

-- How many places lie between this start and the next bucket's: kept for boards of more than a bucket's size.
CREATE TABLE buckets_home (
    home_id   INTEGER NOT NULL,
    board_id  INTEGER NOT NULL,
    behind    INTEGER NOT NULL,           -- minus the points, so that the order of the key is that of the places
    at        INTEGER NOT NULL,
    player_id INTEGER NOT NULL,
    places    INTEGER NOT NULL,
    PRIMARY KEY (home_id, board_id, behind, at, player_id)
) STRICT, WITHOUT ROWID;

INSERT INTO buckets_home (home_id, board_id, behind, at, player_id, places)
SELECT b.guild_id, k.board_id, k.behind, k.at, k.player_id, k.places
FROM buckets k JOIN boards b ON b.id = k.board_id;

CREATE TABLE schedules_home (
    home_id    INTEGER NOT NULL,
    id         INTEGER NOT NULL,
    number     INTEGER NOT NULL,          -- how the server's people call it: 1, 2, 3 ...
    request_id INTEGER NOT NULL,          -- the interaction that asked for it: a command delivered twice adds one
    channel_id INTEGER NOT NULL,
    at         TEXT    NOT NULL,          -- the local time of day, HH:MM
    timezone   TEXT,                      -- an IANA name; NULL follows the server's
    days       INTEGER NOT NULL CHECK (days BETWEEN 1 AND 127), -- bit 0 is Monday
    role_id    INTEGER,                   -- to be notified
    topic      TEXT,                      -- of the facts; NULL takes every topic
    state      TEXT    NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'stopped', 'removed')),
    reason     TEXT,                      -- of the last refusal; why it is stopped
    failures   INTEGER NOT NULL DEFAULT 0, -- refused posts in a row
    is_told    INTEGER NOT NULL DEFAULT 1, -- 0: stopped, and its maker does not know
    next_on    TEXT,                      -- the local day of the next post; NULL when none is to come
    next_at    INTEGER,
    armed_at   INTEGER,                   -- when next_at was worked out
    created_by INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (home_id, id),
    UNIQUE (home_id, number),
    UNIQUE (home_id, request_id)
) STRICT, WITHOUT ROWID;

INSERT INTO schedules_home (home_id, id, number, request_id, channel_id, at, timezone, days, role_id, topic, state,
    reason, failures, is_told, next_on, next_at, armed_at, created_by, created_at)
SELECT guild_id, id, number, request_id, channel_id, at, timezone, days, role_id, topic, state,
    reason, failures, is_told, next_on, next_at, armed_at, created_by, created_at
FROM schedules ORDER BY guild_id, id;

CREATE TABLE posts_home (                 -- a schedule has one row a local day, and one for each post asked for by hand
    home_id     INTEGER NOT NULL,
    id          INTEGER NOT NULL,
    schedule_id INTEGER NOT NULL,
    request_id  INTEGER,                  -- the interaction that asked for it by hand; NULL for a day's own
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
    settled_at  INTEGER,
    PRIMARY KEY (home_id, id),
    UNIQUE (home_id, request_id),
    FOREIGN KEY (home_id, schedule_id) REFERENCES schedules (home_id, id)
) STRICT, WITHOUT ROWID;

INSERT INTO posts_home (home_id, id, schedule_id, request_id, first_date, local_date, channel_id, due_at, fact_id,
    marker, state, reason, tries, tried_at, try_at, message_id, settled_at)
SELECT guild_id, id, schedule_id, request_id, first_date, local_date, channel_id, due_at, fact_id,
    marker, state, reason, tries, tried_at, try_at, message_id, settled_at
FROM posts ORDER BY guild_id, id;

DROP TABLE participants; -- `scores` knows
DROP TABLE answers;
DROP TABLE votes;
DROP TABLE scores;
DROP TABLE rounds;
DROP TABLE games;
DROP TABLE held;
DROP TABLE entries;
DROP TABLE timers;
DROP TABLE buckets;
DROP TABLE standings;
DROP TABLE boards;
DROP TABLE posts;
DROP TABLE schedules;
DROP TABLE game_homes;

ALTER TABLE games_home RENAME TO games;
ALTER TABLE rounds_home RENAME TO rounds;
ALTER TABLE answers_home RENAME TO answers;
ALTER TABLE scores_home RENAME TO scores;
ALTER TABLE votes_home RENAME TO votes;
ALTER TABLE held_home RENAME TO held;
ALTER TABLE entries_home RENAME TO entries;
ALTER TABLE timers_home RENAME TO timers;
ALTER TABLE boards_home RENAME TO boards;
ALTER TABLE standings_home RENAME TO standings;
ALTER TABLE buckets_home RENAME TO buckets;
ALTER TABLE schedules_home RENAME TO schedules;
ALTER TABLE posts_home RENAME TO posts;

CREATE UNIQUE INDEX games_running ON games (home_id, channel_id) WHERE state = 'running' AND kind = 'channel';
CREATE INDEX games_by_channel ON games (home_id, channel_id, id) WHERE kind = 'channel';
CREATE UNIQUE INDEX rounds_by_number ON rounds (home_id, game_id, number);
CREATE INDEX standings_by_place ON standings (home_id, board_id, placed_points DESC, placed_at, player_id)
    WHERE placed_points IS NOT NULL;
CREATE UNIQUE INDEX posts_once ON posts (home_id, schedule_id, local_date) WHERE request_id IS NULL; -- a post comes once
CREATE INDEX posts_of_schedule ON posts (home_id, schedule_id, local_date);
CREATE INDEX posts_of_home ON posts (home_id, due_at);

-- What is looked for in all homes at once: what is due, what goes on, what is old, and what is somebody's anywhere.
CREATE INDEX games_to_show ON games (id) WHERE shown < version;
CREATE INDEX games_going_on ON games (started_at) WHERE state = 'running';
CREATE INDEX games_by_start ON games (started_at);
CREATE INDEX games_by_end ON games (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX games_by_starter ON games (starter_id);
CREATE INDEX games_by_stopper ON games (stopper_id) WHERE stopper_id IS NOT NULL;
CREATE INDEX rounds_to_show ON rounds (id) WHERE shown < version;
CREATE INDEX rounds_going_on ON rounds (id) WHERE state <> 'closed';
CREATE INDEX scores_by_player ON scores (player_id, game_id);
CREATE INDEX entries_by_age ON entries (id);
CREATE INDEX timers_by_due ON timers (due_at);
CREATE INDEX boards_by_end ON boards (ends_at) WHERE ends_at IS NOT NULL;
CREATE INDEX schedules_by_next ON schedules (next_at) WHERE state = 'active';
CREATE INDEX schedules_by_armed ON schedules (armed_at) WHERE state = 'active';
CREATE INDEX schedules_by_maker ON schedules (created_by);
CREATE INDEX schedules_untold ON schedules (created_by) WHERE is_told = 0;
CREATE INDEX posts_to_try ON posts (try_at) WHERE state = 'claimed';

CREATE TABLE schema_versions (            -- which migrations were applied
    number        INTEGER PRIMARY KEY,
    readable_from INTEGER NOT NULL        -- a Farside that knows the schema of this number may still run with it
) STRICT;
