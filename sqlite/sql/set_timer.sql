INSERT INTO process_timers (process, key, name, id, due_at, data, metadata, checksum)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT DO UPDATE SET id = excluded.id, due_at = excluded.due_at, data = excluded.data,
	metadata = excluded.metadata, checksum = excluded.checksum
