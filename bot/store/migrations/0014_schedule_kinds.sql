-- readable from: 13
-- Schedules that announce the daily challenge. A Farside of before posts a fact instead.

ALTER TABLE schedules ADD COLUMN kind TEXT NOT NULL DEFAULT 'fact'; -- 'fact' or 'challenge'
