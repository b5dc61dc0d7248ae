SELECT d.aggregate_type, d.rule, d.value, c.aggregate_id, c.position, h.aggregate_id, h.position
FROM (SELECT aggregate_type, rule, value, min(position) AS first FROM claims
		WHERE ?1 = '' OR aggregate_type = ?1 AND rule = ?2
		GROUP BY aggregate_type, rule, value HAVING count(*) > 1) d
	JOIN claims h ON h.aggregate_type = d.aggregate_type AND h.rule = d.rule AND h.value = d.value AND h.position = d.first
	JOIN claims c ON c.aggregate_type = d.aggregate_type AND c.rule = d.rule AND c.value = d.value AND c.position > d.first
ORDER BY d.aggregate_type, d.rule, d.value, c.position
LIMIT ?3
