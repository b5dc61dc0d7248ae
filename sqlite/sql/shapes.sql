SELECT aggregate_type, event_type, schema_version, shape_hash, first_position,
	coalesce(checksum, -1)
FROM shapes
