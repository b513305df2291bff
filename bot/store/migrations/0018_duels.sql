-- readable from: 17
-- Duels: two people answer the same questions, each alone and at their own pace.

CREATE TABLE duels (
    home_id       INTEGER NOT NULL,    -- the server; where there is none, who has asked
    id            INTEGER NOT NULL,
    request_id    INTEGER NOT NULL,    -- the interaction that asked for it: delivered twice, it makes one duel
    channel_id    INTEGER NOT NULL,
    message_id    INTEGER,             -- of its card
    is_posted     INTEGER NOT NULL,    -- 1: its card is a message of ours, kept up to date; 0: an answer to a command
    tried_at      INTEGER,             -- when sending the card was begun
    challenger_id INTEGER NOT NULL,
    opponent_id   INTEGER NOT NULL,
    questions     INTEGER NOT NULL,
    topic         TEXT,
    state         TEXT    NOT NULL CHECK (state IN ('offered', 'running', 'finished', 'declined', 'expired', 'left')),
    offered_at    INTEGER NOT NULL,
    ends_at       INTEGER NOT NULL,    -- when it ends by itself, unless something happens
    ended_at      INTEGER,
    version       INTEGER NOT NULL DEFAULT 1,
    shown         INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (home_id, id),
    UNIQUE (home_id, request_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX duels_going_on ON duels (home_id, challenger_id) WHERE ended_at IS NULL;
CREATE INDEX duels_by_challenger ON duels (challenger_id); -- to forget somebody
CREATE INDEX duels_by_opponent ON duels (opponent_id);

CREATE TABLE duel_sides (              -- how far each of the two has come, as it is known at the duel's home
    home_id   INTEGER NOT NULL,
    duel_id   INTEGER NOT NULL,
    player_id INTEGER NOT NULL,
    marks     TEXT    NOT NULL DEFAULT '', -- a letter a question, as in `attempts`
    points    INTEGER NOT NULL DEFAULT 0,
    is_done   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (home_id, duel_id, player_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX duel_sides_by_player ON duel_sides (player_id); -- to tell somebody

CREATE TABLE bouts (                   -- a player's part in a duel: their game, and how it came out
    home_id     INTEGER NOT NULL,      -- the player
    duel_id     INTEGER NOT NULL,
    duel_home   INTEGER NOT NULL,
    opponent_id INTEGER NOT NULL,
    game_id     INTEGER,
    outcome     TEXT CHECK (outcome IN ('won', 'lost', 'drawn')),
    PRIMARY KEY (home_id, duel_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX bouts_by_server ON bouts (duel_home); -- to forget a server
CREATE INDEX bouts_by_opponent ON bouts (opponent_id); -- to forget somebody
