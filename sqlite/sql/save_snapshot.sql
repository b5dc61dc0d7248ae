-- A view's snapshot takes no later one's place: the checkpoint may speak of
-- that. One beyond the head (?9) is not of this log.
INSERT INTO snapshots (name, fingerprint, key, position, changed, version, state, checksum)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT DO UPDATE SET position = excluded.position, changed = excluded.changed,
	version = excluded.version, state = excluded.state, checksum = excluded.checksum
WHERE excluded.version > 0 OR excluded.position >= position OR position > ?9
