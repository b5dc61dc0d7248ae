// Package assets builds what the browser loads: it bundles the client of pages,
// the verified Datastar bundle, and the TypeScript and CSS of web/, if there are
// any, with esbuild. It writes all of it to static/dist under names that contain
// a hash of their content, with precompressed siblings and a manifest.
//
// It promises that a build either succeeds or leaves the last successful one
// unchanged, that nothing unverified is written, that the same sources give the
// same bytes, and that a second build without changes does nothing.
//
// It does not serve files, and applications do not import it: the command ironstar
// assets runs it, and package static of an application embeds the result.
package assets
