package query_test

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestAnswerIsThatOfTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t)
		p.append(true, "Sold", "Sold", "Other", "Returned", "Sold")
		p.start()
		defer p.close()
		day := span{Length: 24 * time.Hour}
		if a := p.ask(day, 5); len(a.Rows) != 2 || a.Position != 5 || a.Loading || a.More {
			t.Errorf("got %+v", a)
		}
		p.ask(span{Length: time.Hour, Item: "tea"}, p.append(true, "Sold"))
		p.ask(day, 6)
	})
}
