-- An invoice has the id of its lot. The first bid for a lot is never topped.
WITH lots AS (
	SELECT _stream FROM lot_drafted
), milestones AS (
	SELECT 1 AS place, 'drafted' AS milestone, count(*) AS lots FROM lots
	UNION ALL
	SELECT 2, 'opened', count(*) FROM lots WHERE _stream IN (SELECT _stream FROM lot_opened)
	UNION ALL
	SELECT 3, 'bid', count(*) FROM lots WHERE _stream IN (SELECT _stream FROM lot_bid_placed)
	UNION ALL
	SELECT 4, 'sold', count(*) FROM lots WHERE _stream IN (SELECT _stream FROM lot_sold)
	UNION ALL
	SELECT 5, 'paid', count(*) FROM lots WHERE _stream IN (SELECT _stream FROM invoice_paid)
)
SELECT milestone, lots FROM milestones ORDER BY place
