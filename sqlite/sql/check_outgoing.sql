SELECT process, step, place, id, key, effect, name, aggregate_type, aggregate_id,
	data, not_before, since, metadata, checksum, reason
FROM process_outgoing
WHERE (process, step, place) > (?1, ?2, ?3)
ORDER BY process, step, place
LIMIT ?4
