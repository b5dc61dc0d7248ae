SELECT name, steps, position, paused, held, checksum
FROM processes
WHERE name = ?1
