-- Answers in words, several options at once, and the clues of a ladder.

ALTER TABLE answers ADD COLUMN text TEXT; -- what was typed; its `option` is -1. A choice from a menu: 1024 + the sum of 2 to the power of each place
ALTER TABLE rounds ADD COLUMN clues_at TEXT; -- JSON: when each clue after the first was to be read
