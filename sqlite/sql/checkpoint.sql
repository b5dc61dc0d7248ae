SELECT position, keys, checksum
FROM checkpoints
WHERE name = ?1 AND fingerprint = ?2
