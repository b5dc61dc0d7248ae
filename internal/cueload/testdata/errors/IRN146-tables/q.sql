SELECT count(*) AS n FROM a_bid_sold, a_fine
