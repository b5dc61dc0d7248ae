SELECT log_id FROM log WHERE id = 1
