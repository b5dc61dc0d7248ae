SELECT name, steps, position, paused, held, checksum
FROM processes
WHERE name > ?1
ORDER BY name
LIMIT ?2
