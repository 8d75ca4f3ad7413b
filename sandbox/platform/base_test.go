package platform_test

import (
	"path/filepath"
	"strings"
	"testing"

	"towncrier/sandbox/platform"
)

func TestNewRefuses(t *testing.T) {
	for says, cfg := range map[string]platform.Config{
		"no openid of their own": {Residents: []platform.Resident{{Name: "居民"}}},
		"no number of their own": {Residents: []platform.Resident{{OpenID: "o", Phone: "+8619900000001"}}},
		"record file":            {RecordFile: filepath.Join("no", "such", "folder", "record")},
	} {
		if _, err := platform.New(cfg); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want an error that says %s", err, says)
		}
	}
}

func TestSyntheticResidents(t *testing.T) {
	for n, want := range map[int]int{1: 1, 4: 4, 300: 300, 0: 0, 10_000: 0} {
		list, err := platform.SyntheticResidents(n)
		if len(list) != want || (err == nil) != (want > 0) {
			t.Errorf("%d residents: %d, %v", n, len(list), err)
		}
	}
}
