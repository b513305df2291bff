-- What 0024 does, in place: rounds and answers lie in months, and boards keep the numbers that they have.

ALTER TABLE games ADD COLUMN first_round BIGINT;
ALTER TABLE games ADD COLUMN last_round BIGINT;

UPDATE games SET first_round = CASE WHEN state = 'running' THEN games.id ELSE r.first END,
    last_round = CASE WHEN state = 'running' AND games.id + 255 > r.last THEN games.id + 255 ELSE r.last END
FROM (SELECT home_id, game_id, min(id) AS first, max(id) AS last FROM rounds GROUP BY home_id, game_id) AS r
WHERE r.home_id = games.home_id AND r.game_id = games.id;

DROP INDEX rounds_going_on;
ALTER TABLE rounds ADD COLUMN behind BIGINT;

UPDATE rounds SET behind = id - game_id,
    drawn_at = drawn_at - (1420070400000 + (id >> 22)),
    opened_at = CASE state WHEN 'opening' THEN NULL WHEN 'open' THEN coalesce(opened_at, drawn_at) ELSE opened_at END
        - (1420070400000 + (id >> 22)),
    closes_at = closes_at - (1420070400000 + (id >> 22)),
    closed_at = CASE state WHEN 'closed' THEN coalesce(closed_at, drawn_at) END - (1420070400000 + (id >> 22));
UPDATE answers SET at = at - (1420070400000 + (round_id >> 22));

ALTER TABLE rounds ALTER COLUMN behind SET NOT NULL;
ALTER TABLE rounds ALTER COLUMN cause TYPE BIGINT USING CASE cause WHEN 'time' THEN 0 WHEN 'everyone' THEN 1
    WHEN 'skipped' THEN 2 WHEN 'next' THEN 3 WHEN 'stopped' THEN 4 WHEN 'refused' THEN 5 END;
ALTER TABLE rounds DROP COLUMN state;
ALTER TABLE rounds DROP COLUMN game_id;
CREATE INDEX rounds_going_on ON rounds (id) WHERE closed_at IS NULL;

ALTER TABLE standings ADD COLUMN is_placed BIGINT;
UPDATE standings SET is_placed = CASE WHEN placed_points IS NULL THEN 0 ELSE 1 END;
ALTER TABLE standings ALTER COLUMN is_placed SET NOT NULL;
DROP INDEX standings_by_place;
ALTER TABLE standings DROP COLUMN placed_points;
ALTER TABLE standings DROP COLUMN placed_at;
CREATE INDEX standings_by_place ON standings (home_id, board_id, points DESC, reached_at, player_id) WHERE is_placed = 1;
DROP INDEX games_by_end;
