SELECT process, step, place, id, key, effect, name, aggregate_type, aggregate_id,
	data, not_before, since, metadata, checksum, reason
FROM process_outgoing
WHERE process = ?1 AND (step, place) > (?2, ?3) AND reason IS NULL
ORDER BY step, place
LIMIT ?4
