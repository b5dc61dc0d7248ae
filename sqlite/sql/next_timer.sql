SELECT due_at
FROM process_timers t
WHERE process = ?1 AND due_at > ?2
	AND NOT EXISTS (SELECT 1 FROM process_parked p WHERE p.process = t.process AND p.key = t.key)
ORDER BY due_at
LIMIT 1
