-- readable from: 10
-- The first three of each season that is over.

CREATE TABLE podiums (
    home_id   INTEGER NOT NULL,           -- the server; 0: all of them
    season    TEXT    NOT NULL,           -- '2026-S4'
    place     INTEGER NOT NULL,           -- 1 to 3, also where points are equal
    player_id INTEGER NOT NULL,
    points    INTEGER NOT NULL,
    PRIMARY KEY (home_id, season, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX podiums_by_player ON podiums (player_id);
