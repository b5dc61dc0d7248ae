INSERT INTO shapes (aggregate_type, event_type, schema_version, shape_hash, first_position, checksum)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
