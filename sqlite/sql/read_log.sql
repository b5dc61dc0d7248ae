SELECT position, sequence, event_type, schema_version, payload, metadata,
	recorded_at, aggregate_type, aggregate_id
FROM events
WHERE position > ?1 AND position <= ?2
ORDER BY position
