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
	FROM (SELECT epoch($until) - epoch($from) AS span)
), counted AS (
	SELECT CAST(floor(epoch("at") / seconds) AS BIGINT) AS number, CAST(sum(bid) AS BIGINT) AS bids, CAST(sum(1 - bid) AS BIGINT) AS raised, max(amount) AS best
	FROM offered, step
	GROUP BY 1
)
SELECT make_timestamp(number * seconds * 1000000) AS start, bids, raised, bids * 60.0 / seconds AS perMinute, best
FROM counted, step
ORDER BY number
