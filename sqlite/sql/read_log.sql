SELECT position, aggregate_type, aggregate_id, sequence, event_type,
	schema_version, payload, metadata, recorded_at
FROM events
WHERE position > ?1 AND position <= ?2
ORDER BY position
