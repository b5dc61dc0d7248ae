package cuetest_test

import (
	"os"
	"testing"
)

func TestScaleOut(t *testing.T) {
	os.MkdirAll("/tmp/cg/scale/scale", 0o755)
	os.WriteFile("/tmp/cg/scale/scale/scale.cue", []byte(scaleSchema(100)), 0o644)
}
