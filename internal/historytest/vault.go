package historytest

import (
	"embed"

	"ironstar.dev"
	"ironstar.dev/internal/historytest/gen/vault"
)

// Vault keeps secrets. Its own code sees them.
type Vault struct{}

var _ vault.Vault = Vault{}

// Source returns the code of this folder.
func (Vault) Source() embed.FS { return source }

// Initial is a vault that nobody has filled.
func (Vault) Initial() vault.VaultState { return vault.VaultStateEmpty{} }

// DecideFill takes everything.
func (Vault) DecideFill(_ vault.VaultState, c vault.VaultFill) ([]vault.VaultEvent, error) {
	return []vault.VaultEvent{vault.VaultFilled(c)}, nil
}

// DecideTry opens the vault for who knows the pin, so it sees the pin.
func (Vault) DecideTry(s vault.VaultState, c vault.VaultTry) ([]vault.VaultEvent, error) {
	if full, ok := s.(vault.VaultStateFull); !ok || full.Pin != c.Pin || full.Content.Pin != c.Pin {
		return nil, vault.VaultWrong{}
	}
	return []vault.VaultEvent{vault.VaultOpened{}}, nil
}

// EvolveFilled keeps the content.
func (Vault) EvolveFilled(_ vault.VaultState, e vault.VaultFilled) vault.VaultState {
	return vault.VaultStateFull{Content: e.Content, Pin: e.Content.Pin}
}

// EvolveOpened changes nothing.
func (Vault) EvolveOpened(s vault.VaultState, _ vault.VaultOpened) vault.VaultState { return s }

// UpcastFilledToV2Content makes the content of a vault that only had a pin.
func (Vault) UpcastFilledToV2Content(v vault.VaultFilledV1) (vault.Content, error) {
	return vault.Content{Pin: v.Pin, Kind: vault.CaseBare{}, Case: vault.CaseBare{}}, nil
}

// Guard shows what the views of a vault get to Sees.
type Guard struct{ Sees func(...any) }

var _ vault.Guard = Guard{}

// Source returns the code of this folder.
func (Guard) Source() embed.FS { return source }

// Initial has a secret that only the view itself may know.
func (Guard) Initial(string) vault.GuardState { return vault.GuardState{Own: "SECRET of the guard"} }

// EvolveVaultFilled remembers the content.
func (g Guard) EvolveVaultFilled(s vault.GuardState, e vault.VaultFilled, r *ironstar.Record) vault.GuardState {
	g.Sees(e, r, s.Seen)
	s.Seen = append(s.Seen, e.Content)
	return s
}

// EvolveVaultOpened counts, and reads its own secret.
func (g Guard) EvolveVaultOpened(s vault.GuardState, e vault.VaultOpened, r *ironstar.Record) vault.GuardState {
	g.Sees(e, r, s.Seen)
	s.Opened += int64(len(s.Own))
	return s
}

// Own is for one session.
type Own struct{ Sees func(...any) }

var _ vault.Own = Own{}

// Source returns the code of this folder.
func (Own) Source() embed.FS { return source }

// Initial has counted nothing.
func (Own) Initial(string) vault.OwnState { return vault.OwnState{} }

// EvolveVaultFilled counts boxes.
func (o Own) EvolveVaultFilled(_ vault.OwnState, e vault.VaultFilled, r *ironstar.Record) vault.OwnState {
	o.Sees(e, r)
	return vault.OwnState{Last: int64(len(e.Content.Boxes))}
}

// EvolveVaultOpened changes nothing.
func (o Own) EvolveVaultOpened(s vault.OwnState, e vault.VaultOpened, r *ironstar.Record) vault.OwnState {
	o.Sees(e, r)
	return s
}

// Hall is the list of all vaults.
type Hall struct{ Sees func(...any) }

var _ vault.Hall = Hall{}

// More names a vault.
func (h Hall) More(id string, s vault.VaultState) vault.HallMore {
	h.Sees(s)
	return vault.HallMore{Name: id}
}
