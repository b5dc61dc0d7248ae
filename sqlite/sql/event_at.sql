SELECT aggregate_type, aggregate_id, sequence, event_type, payload, metadata
FROM events
WHERE position = ?1
