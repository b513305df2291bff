-- readable from: 20
-- What is kept for some weeks alone is found by its age.

CREATE INDEX results_by_day ON results (day);
CREATE INDEX duels_by_end ON duels (ended_at) WHERE ended_at IS NOT NULL;
