-- readable from: 24
-- A year of play in two thirds of the room. Instants of rounds and answers are milliseconds after the one that the
-- round's id tells; a game's rounds are found by their ids, which follow the game's own, so they need no index beside
-- their key; a round is open or closed by its instants; and the board of a standing is a small number, its place that of
-- its points.

ALTER TABLE games ADD COLUMN first_round INTEGER; -- between these ids its rounds are;
ALTER TABLE games ADD COLUMN last_round INTEGER;  --   NULL: behind the game's own (`bot.store.ids`)

UPDATE games SET
    first_round = (SELECT CASE WHEN games.state = 'running' THEN games.id ELSE min(r.id) END
        FROM rounds r WHERE r.home_id = games.home_id AND r.game_id = games.id),
    last_round = (SELECT CASE WHEN games.state = 'running' AND games.id + 255 > max(r.id) THEN games.id + 255 ELSE max(r.id) END
        FROM rounds r WHERE r.home_id = games.home_id AND r.game_id = games.id);

CREATE TABLE rounds_small (
    home_id      INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    behind       INTEGER NOT NULL,        -- how far the id is behind its game's
    number       INTEGER NOT NULL,        -- in its game, from 1
    question     INTEGER NOT NULL,        -- its hash in `questions`; a new bank changes no round
    option_order TEXT NOT NULL,           -- a letter an option, counted from '0': the key; '1' is the first distractor
    allowed      INTEGER,                 -- milliseconds; none when untimed
    drawn_at     INTEGER NOT NULL,        -- by our clock; the other instants are Discord's. All are kept after the id's
    message_id   INTEGER,
    opened_at    INTEGER,
    closes_at    INTEGER,
    closed_at    INTEGER,
    cause        INTEGER,                 -- 0 time, 1 everyone, 2 skipped, 3 next, 4 stopped, 5 refused
    clues_at     TEXT,                    -- JSON: when each clue after the first was to be read
    version      INTEGER NOT NULL DEFAULT 0,
    shown        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (home_id, id)
) STRICT, WITHOUT ROWID;

INSERT INTO rounds_small (home_id, id, behind, number, question, option_order, allowed, drawn_at, message_id, opened_at,
    closes_at, closed_at, cause, clues_at, version, shown)
SELECT home_id, id, id - game_id, number, question, option_order, allowed, drawn_at - (1420070400000 + (id >> 22)), message_id,
    CASE state WHEN 'opening' THEN NULL WHEN 'open' THEN coalesce(opened_at, drawn_at) ELSE opened_at END
        - (1420070400000 + (id >> 22)),
    closes_at - (1420070400000 + (id >> 22)),
    CASE state WHEN 'closed' THEN coalesce(closed_at, drawn_at) END - (1420070400000 + (id >> 22)),
    CASE cause WHEN 'time' THEN 0 WHEN 'everyone' THEN 1 WHEN 'skipped' THEN 2 WHEN 'next' THEN 3 WHEN 'stopped' THEN 4
        WHEN 'refused' THEN 5 END,
    clues_at, version, shown
FROM rounds ORDER BY home_id, id;

CREATE TABLE answers_small (
    home_id   INTEGER NOT NULL,
    round_id  INTEGER NOT NULL,
    player_id INTEGER NOT NULL,
    option    INTEGER NOT NULL,           -- its place in the round's order, from 0; -1: typed; 1024 + bits: a menu's
    text      TEXT,                       -- what was typed
    at        INTEGER NOT NULL,           -- after the instant that the round's id tells
    is_right  INTEGER,                    -- this and what follows: from the close on
    points    INTEGER,
    streak    INTEGER,
    PRIMARY KEY (home_id, round_id, player_id), -- the first press stands
    FOREIGN KEY (home_id, round_id) REFERENCES rounds (home_id, id)
) STRICT, WITHOUT ROWID;

INSERT INTO answers_small (home_id, round_id, player_id, option, text, at, is_right, points, streak)
SELECT home_id, round_id, player_id, option, text, at - (1420070400000 + (round_id >> 22)), is_right, points, streak
FROM answers ORDER BY home_id, round_id, player_id;

CREATE TABLE board_numbers (              -- while this migration lasts
    home_id INTEGER NOT NULL,
    id      INTEGER NOT NULL,
    number  INTEGER NOT NULL,
    PRIMARY KEY (home_id, id)
) STRICT, WITHOUT ROWID;

INSERT INTO board_numbers (home_id, id, number)
SELECT home_id, id, row_number() OVER (PARTITION BY home_id ORDER BY id) FROM boards;

CREATE TABLE boards_small (
    home_id INTEGER NOT NULL,             -- the server; 0: the global boards
    id      INTEGER NOT NULL,             -- from 1, in each home
    period  TEXT NOT NULL,                -- '2026-11-22', '2026-W47', '2026-11', '2026-S4' or 'all'
    topic   TEXT NOT NULL,                -- '': all topics together
    players INTEGER NOT NULL DEFAULT 0,   -- how many have a place
    ends_at INTEGER,                      -- when its period ends; NULL: never
    PRIMARY KEY (home_id, id),
    UNIQUE (home_id, topic, period)
) STRICT, WITHOUT ROWID;

