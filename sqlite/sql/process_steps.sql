SELECT coalesce(sum(steps), 0)
FROM processes
