INSERT INTO process_outgoing (process, step, place, id, key, effect, name, aggregate_type, aggregate_id,
	data, not_before, since, metadata, checksum)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
ON CONFLICT (process, id) DO NOTHING
