SELECT process, key, name, id, due_at, data, metadata, checksum
FROM process_timers
WHERE process = ?1
