INSERT INTO process_parked (process, key, position, reason)
VALUES (?1, ?2, ?3, ?4)
ON CONFLICT DO UPDATE SET reason = excluded.reason
