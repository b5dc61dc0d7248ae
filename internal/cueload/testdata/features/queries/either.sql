SELECT count(*) AS lots FROM lot_closed
