-- Sold does not say when. A lot is over at its last end, and each end is later than those
-- before.
WITH ends AS (
	SELECT _stream, ends FROM lot_opened
	UNION ALL
	SELECT _stream, ends FROM lot_extended
), ended AS (
	SELECT _stream, max(ends) AS last FROM ends GROUP BY _stream HAVING max(ends) >= $from AND max(ends) < $until
)
SELECT lot_drafted.category AS category, extract('hour' FROM ended.last) AS hour, count(*) AS lots, sum(lot_sold.price) AS value
FROM ended
JOIN lot_sold ON lot_sold._stream = ended._stream
JOIN lot_drafted ON lot_drafted._stream = ended._stream
GROUP BY lot_drafted.category, extract('hour' FROM ended.last)
ORDER BY hour, category
