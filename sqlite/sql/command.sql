SELECT request, first_position, last_position, version, coalesce(checksum, -1)
FROM commands
WHERE aggregate_type = ?1 AND aggregate_id = ?2 AND command_id = ?3
