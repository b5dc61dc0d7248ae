package assets_test
import ("testing";"os";"ironstar.dev/internal/assets")
func TestZZ(t *testing.T){ if err:=assets.Build(t.Context(),assets.Options{Root:os.Getenv("ZZ"),Datastar:assets.Pinned(assets.Kept("../..")),Log:os.Stderr}); err!=nil{t.Fatal(err)} }
