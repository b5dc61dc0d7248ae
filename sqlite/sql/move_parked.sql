UPDATE process_parked SET process = ?2
WHERE process = ?1
