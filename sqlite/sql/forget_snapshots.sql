DELETE FROM snapshots WHERE name = ?1 AND fingerprint = ?2 AND key IN
	(SELECT key FROM snapshots WHERE name = ?1 AND fingerprint = ?2 LIMIT ?3)
