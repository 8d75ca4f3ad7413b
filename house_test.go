package towncrier_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rooms says what each package may import of ours. cmd and the faces may import anything below them.
var rooms = map[string][]string{
	"problem":   {},
	"plaintext": {},
	"phone":     {},
	"redact":    {},
	"seal":      {},
	"audit":     {},
	"alarm":     {"audit"},
	"hans":      {},
	"content":   {"hans", "plaintext", "problem"},
	"intents":   {"hans", "plaintext", "problem"},
	"city":      {"content", "intents", "problem"},
	"inbox":     {"audit", "phone", "plaintext", "problem", "seal"},
	"staff":     {"audit", "phone"},
	"sms":       {"alarm", "audit", "phone"},
	"roster":    {"alarm", "audit", "phone", "plaintext", "problem", "seal", "sms"},
	"broadcast": {"audit", "content", "phone", "problem", "roster", "sms"},
	"bot":       {"city", "content", "inbox", "intents", "phone", "problem", "roster", "sms"},
}

// vendors says which packages alone may import a technology.
var vendors = map[string][]string{
	"github.com/hibiken/asynq":        {"worker", "cmd"},
	"database/sql":                    {"store"},
	"modernc.org/sqlite":              {"store"},
	"github.com/jackc/pgx/v5":         {"store"},
	"github.com/pressly/goose/v3":     {"store"},
	"github.com/redis/go-redis/v9":    {"kv", "worker", "cmd"},
	"github.com/alicebob/miniredis":   {"kv"},
	"github.com/silenceper/wechat/v2": {"wechat"},
	"github.com/aliyun":               {"aliyun"},
	"net/http":                        {"wechat", "aliyun", "api", "sandbox", "cmd"},
}

// TestImportsRunDownwards holds the import rule of ARCHITECTURE.md against what the compiler sees.
func TestImportsRunDownwards(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	adapters := []string{"wechat", "aliyun", "store", "kv", "worker"}
	seen := map[string]bool{}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var pkg struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&pkg); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		room := roomOf(pkg.ImportPath)
		if room == "" || strings.HasSuffix(pkg.ImportPath, "test") { // test harnesses start servers
			continue
		}
		seen[room] = true
		for _, imported := range pkg.Imports {
			if ours := roomOf(imported); ours != "" && ours != room {
				allowed, domain := rooms[room]
				switch {
				case domain && !slices.Contains(allowed, ours):
					t.Errorf("%s imports %s: the domain imports only the domain below it", pkg.ImportPath, imported)
				case slices.Contains(adapters, room) && slices.Contains(adapters, ours):
					t.Errorf("%s imports %s: adapters do not import each other", pkg.ImportPath, imported)
				case slices.Contains(adapters, room) && rooms[ours] == nil:
					t.Errorf("%s imports %s: adapters import only the domain", pkg.ImportPath, imported)
				}
			}
			for vendor, users := range vendors {
				if (imported == vendor || strings.HasPrefix(imported, vendor+"/")) && !slices.Contains(users, room) {
					t.Errorf("%s imports %s, which belongs to %s", pkg.ImportPath, imported, strings.Join(users, ", "))
				}
			}
		}
	}
	for _, room := range []string{"content", "intents", "city", "bot", "inbox", "wechat", "store", "kv", "worker", "sandbox", "cmd",
		"alarm", "aliyun", "audit", "api", "broadcast", "phone", "roster", "seal", "sms", "staff"} {
		if !seen[room] {
			t.Errorf("go list shows no package in %s", room)
		}
	}
}

func roomOf(path string) string {
	rest, ours := strings.CutPrefix(path, "towncrier/")
	if !ours {
		return ""
	}
	room, _, _ := strings.Cut(rest, "/")
	return room
}
