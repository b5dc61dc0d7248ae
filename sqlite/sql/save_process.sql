INSERT INTO processes (name, steps, position, paused, held, checksum)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT DO UPDATE SET steps = excluded.steps, position = excluded.position,
	paused = excluded.paused, held = excluded.held, checksum = excluded.checksum
