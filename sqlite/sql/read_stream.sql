SELECT position, sequence, event_type, schema_version, payload, metadata,
	recorded_at, final, coalesce(checksum, -1)
FROM events
WHERE sequence > ?1 AND sequence <= ?2 AND aggregate_type = ?3 AND aggregate_id = ?4
ORDER BY sequence
