// Package guide tests docs/YOUR-OWN-APPLICATION.md: it follows the document as a
// reader does, in a folder of its own, and looks at the pages.
//
// In the document, a block of sh is run, a block of "sh refused" must fail, and a
// block without a language holds lines that the commands before it print. The
// sentence before any other block names its file, and says whether the block is the whole
// file, some of its functions, or what replaces other lines.
package guide
