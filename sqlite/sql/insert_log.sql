INSERT INTO log (id, log_id, created_at, openings) VALUES (1, ?1, ?2, 0)
