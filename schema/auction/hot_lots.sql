-- A bid that was topped does not change the price: the answer of the house does.
WITH bids AS (
	SELECT _stream FROM lot_bid_placed WHERE "at" >= $from AND "at" < $until
	UNION ALL
	SELECT _stream FROM lot_bid_topped WHERE "at" >= $from AND "at" < $until
), hot AS (
	SELECT _stream AS lot, count(*) AS bids FROM bids GROUP BY _stream ORDER BY count(*) DESC, _stream LIMIT $most
), prices AS (
	SELECT _position, _stream, "at", amount FROM lot_bid_placed WHERE "at" >= $from AND "at" < $until
	UNION ALL
	SELECT _position, _stream, "at", amount FROM lot_raised WHERE "at" >= $from AND "at" < $until
)
SELECT hot.lot AS lot, lot_drafted.title AS title, hot.bids AS bids, prices."at" AS "at", prices.amount AS price
FROM hot
JOIN lot_drafted ON lot_drafted._stream = hot.lot
JOIN prices ON prices._stream = hot.lot
ORDER BY hot.bids DESC, hot.lot, prices._position
