INSERT INTO claims (aggregate_type, rule, aggregate_id, value, position, checksum)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT DO UPDATE SET value = excluded.value, position = excluded.position, checksum = excluded.checksum
WHERE value <> excluded.value
