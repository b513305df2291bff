-- Boards: who stands where, in a server and globally, per day, week, month and for all time, per topic.

CREATE TABLE boards (
    id       INTEGER PRIMARY KEY,
    guild_id INTEGER NOT NULL,              -- 0: the global boards
    period   TEXT NOT NULL,                 -- '2026-11-22', '2026-W47', '2026-11' or 'all'
    topic    TEXT NOT NULL,                 -- '': all topics together
    players  INTEGER NOT NULL DEFAULT 0,    -- how many have a place
    ends_at  INTEGER,                       -- when its period ends; NULL: never
    UNIQUE (guild_id, topic, period)
) STRICT;

CREATE INDEX boards_by_end ON boards (ends_at) WHERE ends_at IS NOT NULL; -- for pruning

-- A player's totals on one board. Clustered by player: a round touches a page a player, not one a board.
CREATE TABLE standings (
    player_id     INTEGER NOT NULL,
    board_id      INTEGER NOT NULL,
    points        INTEGER NOT NULL,
    correct       INTEGER NOT NULL,
    answered      INTEGER NOT NULL,
    reached_at    INTEGER NOT NULL,         -- when these points were reached
    placed_points INTEGER,                  -- the points by which the index below places the player;
    placed_at     INTEGER,                  --   NULL until the posting that follows the round
    PRIMARY KEY (player_id, board_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX standings_by_place ON standings (board_id, placed_points DESC, placed_at)
    WHERE placed_points IS NOT NULL;

-- How many places lie between this start and the next bucket's: kept for boards of more than a bucket's size.
CREATE TABLE buckets (
    board_id  INTEGER NOT NULL,
    behind    INTEGER NOT NULL,             -- minus the points, so that the order of the key is that of the places
    at        INTEGER NOT NULL,
    player_id INTEGER NOT NULL,
    places    INTEGER NOT NULL,
    PRIMARY KEY (board_id, behind, at, player_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE participants (                 -- who has answered in a game
    game_id   INTEGER NOT NULL,
    player_id INTEGER NOT NULL,
    PRIMARY KEY (game_id, player_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE held (                         -- answers of a game's only player so far: global once a second one answers
    game_id   INTEGER NOT NULL,
    round_id  INTEGER NOT NULL,
    player_id INTEGER NOT NULL,
    topic     TEXT NOT NULL,
    points    INTEGER NOT NULL,
    is_right  INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    closed_at INTEGER NOT NULL,
    PRIMARY KEY (game_id, round_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (                      -- settled answers whose posting is still to come
    id        INTEGER PRIMARY KEY,
    player_id INTEGER NOT NULL,
    guild_id  INTEGER,                      -- the server whose boards it counts for; NULL: none
    is_global INTEGER NOT NULL,             -- 1: counts for the global boards
    timezone  TEXT NOT NULL,
    topic     TEXT NOT NULL,
    points    INTEGER NOT NULL,
    is_right  INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    closed_at INTEGER NOT NULL,
    games     INTEGER NOT NULL,             -- 1: the player's first answer in this game
    streak    INTEGER NOT NULL,
    is_own    INTEGER NOT NULL              -- 1: counts for the profile; 0: it did so when it was held
) STRICT;

CREATE TABLE profiles (
    player_id   INTEGER PRIMARY KEY,
    games       INTEGER NOT NULL,
    best_streak INTEGER NOT NULL            -- right answers in a row within a game
) STRICT;

CREATE TABLE skills (                       -- a player's answers by topic, in every game and alone
    player_id INTEGER NOT NULL,
    topic     TEXT NOT NULL,
    correct   INTEGER NOT NULL,
    answered  INTEGER NOT NULL,
    PRIMARY KEY (player_id, topic)
) STRICT, WITHOUT ROWID;
