SELECT key, position, changed, version, state, checksum
FROM snapshots
WHERE name = ?1 AND fingerprint = ?2 AND key >= ?3
ORDER BY key
