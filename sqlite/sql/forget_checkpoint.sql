DELETE FROM checkpoints WHERE name = ?1 AND fingerprint = ?2
