SELECT count(*) AS n FROM a_sold
WHERE a = ? AND b = ?1 AND c = $1 AND d = :most AND e = @must AND f = $most