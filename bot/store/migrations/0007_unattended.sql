-- Games that may be left alone get the timers that they begin with from now on: nothing else would end them.

INSERT INTO timers (kind, ref, guild_id, due_at)
    SELECT 'solo', CAST(id AS TEXT), NULL, started_at + 86400000 FROM games WHERE state = 'running' AND kind = 'solo'
    ON CONFLICT (kind, ref) DO NOTHING;

INSERT INTO timers (kind, ref, guild_id, due_at)
    SELECT 'idle', CAST(r.id AS TEXT), g.guild_id, r.opened_at + 3600000
    FROM games g JOIN rounds r ON r.game_id = g.id
    WHERE g.state = 'running' AND g.kind = 'channel' AND r.state = 'open' AND r.closes_at IS NULL
    ON CONFLICT (kind, ref) DO NOTHING;
