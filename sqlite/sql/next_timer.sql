SELECT due_at
FROM process_timers
WHERE process = ?1 AND due_at > ?2
ORDER BY due_at
LIMIT 1
