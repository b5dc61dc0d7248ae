//go:build !unix

package ops

import "os"

// keepSignal is not to be had: what was kept by itself is compared.
var keepSignal os.Signal
