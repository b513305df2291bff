-- readable from: 10
-- What the answers to a question of the day tell is learnt once, when they are first shown.

ALTER TABLE day_questions ADD COLUMN is_learnt INTEGER NOT NULL DEFAULT 0;
