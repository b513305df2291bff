-- readable from: 22
-- A server's seasons may have another length than three months.

ALTER TABLE guilds ADD COLUMN seasons TEXT; -- JSON: their months, and the first and the end of the one that went on then; NULL: quarters
