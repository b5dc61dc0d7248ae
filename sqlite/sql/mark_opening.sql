UPDATE log SET openings = openings + 1 WHERE id = 1
