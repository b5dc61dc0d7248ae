package live

import "net/http"

// checkID answers 404 for an id that no stream of the kind can have.
func checkID(check func(id string) error, id string) error {
	if check == nil {
		return nil
	}
	if err := check(id); err != nil {
		return &Problem{Status: http.StatusNotFound, Code: "no_such_id", Detail: err.Error(), forPeople: true}
	}
	return nil
}

// notThere is the answer for a key without events if the view requires events.
func notThere() *Problem {
	return &Problem{Status: http.StatusNotFound, Code: "not_found", Detail: "There is nothing here."}
}
