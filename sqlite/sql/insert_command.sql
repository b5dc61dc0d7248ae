INSERT INTO commands (aggregate_type, aggregate_id, command_id, request,
	first_position, last_position, version, checksum)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT DO NOTHING
