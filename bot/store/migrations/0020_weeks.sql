-- readable from: 19
-- What a player got week by week, for the picture of a profile; the last twelve weeks that one has played in.

CREATE TABLE weeks (
    home_id  INTEGER NOT NULL,      -- the player
    week     INTEGER NOT NULL,      -- from Monday to Sunday in UTC, counted from the one of 1 January 1970, which is 0
    points   INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    PRIMARY KEY (home_id, week)
) STRICT, WITHOUT ROWID;

INSERT INTO weeks (home_id, week, points, answered)
SELECT a.player_id, CAST((r.closed_at / 86400000 + 3) / 7 AS INTEGER), CAST(sum(a.points) AS INTEGER), count(*)
FROM games g JOIN rounds r ON r.home_id = g.home_id AND r.game_id = g.id
    JOIN answers a ON a.home_id = r.home_id AND a.round_id = r.id
WHERE g.kind = 'channel' AND a.points IS NOT NULL AND r.closed_at > (SELECT max(closed_at) FROM rounds) - 7257600000
GROUP BY a.player_id, CAST((r.closed_at / 86400000 + 3) / 7 AS INTEGER);
