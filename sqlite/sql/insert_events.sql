INSERT INTO events (position, aggregate_type, aggregate_id, sequence, event_type,
	schema_version, payload, metadata, recorded_at, final, checksum)
VALUES
