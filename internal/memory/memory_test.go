package memory

import (
	"math"
	"testing"
	"testing/fstest"
)

func TestLimit(t *testing.T) {
	const meminfo = "MemTotal:       16000 kB\nMemFree:          1000 kB\n"
	for _, c := range []struct {
		name  string
		soft  int64
		files map[string]string
		want  int64
	}{
		{"nothing is known", math.MaxInt64, nil, Unknown},
		{"the machine", math.MaxInt64, map[string]string{"proc/meminfo": meminfo}, 16000 << 10},
		{"GOMEMLIMIT", 5000, map[string]string{"proc/meminfo": meminfo}, 5000},
		{"a group without a limit", math.MaxInt64, map[string]string{"proc/meminfo": meminfo,
			"proc/self/cgroup": "0::/app\n", "sys/fs/cgroup/app/memory.max": "max\n"}, 16000 << 10},
		{"a group", math.MaxInt64, map[string]string{"proc/meminfo": meminfo,
			"proc/self/cgroup": "0::/system/app\n", "sys/fs/cgroup/system/app/memory.max": "7000\n"}, 7000},
		{"a group above", math.MaxInt64, map[string]string{"proc/meminfo": meminfo,
			"proc/self/cgroup": "0::/system/app\n", "sys/fs/cgroup/system/memory.max": "6000\n", "sys/fs/cgroup/system/app/memory.max": "7000\n"}, 6000},
		{"a container", math.MaxInt64, map[string]string{"proc/meminfo": meminfo,
			"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "4000\n"}, 4000},
		{"version 1", math.MaxInt64, map[string]string{"proc/meminfo": meminfo,
			"proc/self/cgroup": "5:cpu:/x\n4:hugetlb,memory:/docker/1\n", "sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes": "3000\n"}, 3000},
		{"a limit that is none", math.MaxInt64, map[string]string{"proc/meminfo": meminfo,
			"proc/self/cgroup": "4:memory:/\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"}, 16000 << 10},
	} {
		root := fstest.MapFS{}
		for name, text := range c.files {
			root[name] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := limitIn(root, c.soft); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
	if here := Share(1); here < 1<<20 {
		t.Errorf("on this machine the limit is %d", here)
	}
}
