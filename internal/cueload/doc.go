// Package cueload reads a domain written in CUE into internal/model. With
// cmd/ironstar it is the only place that knows CUE.
//
// It promises: the same result wherever the directory lies and whatever the
// working directory is; no network and no registry (imports are answered from
// the directory itself, from CUE's builtin packages and from the embedded
// meta-schema, never from a copy of it on disk); all errors of a round at once,
// each with a place that is never inside the meta-schema, a stable code and,
// where there is one, a hint; and never a panic, whatever the files hold.
//
// It does not write anything, does not know Go or TypeScript beyond the names
// things get there, and keeps nothing between two calls: every Load has its own
// CUE context, which is dropped with it, or with the Values of LoadValues.
package cueload
