DELETE FROM process_parked
WHERE process = ?1
