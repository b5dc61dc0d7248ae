INSERT INTO process_parked (process, key, position, reason)
SELECT ?2, key, position, reason
FROM process_parked
WHERE process = ?1
ON CONFLICT DO UPDATE SET position = min(position, excluded.position)
