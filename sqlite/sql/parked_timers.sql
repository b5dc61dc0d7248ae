SELECT t.process, t.key, t.name, t.id, t.due_at, t.data, t.metadata, t.checksum
FROM process_parked p JOIN process_timers t ON t.process = p.process AND t.key = p.key
WHERE p.process = ?1
ORDER BY t.due_at, t.key, t.name
LIMIT ?2
