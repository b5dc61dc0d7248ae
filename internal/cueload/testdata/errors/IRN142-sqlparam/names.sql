SELECT count(*) AS n FROM a_sold
WHERE a = $MOST AND b = $mosd AND c = $other AND d = '$to' -- $to
