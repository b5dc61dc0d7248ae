-- The last column says whether the events are those of the command.
SELECT aggregate_type, aggregate_id, command_id, request, first_position, last_position, version,
	coalesce(checksum, -1),
	(SELECT count(*) FROM events AS e
		WHERE e.position BETWEEN c.first_position AND c.last_position
			AND e.aggregate_type = c.aggregate_type AND e.aggregate_id = c.aggregate_id
			AND e.sequence = c.version - (c.last_position - e.position)
			AND json_valid(e.metadata) AND e.metadata ->> '$.command' = c.command_id)
		= c.last_position - c.first_position + 1
FROM commands AS c
WHERE (aggregate_type, aggregate_id, command_id) > (?1, ?2, ?3)
ORDER BY aggregate_type, aggregate_id, command_id
LIMIT ?4
