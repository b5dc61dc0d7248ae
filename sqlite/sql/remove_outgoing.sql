DELETE FROM process_outgoing
WHERE process = ?1 AND id = ?2
