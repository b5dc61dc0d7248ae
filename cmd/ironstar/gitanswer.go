package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// git runs git in a folder. said is its error output. It is always in English,
// because the functions below search it for messages.
func git(ctx context.Context, dir string, args ...string) (out []byte, said string, err error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "LANGUAGE=")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	return stdout.Bytes(), strings.TrimSpace(stderr.String()), err
}

// gist returns the line of git's error output that has the reason. The lines after
// it suggest commands.
func gist(said string) string {
	lines := strings.Split(said, "\n")
	for _, line := range lines {
		if why, ok := strings.CutPrefix(line, "fatal: "); ok {
			return why
		}
	}
	return lines[len(lines)-1]
}

// noRepository explains why git does not work in the folder of a schema.
func (s *session) noRepository(schema, said string) *trouble {
	t := &trouble{code: codeRevision}
	where := s.rel(schema)
	switch why := gist(said); {
	case strings.Contains(why, "dubious ownership"):
		t.message = fmt.Sprintf("git does not read the repository of %s: its folder belongs to another user", where)
		t.hint = "if you trust the files in it, run " + cmp.Or(lineWith(said, "git config "), "git config --global --add safe.directory …")
	case os.Getenv("GIT_DIR") != "":
		t.message = fmt.Sprintf("git finds no repository for %s: %s", where, why)
		t.hint = fmt.Sprintf("GIT_DIR is %q, so git searches only there: unset it", os.Getenv("GIT_DIR"))
	case strings.Contains(why, "not a git repository"):
		t.message = where + " is not in a git repository, so ironstar cannot compare it with another revision"
		t.hint = "git init, git add and git commit make a repository; in a container, copy or mount .git as well"
	default:
		t.message = fmt.Sprintf("git does not read the repository of %s: %s", where, why)
	}
	return t
}

// lineWith returns the line of a text that begins with prefix, without the space
// around it.
func lineWith(text, prefix string) string {
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, prefix) {
			return line
		}
	}
	return ""
}

// noRevision explains why git does not know a revision.
func noRevision(ctx context.Context, schema, rev string) *trouble {
	t := &trouble{code: codeRevision, message: "git does not know the revision " + rev, hint: "git log --oneline lists revisions; git fetch gets those of other people"}
	if _, _, err := git(ctx, schema, "rev-parse", "--verify", "--quiet", "HEAD"); err != nil {
		t.message += ": the repository has no commit yet"
		t.hint = "run git add and git commit first"
		return t
	}
	remote, _, err := git(ctx, schema, "for-each-ref", "--format=%(refname:short)", "refs/remotes/*/"+rev)
	if name, _, _ := strings.Cut(string(remote), "\n"); err == nil && name != "" {
		t.hint = "did you mean " + name + "? No local branch has the name"
		return t
	}
	shallow, _, err := git(ctx, schema, "rev-parse", "--is-shallow-repository")
	if err == nil && strings.TrimSpace(string(shallow)) == "true" {
		t.message += ": this clone is shallow, and has only the last commits"
		t.hint = "git fetch --unshallow --tags gets the other commits, and git fetch origin BRANCH:BRANCH gets another branch; in GitHub Actions, set fetch-depth: 0 for actions/checkout"
	}
	return t
}
