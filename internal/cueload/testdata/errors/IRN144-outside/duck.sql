SELECT now(), today(), localtime, uuid(), getenv('x'), current_setting('y'), date(), datetime('now')
FROM a_sold, read_csv('x'), read_parquet(['y']), glob('*'), duckdb_settings(), query('SELECT 1')