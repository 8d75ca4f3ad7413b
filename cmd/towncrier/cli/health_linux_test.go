package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFullDiskIsSeen fills the file system of a server's database: residents are answered, and what is full is named.
func TestFullDiskIsSeen(t *testing.T) {
	dir := smallDisk(t, 16<<20)
	cfg := production(t, append(smallCity, "TOWNCRIER_DATA="+filepath.Join(dir, "data"))...)
	r := serve(t, cfg)
	r.ready(t, map[string]string{"answers": "ok", "worker": "ok", "console": "ok", "database": "ok"})
	filler := filepath.Join(dir, "filler")
	if err := os.WriteFile(filler, make([]byte, 16<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	r.ready(t, map[string]string{"answers": "ok", "worker": "full", "console": "full", "database": "full"})
	if reply := newPlatform(t, cfg).push(t, r.addr, message("oFULL", 1, smallQuestion)); !strings.Contains(reply, smallAnswer) {
		t.Errorf("a resident reads %q", reply)
	}
	if _, body := r.get(t, "/metrics"); !strings.Contains(body, `towncrier_part_state{part="database",state="full"} 1`) {
		t.Error("the metrics do not say what is full")
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	r.ready(t, map[string]string{"answers": "ok", "worker": "ok", "console": "ok", "database": "ok"})
}
