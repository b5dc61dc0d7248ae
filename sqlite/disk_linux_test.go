package sqlite

import (
	"strings"
	"testing"
)

// Network disks are refused by the numbers of statfs(2), others are not.
func TestDiskTypes(t *testing.T) {
	for magic, want := range map[uint32]string{
		0x6969: "(NFS)", 0xff534d42: "(SMB)", 0xfe534d42: "(SMB)", 0x5346414f: "(AFS)",
		0xef53: "", 0x58465342: "", 0x9123683e: "", 0x01021994: "", 0x794c7630: "",
	} {
		err := checkDiskType(magic)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%#x: got %v, want one with %q", magic, err, want)
		}
	}
}
