package ops_test

import (
	"os"
	"testing"

	"ironstar.dev/internal/leak"
)

func TestMain(m *testing.M) { os.Exit(leak.Run(m)) }
