//go:build !linux && !darwin

package sqlite

import "errors"

// identifyProcess is not possible on this system, so no process is signalled.
func identifyProcess(int) (processID, error) {
	return processID{}, errors.New("the start of a process cannot be read")
}
