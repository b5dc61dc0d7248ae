-- Bids of each minute, as SQLite says it.
SELECT strftime('%Y-%m-%dT%H:%M:00Z', _at) AS minute, count(*) AS bids, sum(price_amount) AS turnover, max(price_amount) AS best
FROM lot_bid_placed
WHERE _at >= $from AND _at < $until AND ($lot IS NULL OR _stream = $lot)
GROUP BY 1 ORDER BY 1
