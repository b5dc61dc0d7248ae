SELECT _stream AS lot, count(*) AS bids, 1.0 * count(*) / sum(count(*)) OVER () AS share, price_of AS "of", date(_at) AS day, 0 AS rest, bidder AS "by", count(*) > 10 AS hot
FROM lot_bid_placed
WHERE _at >= $from AND _at < $until AND ($day IS NULL OR date(_at) = $day) AND ($of IS NULL OR price_of = $of) AND $open
GROUP BY _stream ORDER BY 2 DESC LIMIT $most
