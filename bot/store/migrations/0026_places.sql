-- readable from: 25
-- Whether somebody has a place stands in the index of places, too: to count them no row need be read.

DROP INDEX standings_by_place;
CREATE INDEX standings_by_place ON standings (home_id, board_id, points DESC, reached_at, player_id, is_placed) WHERE is_placed = 1;
