SELECT process, key, name, id, due_at, data, metadata, checksum
FROM process_timers
WHERE (process, key, name) > (?1, ?2, ?3)
ORDER BY process, key, name
LIMIT ?4
