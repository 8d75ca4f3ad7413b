package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadySeesTheStopsLog serves beside a stops.log that cannot be written for a while.
func TestReadySeesTheStopsLog(t *testing.T) {
	cfg := production(t, smallCity...)
	r := serve(t, cfg)
	well := map[string]string{"answers": "ok", "worker": "ok", "console": "ok", "database": "ok"}
	r.ready(t, well)
	log := filepath.Join(filepath.Dir(cfg.Database), "stops.log")
	if err := os.Rename(log, log+".1"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(log, 0o700); err != nil { // nobody can write there
		t.Fatal(err)
	}
	r.ready(t, map[string]string{"answers": "ok", "worker": "down", "console": "down", "database": "down"})
	if said := r.log.String(); !strings.Contains(said, "nobody can stop texts: stops.log cannot be written") {
		t.Errorf("the log does not say why:\n%s", said)
	}
	if err := os.Remove(log); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(log+".1", log); err != nil {
		t.Fatal(err)
	}
	r.ready(t, well)
}
