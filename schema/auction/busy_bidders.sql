WITH bids AS (
	SELECT _position, _stream, bidder, handle, amount FROM lot_bid_placed WHERE "at" >= $from AND "at" < $until
	UNION ALL
	SELECT _position, _stream, bidder, handle, amount FROM lot_bid_topped WHERE "at" >= $from AND "at" < $until
), active AS (
	SELECT bidder, count(*) AS bids, count(DISTINCT _stream) AS lots, max(amount) AS best, max(_position) AS latest
	FROM bids
	GROUP BY bidder
	ORDER BY count(*) DESC, bidder
	LIMIT 15
)
SELECT bids.handle AS handle, active.bids AS bids, active.lots AS lots, active.best AS best
FROM active
JOIN bids ON bids._position = active.latest
ORDER BY active.bids DESC, active.bidder
