// Package assets builds what the browser loads: it bundles the TypeScript and
// CSS of web/ with esbuild, puts the verified Datastar bundle beside them, and
// writes all of it to static/dist under names that contain a hash of their
// content, with precompressed siblings and a manifest.
//
// It promises that a build either succeeds or leaves the last good one in
// place, that nothing unverified is written, that the same sources give the
// same bytes, and that a second build with nothing changed does nothing.
//
// It does not serve anything and no application imports it: package static
// embeds the result.
package assets
