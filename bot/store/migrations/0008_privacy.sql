-- Whose things are whose: names by server, and who stays off the global boards.

CREATE TABLE members (                  -- what a server calls a player, where that is not the account's own name
    guild_id  INTEGER NOT NULL,
    player_id INTEGER NOT NULL,
    name      TEXT NOT NULL,
    PRIMARY KEY (guild_id, player_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX members_by_player ON members (player_id);

-- `players.name` was the name of whichever server was played in last, and is the account's own from now on. Who has
-- points in one server alone was named there; of the others nobody can tell, and they are named when they play again.
INSERT INTO members (guild_id, player_id, name)
    SELECT min(b.guild_id), p.id, p.name FROM players p JOIN standings s ON s.player_id = p.id
        JOIN boards b ON b.id = s.board_id
    WHERE b.guild_id <> 0 GROUP BY p.id HAVING min(b.guild_id) = max(b.guild_id);
UPDATE players SET name = '';

CREATE TABLE hidden (                   -- players who stay off the global boards
    player_id INTEGER PRIMARY KEY
) STRICT;

ALTER TABLE guilds ADD COLUMN is_apart INTEGER NOT NULL DEFAULT 0; -- 1: its games do not count on the global boards

ALTER TABLE games ADD COLUMN stopper_id INTEGER; -- whose name is in the reason
CREATE INDEX games_by_stopper ON games (stopper_id) WHERE stopper_id IS NOT NULL;
UPDATE games SET reason = 'stopped by somebody' -- it was a name, and of whom nobody can tell
    WHERE reason LIKE 'stopped by %' AND reason <> 'stopped by a vote of its players';
