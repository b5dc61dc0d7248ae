package main

import (
	"context"
	"fmt"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"ironstar.dev/internal/cueload"
)

// schemaOf reads the CUE files and the SQL of the schema's folder in a revision. The keys are
// paths relative to that folder. It includes files that git archive would omit
// (export-ignore), and follows links to files, as the reader of files on disk does.
func (s *session) schemaOf(ctx context.Context, p *project, rev string) (map[string][]byte, error) {
	if err := s.knownRevision(ctx, p, rev); err != nil {
		return nil, err
	}
	listing, said, err := git(ctx, p.schema, "ls-tree", "-r", "-z", "--full-tree", rev)
	if err != nil {
		return nil, fmt.Errorf("list the files of %s: %s", rev, gist(said))
	}
	tree := map[string]gitFile{}
	for entry := range strings.SplitSeq(string(listing), "\x00") {
		meta, name, ok := strings.Cut(entry, "\t")
		if fields := strings.Fields(meta); ok && len(fields) == 3 { // mode, type, object
			tree[name] = gitFile{link: fields[0] == "120000", object: fields[2]}
		}
	}
	folder := path.Join(repositoryPath(p.schema), ".")
	files, found := map[string][]byte{}, false
	for name, f := range tree {
		rel, below := strings.CutPrefix(name, strings.TrimPrefix(folder+"/", "./"))
		found = found || below
		if !below || path.Ext(name) != ".cue" && !cueload.IsSQLFile(name) || !filepath.IsLocal(filepath.FromSlash(rel)) {
			continue
		}
		if files[rel], err = s.blob(ctx, p, rev, tree, name, f); err != nil {
			return nil, err
		}
	}
	if !found {
		return nil, &trouble{code: codeRevision, message: fmt.Sprintf("%s has no folder %s", rev, folder), exit: exitNo,
			hint: "at that revision, the schema was in another folder or did not exist"}
	}
	return files, nil
}

// gitFile is a file of a revision.
type gitFile struct {
	link   bool
	object string
}

const mostLinks = 10 // of a chain from link to link

// blob returns the content of a file; for a link, that of its target.
func (s *session) blob(ctx context.Context, p *project, rev string, tree map[string]gitFile, name string, f gitFile) ([]byte, error) {
	first := name
	for range mostLinks {
		text, said, err := git(ctx, p.schema, "cat-file", "blob", f.object)
		if err != nil {
			return nil, fmt.Errorf("read %s of %s: %s", name, rev, gist(said))
		}
		if !f.link {
			return text, nil
		}
		name = path.Join(path.Dir(name), string(text))
		var ok bool
		if f, ok = tree[name]; !ok {
			return nil, &trouble{code: codeRevision, message: fmt.Sprintf("%s is a link to %s, and %s has no such file", first, text, rev), exit: exitNo,
				hint: "ironstar can only compare files of the revision: commit the file itself instead of a link"}
		}
	}
	return nil, &trouble{code: codeRevision, message: fmt.Sprintf("%s is a link that does not lead to a file", first), exit: exitNo}
}

// knownRevision returns an error if git cannot read a revision.
func (s *session) knownRevision(ctx context.Context, p *project, rev string) error {
	if _, err := exec.LookPath("git"); err != nil {
		return &trouble{code: codeRevision, message: "ironstar cannot find git, which it needs to read another revision", hint: "install git, or put it on the PATH"}
	}
	if _, said, err := git(ctx, p.schema, "rev-parse", "--is-inside-work-tree"); err != nil {
		return s.noRepository(p.schema, said)
	}
	if strings.HasPrefix(rev, "-") {
		return &trouble{code: codeUsage, message: fmt.Sprintf("%q is not a revision", rev)}
	}
	if _, _, err := git(ctx, p.schema, "rev-parse", "--verify", "--quiet", rev+"^{commit}"); err != nil {
		return noRevision(ctx, p.schema, rev)
	}
	return nil
}
