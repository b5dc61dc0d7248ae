-- A text with `backquotes` and "quotes".
SELECT text, count, share, flag, at, day, money, any, id, length, kind, level
FROM order_whole
WHERE _at >= $from AND _at < $until AND kind = $kind AND ($level IS NULL OR level = $level) AND ($some IS NULL OR text = $some) AND day >= $day AND ($flag IS NULL OR flag = $flag)
	AND _stream IN (SELECT _stream FROM order_part UNION SELECT _stream FROM order_grown UNION SELECT _stream FROM order_empty)
LIMIT $most
