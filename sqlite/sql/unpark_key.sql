DELETE FROM process_parked
WHERE process = ?1 AND key = ?2
