SELECT key, position, reason
FROM process_parked
WHERE process = ?1
ORDER BY key
