WITH offered AS (
	SELECT "at", amount, 1 AS bid FROM lot_bid_placed WHERE "at" >= $from AND "at" < $until
	UNION ALL
	SELECT "at", amount, 1 FROM lot_bid_topped WHERE "at" >= $from AND "at" < $until
	UNION ALL
	SELECT "at", amount, 0 FROM lot_raised WHERE "at" >= $from AND "at" < $until
)
SELECT date_trunc('minute', "at") AS minute, CAST(sum(bid) AS BIGINT) AS bids, CAST(sum(1 - bid) AS BIGINT) AS raised, max(amount) AS best
FROM offered
GROUP BY date_trunc('minute', "at")
ORDER BY minute
