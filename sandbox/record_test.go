package sandbox_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	"towncrier/sandbox/sandboxtest"
)

// TestRecordFile: the record outlives the sandbox, and a second sandbox goes on where the first ended.
func TestRecordFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "record.jsonl")
	for range 2 {
		f := sandboxtest.OpenSMS(t, nil, func(c *sandbox.Config) { c.RecordFile = file })
		f.Follow(t, sandboxtest.Jia)
		f.SendCode(t, sandboxtest.JiaPhone, "")
		f.Settled(t, sandboxtest.JiaPhone, func(texts []platform.Entry) bool { return texts[0].State == platform.Delivered })
		f.Close()
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	last := map[int64]platform.Entry{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var e platform.Entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
		last[e.ID] = e
	}
	var kinds []string
	for id := int64(1); id <= int64(len(last)); id++ {
		kinds = append(kinds, last[id].Kind+" "+last[id].State)
	}
	if want := strings.Fields(strings.Repeat("follow/delivered text/ sms/delivered ", 2)); strings.ReplaceAll(strings.Join(kinds, ","), " ", "/") != strings.Join(want, ",") {
		t.Errorf("the file ends with %q, want %q", kinds, want)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v (%v)", info.Mode(), err)
	}
}
