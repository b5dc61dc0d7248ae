SELECT position, 'the event before it in its stream is missing' AS problem
FROM events AS e
WHERE position > ?1 AND position <= ?2 AND sequence > 1 AND NOT EXISTS (
	SELECT 1 FROM events AS before
	WHERE before.aggregate_type = e.aggregate_type AND before.aggregate_id = e.aggregate_id
		AND before.sequence = e.sequence - 1 AND before.position < e.position)
UNION ALL
SELECT position, 'it is final, but others follow it in its stream'
FROM events AS e
WHERE position > ?1 AND position <= ?2 AND final = 1 AND EXISTS (
	SELECT 1 FROM events AS next
	WHERE next.aggregate_type = e.aggregate_type AND next.aggregate_id = e.aggregate_id
		AND next.sequence > e.sequence)
UNION ALL
SELECT position, 'its command id is not in the table of command ids, so the command can take effect again'
FROM events AS e
WHERE position > ?1 AND position <= ?2 AND json_valid(metadata) AND metadata ->> '$.command' <> ''
	AND NOT EXISTS (
		SELECT 1 FROM commands AS c
		WHERE c.aggregate_type = e.aggregate_type AND c.aggregate_id = e.aggregate_id
			AND c.command_id = e.metadata ->> '$.command'
			AND e.position BETWEEN c.first_position AND c.last_position)
