// Package live is the HTTP half of the runtime: it answers commands, serves
// pages that are whole documents, and keeps open pages up to date through
// Datastar feeds.
//
// A [Server] is an http.Handler. [Commands] adds the addresses of one
// aggregate's commands to it, [Pages] those of one view: the document and its
// feed. Generated code calls both; cmd/app makes the server and runs it.
//
// It promises:
//
//   - A GET changes nothing, and everything that changes state is refused when
//     it comes from another origin.
//   - A feed sends the current state or nothing: never an empty or older one,
//     and nothing at all to a page that already shows what there is (G11).
//   - A slow reader holds one pending state and delays nobody (G12).
//   - An open page finds a restarted server again (G13).
//   - What was rendered for one session is never sent to another (G14): a
//     shared page is rendered from its state and parameters alone.
//   - What all look at is rendered once and compressed once, as the difference to
//     what they have; a connection that is idle has no compressor and no timer.
//
// It does not render: pages are templ components of the application. It knows
// no SQL and no events. Rate limits and TLS are the business of what stands in
// front of it.
//
// # Answers to commands
//
// A command is a POST to <path>/<id>/<command>. Three kinds of clients are told
// apart by the Datastar-Request header and the content type, and get the same
// answer in the form they can use:
//
//	                        Datastar             JSON clients         plain forms
//	done                    202, no body (1)     202, the receipt     303 to the page
//	invalid                 200, signal patch    422 problem          422 page or problem
//	refused, final          200, signal patch    409 problem          409 page or problem
//	conflict after retries  200, signal patch    409 problem          409 …
//	command id used before  200, signal patch    422 problem          422 …
//	too busy                200, signal patch    503, Retry-After     503 …
//	not known if stored     200, signal patch    503, Retry-After     503 …
//	malformed               400 problem          400 problem          400 …
//	no such address         404 problem          404 problem          404 …
//	not a POST              405 problem          405 problem          405 …
//	body does not arrive    408 problem          408 problem          408 …
//	too large               413 problem          413 problem          413 …
//	another content type    415 problem          415 problem          415 …
//	our own fault           500 problem with an id that is in the log
//
// Plain forms say with [ReturnField] which page that is. Every "done" carries
// Ironstar-Position. Datastar uses only bodies of 200
// answers, which is why what a person can do something about comes as one.
//
// # Errors in signals
//
// Messages are put into the signals errors.<field>, and errors.form for those
// that belong to no field. In the name of a field, anything that is not a
// letter, a digit or an underscore becomes one underscore: "lines[2].qty" is
// errors.lines_2_qty. Since a page sends its signals along, the server sees
// which errors it shows, and each answer clears those that no longer hold, by
// setting them to "". (1) So a command that succeeds is answered by 202
// without a body, or, if there are errors to clear, by 200 with the patch that
// clears them. A Datastar action that sends a form instead of signals gets that
// patch for every field of the command. Nothing is ever put into errors that
// was not asked about, so two forms on one page need different field names. An
// error of a field that errors has no name for, as an old page has none for a
// new field, comes into errors.form if there is that, with the field's name.
//
// # Pages of another version
//
// The address of a feed says what its page was made of: the signals and assets
// that the server was given, as one version. A page that comes back to a server
// with another one, as after a deploy, first of all gets that server's version in
// the signal _stale, and is then served as before. When to load it again, and what
// to keep meanwhile, is the page's business. Who opens a feed without a version is
// told nothing.
package live
