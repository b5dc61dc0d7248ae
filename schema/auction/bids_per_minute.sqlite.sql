-- Times are texts here, so the first 16 letters are a minute.
WITH offered AS (
	SELECT "at", amount, 1 AS bid FROM lot_bid_placed WHERE "at" >= $from AND "at" < $until
	UNION ALL
	SELECT "at", amount, 1 FROM lot_bid_topped WHERE "at" >= $from AND "at" < $until
	UNION ALL
	SELECT "at", amount, 0 FROM lot_raised WHERE "at" >= $from AND "at" < $until
)
SELECT substr("at", 1, 16) || ':00Z' AS minute, sum(bid) AS bids, sum(1 - bid) AS raised, max(amount) AS best
FROM offered
GROUP BY substr("at", 1, 16)
ORDER BY minute
