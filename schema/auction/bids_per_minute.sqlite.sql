WITH offered AS (
	SELECT "at", amount, 1 AS bid FROM lot_bid_placed WHERE "at" >= $from AND "at" < $until
	UNION ALL
	SELECT "at", amount, 1 FROM lot_bid_topped WHERE "at" >= $from AND "at" < $until
	UNION ALL
	SELECT "at", amount, 0 FROM lot_raised WHERE "at" >= $from AND "at" < $until
), step AS (
	SELECT CASE
		WHEN span <= 3600 THEN 60
		WHEN span <= 86400 THEN 600
		WHEN span <= 604800 THEN 3600
		WHEN span <= 2592000 THEN 21600
		ELSE 86400
	END AS seconds
	FROM (SELECT unixepoch($until) - unixepoch($from) AS span)
), counted AS (
	SELECT unixepoch("at") / seconds AS number, CAST(sum(bid) AS INTEGER) AS bids, CAST(sum(1 - bid) AS INTEGER) AS raised, max(amount) AS best
	FROM offered, step
	GROUP BY 1
)
SELECT strftime('%Y-%m-%dT%H:%M:%SZ', number * seconds, 'unixepoch') AS start, bids, raised, bids * 60.0 / seconds AS perMinute, best
FROM counted, step
ORDER BY number
