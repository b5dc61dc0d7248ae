package cuetest_test

import (
	"regexp"
	"strings"
	"testing"
)

// vaultSchema has secrets in events and in a state, where MARK stands.
const vaultSchema = `package vault

import "ironstar.dev/schema"

#Box: {label: string, key: string MARK}
#Vault: schema.#Aggregate & {
	state: {boxes: [...#Box]}
	command: {}
	event: {
		Filled: {v1: {old: string OLD}, v2: {boxes: [...#Box]}, toV2: boxes: []}
		Shut: v1: {}
	}
}
#Door: schema.#View & {of: "Vault"}
#Guard: schema.#View & {on: Vault: ["Filled"], key: "global", state: n: int}
#Clock: schema.#View & {on: Vault: ["Shut"], key: "global", state: n: int}
`

// TestSecretsChangeFingerprints: what a view gets is part of its fingerprint, so its
// snapshots end when a field becomes secret, or is no longer. The state of an aggregate,
// and the view of it, are stored with secrets, so their snapshots stay.
func TestSecretsChangeFingerprints(t *testing.T) {
	fingerprint := regexp.MustCompile(`const (\w+)Fingerprint = "([0-9a-f]+)"`)
	of := func(mark, old string) map[string]string {
		dir := t.TempDir()
		text := strings.NewReplacer("MARK", mark, "OLD", old).Replace(vaultSchema)
		write(t, dir, map[string][]byte{"vault/vault.cue": []byte(text)})
		found := map[string]string{}
		for _, file := range generate(t, loadSchema(t, "vault", dir)).Files {
			for _, m := range fingerprint.FindAllStringSubmatch(string(file), -1) {
				found[m[1]] = m[2]
			}
		}
		if len(found) < 3 {
			t.Fatalf("there are the fingerprints %v", found)
		}
		return found
	}
	open := of("", "")
	for _, test := range []struct {
		mark, old string
		changed   []string
	}{
		{"@secret()", "", []string{"Guard", "Clock"}}, {"", "@secret()", []string{"Guard", "Clock"}}, {"", "", nil},
	} {
		now := of(test.mark, test.old)
		for _, name := range []string{"Vault", "Guard", "Clock"} {
			if changed := now[name] != open[name]; changed != strings.Contains(strings.Join(test.changed, " "), name) {
				t.Errorf("with %q and %q: the fingerprint of %s changed: %v", test.mark, test.old, name, changed)
			}
		}
	}
	if with, without := of("@secret()", "@secret()"), of("", "@secret()"); with["Guard"] == without["Guard"] {
		t.Error("a secret in the current version makes no difference to who hears of old ones already")
	}
}
