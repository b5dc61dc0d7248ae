DELETE FROM process_timers
WHERE process = ?1
