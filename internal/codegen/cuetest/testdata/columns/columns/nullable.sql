SELECT text, count, share, flag, at, day, money, any, id, length, 'x' AS kind, level
FROM order_whole
