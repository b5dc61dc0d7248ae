WITH bids AS (
	SELECT _at, _stream, price.amount AS amount FROM lot_bid_placed
	UNION ALL
	SELECT _at, _stream, "to".amount FROM lot_raised
)
SELECT date_trunc('minute', _at) AS minute, count(*) AS bids, sum(amount) AS turnover, max(amount) AS best
FROM bids
WHERE _at >= $from AND _at < $until AND ($lot IS NULL OR _stream = $lot)
GROUP BY 1 ORDER BY 1; -- the end
