// Package browsertest tests the reference application as users see it: the real
// binary, a real database file, a real browser. Its tests have the build tag
// browser; make browser runs them. They need Chromium and fail without it.
package browsertest
