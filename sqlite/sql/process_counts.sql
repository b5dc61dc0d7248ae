SELECT (SELECT count(*) FROM process_timers WHERE process = ?1),
	(SELECT count(*) FROM process_outgoing WHERE process = ?1 AND reason IS NULL),
	(SELECT count(*) FROM process_outgoing WHERE process = ?1 AND reason IS NOT NULL),
	(SELECT count(*) FROM process_parked WHERE process = ?1)
