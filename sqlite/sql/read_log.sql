SELECT position, sequence, event_type, schema_version, payload, metadata,
	recorded_at, final, coalesce(checksum, -1), aggregate_type, aggregate_id
FROM events
WHERE position > ?1 AND position <= ?2
ORDER BY position