INSERT INTO boards_small (home_id, id, period, topic, players, ends_at)
SELECT b.home_id, n.number, b.period, b.topic, b.players, b.ends_at
FROM boards b JOIN board_numbers n ON n.home_id = b.home_id AND n.id = b.id;

-- A player's totals on one board. Clustered by player: a round touches a page a player, not one a board.
CREATE TABLE standings_small (
    home_id    INTEGER NOT NULL,
    player_id  INTEGER NOT NULL,
    board_id   INTEGER NOT NULL,
    points     INTEGER NOT NULL,
    correct    INTEGER NOT NULL,
    answered   INTEGER NOT NULL,
    reached_at INTEGER NOT NULL,          -- when these points were reached
    is_placed  INTEGER NOT NULL,          -- 0: there is no place, as for whoever is hidden
    PRIMARY KEY (home_id, player_id, board_id)
) STRICT, WITHOUT ROWID;

INSERT INTO standings_small (home_id, player_id, board_id, points, correct, answered, reached_at, is_placed)
SELECT s.home_id, s.player_id, n.number, s.points, s.correct, s.answered, s.reached_at,
    CASE WHEN s.placed_points = s.points AND s.placed_at = s.reached_at THEN 1 ELSE 0 END
FROM standings s CROSS JOIN board_numbers n WHERE n.home_id = s.home_id AND n.id = s.board_id
ORDER BY s.home_id, s.player_id, n.number;

CREATE TABLE buckets_small (
    home_id   INTEGER NOT NULL,
    board_id  INTEGER NOT NULL,
    behind    INTEGER NOT NULL,           -- minus the points, so that the order of the key is that of the places
    at        INTEGER NOT NULL,
    player_id INTEGER NOT NULL,
    places    INTEGER NOT NULL,
    PRIMARY KEY (home_id, board_id, behind, at, player_id)
) STRICT, WITHOUT ROWID;

INSERT INTO buckets_small (home_id, board_id, behind, at, player_id, places)
SELECT b.home_id, n.number, b.behind, b.at, b.player_id, b.places
FROM buckets b JOIN board_numbers n ON n.home_id = b.home_id AND n.id = b.board_id;

-- Whoever was between two places, as there were before there were homes, gets the new one when the entries are folded.
CREATE TABLE boards_between (             -- while this migration lasts
    home_id  INTEGER NOT NULL,
    board_id INTEGER NOT NULL,
    PRIMARY KEY (home_id, board_id)
) STRICT, WITHOUT ROWID;

INSERT INTO boards_between (home_id, board_id)
SELECT DISTINCT n.home_id, n.number FROM standings s JOIN board_numbers n ON n.home_id = s.home_id AND n.id = s.board_id
WHERE s.placed_points <> s.points OR s.placed_at <> s.reached_at;

UPDATE boards_small SET players = (SELECT count(*) FROM standings_small s
    WHERE s.home_id = boards_small.home_id AND s.board_id = boards_small.id AND s.is_placed = 1)
WHERE (home_id, id) IN (SELECT home_id, board_id FROM boards_between);

UPDATE buckets_small SET places = (SELECT count(*) FROM standings_small s
    WHERE s.home_id = buckets_small.home_id AND s.board_id = buckets_small.board_id AND s.is_placed = 1
        AND (-s.points, s.reached_at, s.player_id) >= (buckets_small.behind, buckets_small.at, buckets_small.player_id)
        AND NOT EXISTS (SELECT 1 FROM buckets_small o
            WHERE o.home_id = s.home_id AND o.board_id = s.board_id
                AND (o.behind, o.at, o.player_id) <= (-s.points, s.reached_at, s.player_id)
                AND (o.behind, o.at, o.player_id) > (buckets_small.behind, buckets_small.at, buckets_small.player_id)))
WHERE (home_id, board_id) IN (SELECT home_id, board_id FROM boards_between);

DROP TABLE boards_between;

DROP TABLE answers;
DROP TABLE rounds;
DROP TABLE standings;
DROP TABLE buckets;
DROP TABLE boards;
DROP TABLE board_numbers;

ALTER TABLE rounds_small RENAME TO rounds;
ALTER TABLE answers_small RENAME TO answers;
ALTER TABLE boards_small RENAME TO boards;
ALTER TABLE standings_small RENAME TO standings;
ALTER TABLE buckets_small RENAME TO buckets;

CREATE INDEX rounds_to_show ON rounds (id) WHERE shown < version;
CREATE INDEX rounds_going_on ON rounds (id) WHERE closed_at IS NULL;
CREATE INDEX boards_by_end ON boards (ends_at) WHERE ends_at IS NOT NULL;
DROP INDEX games_by_end; -- `games_by_start` finds the oldest as well
CREATE INDEX standings_by_place ON standings (home_id, board_id, points DESC, reached_at, player_id) WHERE is_placed = 1;
