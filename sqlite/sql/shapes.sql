SELECT aggregate_type, event_type, schema_version, shape_hash FROM shapes
