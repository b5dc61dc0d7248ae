SELECT name, fingerprint FROM (
	SELECT * FROM (SELECT name, fingerprint FROM snapshots WHERE (name, fingerprint) > (?1, ?2)
		ORDER BY name, fingerprint LIMIT 1)
	UNION
	SELECT * FROM (SELECT name, fingerprint FROM checkpoints WHERE (name, fingerprint) > (?1, ?2)
		ORDER BY name, fingerprint LIMIT 1)
)
ORDER BY name, fingerprint LIMIT 1
