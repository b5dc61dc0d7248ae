SELECT CURRENT_TIMESTAMP, datetime('now'), date(), strftime('%s'), strftime('%Y', _at), date(_at, 'localtime'),
	random(), randomblob(4), load_extension('x'), sqlite_version()
FROM a_sold, pragma_table_info('x')