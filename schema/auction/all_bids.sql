WITH bids AS (
	SELECT _stream, "at", amount FROM lot_bid_placed
	UNION ALL
	SELECT _stream, "at", amount FROM lot_bid_topped
)
SELECT bids."at" AS "at", CAST(extract('hour' FROM bids."at") AS TINYINT) AS hour, lot_drafted.category AS category, CAST(bids.amount AS FLOAT) AS amount
FROM bids
JOIN lot_drafted ON lot_drafted._stream = bids._stream
