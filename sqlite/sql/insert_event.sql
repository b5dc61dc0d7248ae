INSERT INTO events (position, aggregate_type, aggregate_id, sequence, event_type,
	schema_version, payload, metadata, recorded_at, final)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
