SELECT name, steps, position, paused, held, checksum
FROM processes
WHERE held = 0
