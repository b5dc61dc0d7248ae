DELETE FROM process_outgoing
WHERE process = ?1 AND reason IS NULL
