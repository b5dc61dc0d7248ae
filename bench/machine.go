package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// machine describes what figures depend on, as far as the system reports it.
type machine struct {
	CPU      string `json:"cpu,omitempty"`
	Memory   int64  `json:"memory_bytes,omitempty"`
	Kernel   string `json:"kernel,omitempty"`
	Governor string `json:"governor,omitempty"` // governor of the first processor
	// FileSystem and Disk are those of the folder for files.
	FileSystem string `json:"file_system,omitempty"`
	Mount      string `json:"mount_options,omitempty"`
	Disk       disk   `json:"disk"`
	Revision   string `json:"revision,omitempty"` // commit of this repository
}

// disk is a block device.
type disk struct {
	Name       string `json:"name,omitempty"` // its name in the kernel
	Model      string `json:"model,omitempty"`
	Rotational *bool  `json:"rotational,omitempty"`
	Scheduler  string `json:"scheduler,omitempty"`
	WriteCache string `json:"write_cache,omitempty"` // "write back" or "write through"
}

func machineOf(ctx context.Context, b *bench) machine {
	m := machine{
		CPU:      field("/proc/cpuinfo", "model name"),
		Kernel:   kernel(content("/proc/sys/kernel/osrelease")),
		Governor: content("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
		Revision: revision(ctx, b.repo),
	}
	kilobytes, _ := strconv.ParseInt(strings.TrimSuffix(field("/proc/meminfo", "MemTotal"), " kB"), 10, 64)
	m.Memory = kilobytes * 1024
	device := ""
	m.FileSystem, m.Mount, device = mount(content("/proc/self/mountinfo"), b.dir)
	m.Disk = diskOf(filepath.Base(device))
	return m
}

// kernel returns a release without additions of its builder.
func kernel(release string) string {
	version, _, _ := strings.Cut(release, "-")
	return version
}

// mount finds the file system of a folder: the last one with the longest
// matching mount point. See proc_pid_mountinfo(5).
func mount(table, dir string) (kind, options, device string) {
	longest := -1
	for line := range strings.Lines(table) {
		left, right, ok := strings.Cut(line, " - ")
		l, r := strings.Fields(left), strings.Fields(right)
		if !ok || len(l) < 6 || len(r) < 2 {
			continue
		}
		rest, below := strings.CutPrefix(dir, strings.TrimSuffix(l[4], "/"))
		if below && (rest == "" || rest[0] == '/') && len(l[4]) >= longest {
			longest, kind, options, device = len(l[4]), r[0], l[5], r[1]
		}
	}
	return kind, options, device
}

// diskOf reads what the kernel reports about a block device or its partition.
func diskOf(name string) disk {
	at := "/sys/class/block/" + name
	if _, err := os.Stat(at); err != nil {
		return disk{}
	}
	if _, err := os.Stat(at + "/partition"); err == nil {
		at += "/.."
	}
	d := disk{
		Name: name, Model: content(at + "/device/model"),
		Scheduler: content(at + "/queue/scheduler"), WriteCache: content(at + "/queue/write_cache"),
	}
	if turns := content(at + "/queue/rotational"); turns != "" {
		d.Rotational = new(bool)
		*d.Rotational = turns == "1"
	}
	return d
}

// revision returns the measured commit, with a + if files differ from it.
func revision(ctx context.Context, repo string) string {
	out, err := exec.CommandContext(ctx, "git", "-C", repo, "describe", "--always", "--dirty=+", "--exclude=*").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// field returns the first value of a name in a file of lines "name: value".
func field(file, name string) string {
	for line := range strings.Lines(content(file)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// content returns the content of a file, or "" if it cannot be read.
func content(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
