package live

import "github.com/a-h/templ"

// Document holds the parts of a whole page. Render Content as it is: the server
// finds it in the page and sends it compressed. What stands around it is sent
// uncompressed, because it may have secrets of the session, so keep that small.
type Document struct {
	Title   string
	Nonce   string          // of the content security policy, for inline scripts and styles
	FeedURL string          // continues from the state that Content shows
	Content templ.Component // the live element, rendered
	Session Session

	assets *BuiltAssets // of the server; may be nil
	forms  []string     // ids of the forms in Content
}

// Open is the attribute that opens the feed. Put it on an element outside
// Content, because the feed morphs Content:
//
//	<body { d.Open()... }>
func (d Document) Open() templ.Attributes { return templ.Attributes{"data-init": OpenFeed(d.FeedURL)} }

// OpenFeed is the Datastar expression that opens a feed and keeps it open.
// Datastar retries without limit, also after a clean end such as a restart,
// with at most five seconds between two tries.
func OpenFeed(url string) string {
	return "@get(" + Expression(url) + ", {retry: 'always', retryMaxCount: Infinity, retryMaxWait: 5000})"
}
