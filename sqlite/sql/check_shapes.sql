-- The last column says whether the event that brought the shape is of its version.
SELECT aggregate_type, event_type, schema_version, shape_hash, first_position,
	coalesce(checksum, -1),
	EXISTS (SELECT 1 FROM events AS e
		WHERE e.position = s.first_position AND e.aggregate_type = s.aggregate_type
			AND e.event_type = s.event_type AND e.schema_version = s.schema_version)
FROM shapes AS s
