SELECT process, key, name, id, due_at, data, metadata, checksum
FROM process_timers
WHERE process = ?1 AND due_at <= ?2
ORDER BY due_at, key, name
LIMIT ?3
