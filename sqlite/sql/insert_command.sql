INSERT INTO commands (aggregate_type, aggregate_id, command_id, request,
	first_position, last_position, version)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT DO NOTHING
