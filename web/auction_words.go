package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"html"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
	"ironstar.dev/gen/auction/auctionhttp"
	"ironstar.dev/live"
)

// orders are the names of the orders of the catalogue.
var orders = map[auction.CatalogueParamsSort]string{
	auction.CatalogueParamsSortEnds: "ends first", auction.CatalogueParamsSortEndsDown: "ends last",
	auction.CatalogueParamsSortPrice: "lowest price", auction.CatalogueParamsSortPriceDown: "highest price",
	auction.CatalogueParamsSortBids: "fewest bids", auction.CatalogueParamsSortBidsDown: "most bids",
	auction.CatalogueParamsSortTermsTitle: "title, A–Z", auction.CatalogueParamsSortTermsTitleDown: "title, Z–A",
}

// hows say what is special about a bid.
var hows = map[auction.BidHow]string{auction.BidHowRaised: "by the house, up to a maximum", auction.BidHowTopped: "beaten at once"}

// counted is "1 bid" or "2 bids".
func counted(n int64, what string) string {
	return strconv.FormatInt(n, 10) + " " + either(n == 1, what, what+"s")
}

// total says how many lots there are on all pages.
func total(p auctionhttp.CataloguePage) string {
	return either(p.MoreThan, "More than ", "") + counted(int64(p.Total), "lot")
}

// isFiltered reports whether a page of the catalogue leaves lots out.
func isFiltered(p auction.CatalogueParams) bool {
	return p.TermsTitle() != "" || p.TermsCategory != nil || p.Is != nil || p.PriceFrom != nil || p.PriceTo != nil
}

func amount(d *ironstar.Decimal) string {
	if d == nil {
		return ""
	}
	return d.String()
}

// initial is the first letter of a title.
func initial(title string) string {
	for _, letter := range strings.TrimPrefix(strings.TrimPrefix(title, "A "), "An ") {
		if unicode.IsLetter(letter) {
			return strings.ToUpper(string(letter))
		}
	}
	return "?"
}

// hue is one of six classes, always the same for an id.
func hue(id string) string {
	h := fnv.New32a()
	h.Write([]byte(id))
	return "hue-" + strconv.Itoa(int(h.Sum32()%6))
}

// alias stands for a session in a page that everybody sees. It does not lead back to it.
func alias(session string) string {
	sum := sha256.Sum256([]byte(session))
	return hex.EncodeToString(sum[:6])
}

// own is a style that shows what a page, which is the same for everybody, has for this
// person only.
func own(d live.Document) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := fmt.Fprintf(w, `<style nonce="%s">[data-for="%s"]{display:revert}</style>`, html.EscapeString(d.Nonce), alias(d.Session.ID))
		return err
	})
}
