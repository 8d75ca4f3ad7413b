package app

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"towncrier/store"
)

var kept = Manifest{
	Format: 1, Towncrier: "v1.0.0", City: "运城市盐湖区", AsOf: time.Date(2026, 1, 5, 3, 0, 0, 123e6, time.UTC), Bytes: 4, SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte("data"))),
	Holds: store.Contents{Schema: 86, Keys: []int64{0, 1}, Residents: 200, Tickets: 5, Broadcasts: 3, Deliveries: 412, Audit: 22,
		AuditHead: "22:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
}

// TestBackupsOfEveryFormat reads a backup as the first release wrote it, and what this one writes.
func TestBackupsOfEveryFormat(t *testing.T) {
	manifest, err := os.ReadFile("testdata/manifest-1.json")
	if err != nil {
		t.Fatal(err)
	}
	var first, now bytes.Buffer
	archive := tar.NewWriter(&first)
	for _, file := range [][2]string{{"manifest.json", string(manifest)}, {"towncrier.db", "data"},
		{"SHA256SUMS", fmt.Sprintf("%x  manifest.json\n%s  towncrier.db\n", sha256.Sum256(manifest), kept.SHA256)}} {
		if err := archive.WriteHeader(&tar.Header{Name: file[0], Size: int64(len(file[1])), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(archive, file[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	database := filepath.Join(t.TempDir(), "towncrier.db")
	if err := os.WriteFile(database, []byte("data"), 0o600); err != nil {
		t.Fatal(err)
	}
	noted := kept
	noted.StopsLog = &store.StopsMark{Lines: 3, Last: kept.SHA256}
	if err := writeBackup(&now, noted, database); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]*bytes.Buffer{"format 1": &first, "now": &now} {
		want := map[string]Manifest{"format 1": kept, "now": noted}[name]
		sum := fmt.Sprintf("%x", sha256.Sum256(file.Bytes()))
		var rows bytes.Buffer
		m, of, err := readBackup(file, int64(file.Len()), &rows)
		if err != nil || of != sum || rows.String() != "data" || !reflect.DeepEqual(m, want) {
			t.Errorf("%s: %+v, %s of %s, %q, %v", name, m, of, sum, &rows, err)
		}
	}
}
