INSERT INTO checkpoints (name, fingerprint, position, keys, checksum)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT DO UPDATE SET position = excluded.position, keys = excluded.keys, checksum = excluded.checksum
WHERE excluded.position >= position OR position > ?6
