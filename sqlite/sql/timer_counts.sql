SELECT (SELECT count(*) FROM process_timers t WHERE t.process = ?1 AND t.due_at <= ?2
		AND NOT EXISTS (SELECT 1 FROM process_parked p WHERE p.process = t.process AND p.key = t.key)),
	(SELECT count(*) FROM process_parked p JOIN process_timers t ON t.process = p.process AND t.key = p.key WHERE p.process = ?1)
