SELECT request, first_position, last_position, version
FROM commands
WHERE aggregate_type = ?1 AND aggregate_id = ?2 AND command_id = ?3
