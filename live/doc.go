// Package live is the HTTP half of the runtime: it answers commands, serves
// pages that are whole documents, and keeps open pages up to date through
// Datastar feeds.
//
// A [Server] is an http.Handler. [Commands] adds the addresses of one
// aggregate's commands to it, [Pages] those of one view: the document and its
// feed. Generated code calls both; package ops makes the server and runs it.
//
// It promises:
//
//   - A GET changes nothing. A request from another origin that could change
//     something is refused.
//   - A feed sends the current state or nothing. It never sends an empty or older
//     state, and it sends nothing to a page that shows the current one (G11).
//   - A slow reader holds one pending state and delays nobody (G12).
//   - An open page reconnects by itself after a server restart (G13).
//   - What was rendered for one session is never sent to another (G14): a
//     shared page is rendered from its state and parameters alone.
//   - A state that several browsers watch is rendered once and compressed once, as
//     the difference to the state before, and once in full. What a document has of
//     one session is never compressed. An idle connection has no compressor and
//     no timer.
//
// It does not render: pages are templ components of the application. It knows
// no SQL and no events. It leaves rate limits and TLS to a proxy in front of it.
//
// # Answers to commands
//
// A command is a POST to <path>/<id>/<command>. The Datastar-Request header and
// the content type tell three kinds of clients apart. Each gets the answer in the
// form that it can use:
//
//	                        Datastar             JSON clients         plain forms
//	done                    202, no body (1)     202, the receipt     303 to the page
//	invalid                 200, signal patch    422 problem          422 page or problem
//	refused, final          200, signal patch    409 problem          409 page or problem
//	conflict after retries  200, signal patch    409 problem          409 …
//	command id used before  200, signal patch    422 problem          422 …
//	too busy                200, signal patch    503, Retry-After     503 …
//	outcome unknown         200, signal patch    503, Retry-After     503 …
//	malformed               400 problem          400 problem          400 …
//	no such address         404 problem          404 problem          404 …
//	not a POST              405 problem          405 problem          405 …
//	body does not arrive    408 problem          408 problem          408 …
//	too large               413 problem          413 problem          413 …
//	another content type    415 problem          415 problem          415 …
//	a fault of the server   500 problem with an id that is in the log
//
// A form that a script sends with "Accept: application/json" is answered as JSON
// clients are. The client of pages does so: no other server answers with a
// receipt, so a login page of a proxy never counts as "done".
//
// An error in a field has a code, its parameters and a message:
//
//	{"field":"text","code":"max_runes","message":"At most 280 characters (there are 301).","has":301,"max":280}
//
// The message is that of the schema (@message) or a sentence of the library. The
// code and the parameters are for applications that say it in other words;
// docs/LANGUAGE.md lists them.
//
// A form is read field by field, by the kind of the field: see [wire.Form]. An
// Idempotency-Key belongs to the session that sends it.
//
// A plain form names its page with [ReturnField]. If it is a [Form] in a document and
// is refused with 409 or 422, the answer is that page, with what was typed and the
// errors at their fields; otherwise it is the error page. Every "done" has the header
// Ironstar-Position. Datastar reads the body of an answer only if its status is
// 200, so everything that a person can act on is sent with 200.
//
// # Answers to feeds
//
// A feed is answered with a stream, or with a problem as JSON, whatever the client
// accepts. The problem's detail is a sentence for the person who has the page open.
// The status says whether the client asks again:
//
//	200             a stream of events; when it ends or breaks off, ask again
//	400             no page can have this address: its key or its parameters are wrong
//	404             this server has no such page, such as after a deploy
//	405, 421        not a GET; another host
//	429             too many pages are open; Retry-After
//	503             too busy, or the server is being restarted; Retry-After
//	other 5xx       a fault of the server or of a proxy before it
//
// After 429 and 5xx a client waits, at least as long as Retry-After says, and asks
// again. After any other 4xx it stops and shows the detail: the same address gets
// the same answer. That holds for bodies of type application/problem+json. Others
// are not from this server but from something in front of it, and pass. A quiet feed has a comment every Options.KeepAlive, in every
// content coding, so a client may take longer silence for a broken connection.
//
// # Errors in signals
//
// Messages are put into the signals _errors.<field>. Messages that belong to no
// field are put into _errors._form. In the name of a field, each run of characters
// that are not letters, digits or underscores becomes one underscore:
// "lines[2].qty" is _errors.lines_2_qty.
//
// Datastar does not send signals that begin with an underscore, so an action has
// to name them: {payload: {…, _errors: $_errors}} or
// {filterSignals: {exclude: /(^|\.)_(?!errors|form)/}}. The server then sees which
// errors the page shows, and each answer sets those that no longer hold to "".
//
// (1) A command that succeeds is answered with 202 and no body, or, if there are
// errors to clear, with 200 and the patch that clears them. A Datastar action that
// sends a form instead of signals gets that patch for every field of the command.
//
// The server sets an error only for fields of the command that was sent, so two
// forms on one page need different field names. If the page has no signal for a
// field, such as a new field on an old page, the message is put into
// _errors._form, with the field's name, if the page has that signal.
//
// # Reserved names
//
// In addresses, forms and signals the names of this package begin with an
// underscore: _from, _after, _return, _form, _errors, _stale. Names of schema fields do
// not, so the two cannot collide. Datastar sends signals in the parameter
// "datastar"; the generator refuses a view parameter with that name.
//
// # Pages of another version
//
// The address of a feed has the version of its page: a hash of the signals and
// assets that the server was given. After a deploy, a page may reconnect to a
// server with another version. The feed then first sends the server's version in
// the signal _stale and goes on as usual. The page decides when to load itself
// again and what to keep. A feed whose address has no version gets no _stale.
//
// # Words
//
//	feed      the SSE stream that keeps a page up to date
//	hub       renders one state for all connections that watch it; its hubKey is
//	          the key and the parameters of the view
//	member    a connection that watches a hub
//	peer      what the decoder at the other end of a connection has received
//	frame     a rendered state; its event is the patch with its id
//	coding    the content coding of a feed or document: zstd, gzip, identity
//	full      a frame without reference to another; a difference refers to the one before
//	pipe      writes to a connection whose other end may have stopped reading
//	budget    bytes that are held for clients, and their limit
//	problem   an error answer (RFC 9457)
//	fault     a problem that the server caused; its id is in the log
package live
