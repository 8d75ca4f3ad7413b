package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towncrier/revision"
	"towncrier/seal"
	"towncrier/store"
)

// TestContentInForceIsUsed by the commands on the machine: the newest revision, not the folder.
func TestContentInForceIsUsed(t *testing.T) {
	dir := t.TempDir()
	sealer, err := seal.New(seal.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), filepath.Join(dir, "towncrier.db"), sealer)
	if err != nil {
		t.Fatal(err)
	}
	revisions := revision.NewService(revision.Config{Store: db.Content(), Now: time.Now, Base: func() (revision.Folder, error) { return revision.Read(os.DirFS(littletown)) }})
	if _, err := revisions.Withdraw(t.Context(), "zhao", "L1", ""); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	env := []string{"TOWNCRIER_DATA=" + dir, "TOWNCRIER_CONTENT=" + littletown}
	if code, out, errs := command(t, env, `{"from":"u","text":"图书屋几点开门"}`+"\n", "ask", "--jsonl"); code != 0 || !strings.Contains(errs, "revision 2") || !strings.Contains(out, "撤回") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if code, out, errs := command(t, env, "", "content", "check"); code != 0 || !strings.Contains(out, "revision 2 of the content：没有错误") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}
