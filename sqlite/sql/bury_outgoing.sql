UPDATE process_outgoing SET reason = ?3
WHERE process = ?1 AND id = ?2
