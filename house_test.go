package towncrier_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// vendors says which packages alone may import a technology.
var vendors = map[string][]string{
	"github.com/hibiken/asynq":        {"worker", "app"},
	"database/sql":                    {"store"},
	"modernc.org/sqlite":              {"store"},
	"github.com/jackc/pgx/v5":         {"store"},
	"github.com/pressly/goose/v3":     {"store"},
	"github.com/redis/go-redis/v9":    {"kv", "worker", "app"},
	"github.com/alicebob/miniredis":   {"kv"},
	"github.com/silenceper/wechat/v2": {"wechat"},
	"github.com/aliyun":               {"aliyun"},
	"github.com/xuri/excelize/v2":     {}, // tests alone: what we read and write is held against it
	"net/http":                        {"wechat", "aliyun", "api", "desk", "sandbox", "app", "cli", "doctor", "rehearsal"},
}

// TestImports holds the table of ARCHITECTURE.md against what the compiler sees: each room imports what its line says, no less and no
// more. A room stands below all that imports it, since every line names only rooms of lines above.
func TestImports(t *testing.T) {
	table := importTable(t)
	for _, pkg := range packages(t) {
		if strings.HasSuffix(pkg.ImportPath, "test") { // fixtures that start servers
			continue
		}
		for _, imported := range pkg.Imports {
			for vendor, users := range vendors {
				if (imported == vendor || strings.HasPrefix(imported, vendor+"/")) && !slices.Contains(users, roomOf(pkg.ImportPath)) {
					t.Errorf("%s imports %s, which belongs to %s", pkg.ImportPath, imported, strings.Join(users, ", "))
				}
			}
		}
		var ours []string
		for _, imported := range pkg.Imports {
			if room, is := strings.CutPrefix(imported, "towncrier/"); is {
				ours = append(ours, room)
			}
		}
		slices.Sort(ours)
		room := strings.TrimPrefix(pkg.ImportPath, "towncrier/")
		want, listed := table[room]
		if !listed && len(ours) > 0 {
			t.Errorf("ARCHITECTURE.md has no line for the imports of %s: %s", room, strings.Join(ours, " "))
		} else if listed && !slices.Equal(ours, want) {
			t.Errorf("%s imports %v, and ARCHITECTURE.md says %v", room, ours, want)
		}
		delete(table, room)
	}
	for room := range table {
		t.Errorf("ARCHITECTURE.md has a line for %s, which is no package", room)
	}
}

// importTable reads the table of ARCHITECTURE.md: a line "rooms: what each of them imports" below another.
func importTable(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "## Who imports whom\n")
	_, rest, fenced := strings.Cut(rest, "\n```\n")
	block, _, ended := strings.Cut(rest, "\n```\n")
	if !found || !fenced || !ended {
		t.Fatal("ARCHITECTURE.md has no table below \"Who imports whom\"")
	}
	table := map[string][]string{}
	for line := range strings.Lines(block) {
		rooms, imports, ok := strings.Cut(line, ":")
		if !ok {
			t.Fatalf("no room and no colon: %q", line)
		}
		imported := strings.Fields(imports)
		for i, name := range imported {
			if _, above := table[name]; !above {
				t.Errorf("%s may not import %s, which stands on no line above", rooms, name)
			}
			if i > 0 && name < imported[i-1] {
				t.Errorf("%s: %s is out of order", rooms, name)
			}
		}
		for _, room := range strings.Fields(rooms) {
			table[room] = imported
		}
	}
	return table
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var pkg goPackage
		if err := dec.Decode(&pkg); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, pkg)
	}
}

// roomOf is the folder at the top, or below cmd/towncrier, that a package lies in.
func roomOf(path string) string {
	rest, ours := strings.CutPrefix(path, "towncrier/")
	if !ours {
		return ""
	}
	rest = strings.TrimPrefix(rest, "cmd/towncrier/")
	room, _, _ := strings.Cut(rest, "/")
	return room
}

// TestWalksLeadThroughTheCode: each function that a table of ARCHITECTURE.md names stands in one of the files beside it.
func TestWalksLeadThroughTheCode(t *testing.T) {
	text, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	steps := 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		if len(cells) != 3 || !strings.HasSuffix(cells[1], ".go") {
			continue
		}
		steps++
		var code strings.Builder
		for file := range strings.SplitSeq(cells[1], ", ") {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Error(err)
			}
			code.Write(source)
		}
		for name := range strings.SplitSeq(cells[2], ", ") {
			if !regexp.MustCompile(`(?m)^func (\([^)]*\) )?` + name + `[\[(]`).MatchString(code.String()) {
				t.Errorf("%s is no function in %s", name, cells[1])
			}
		}
	}
	if steps < 10 {
		t.Errorf("%d steps found", steps)
	}
}

// TestLedgerIsReadInItsOwnFiles: SQL over deliveries stands in the files of the store that are the ledger's, those that mend it after a restore,
// and the two databases' ways of saying a thing.
func TestLedgerIsReadInItsOwnFiles(t *testing.T) {
	reads := regexp.MustCompile(`\b(FROM|JOIN|INTO|UPDATE) (delivery|recipient|claim)\b`)
	own := regexp.MustCompile(`^store/(broadcast\w*|restored\w*|dialect)\.go$`)
	seen := 0
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		if found := reads.FindString(string(source)); found != "" {
			seen++
			if !own.MatchString(path) {
				t.Errorf("%s reads the ledger: %s", path, found)
			}
		}
		return err
	})
	if err != nil || seen < 10 {
		t.Errorf("%d files read the ledger: %v", seen, err)
	}
}

// TestInFullIsWhereTestsBegin: scripts/racetest finds the tests that it runs without the race detector by their first line.
func TestInFullIsWhereTestsBegin(t *testing.T) {
	called := regexp.MustCompile(`\bInFull\(t\)`)
	first := regexp.MustCompile(`(?m)^func Test\w+\(t \*testing\.T\) \{\n\t(desktest\.)?InFull\(t\)$`)
	found := 0
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") || path == "house_test.go" {
			return err
		}
		source, err := os.ReadFile(path)
		calls, firsts := len(called.FindAll(source, -1)), len(first.FindAll(source, -1))
		if calls != firsts || firsts > 0 && !strings.HasPrefix(path, "desk/") {
			t.Errorf("%s: %d calls of InFull, of which %d begin a test of desk/", path, calls, firsts)
		}
		found += firsts
		return err
	})
	if err != nil || found < 10 {
		t.Errorf("%d tests found: %v", found, err)
	}
}

// TestNothingRunsBesideWhatIsAlone: scripts/racetest leaves the race detector out of packages none of whose code runs beside other code.
func TestNothingRunsBesideWhatIsAlone(t *testing.T) {
	script, err := os.ReadFile("scripts/racetest")
	if err != nil {
		t.Fatal(err)
	}
	beside := regexp.MustCompile(`(?m)^\s*(defer )?go [\w(]|\.Go\(|"sync`)
	alone := strings.Fields(regexp.MustCompile(`(?m)^alone=\((.+)\)$`).FindStringSubmatch(string(script))[1])
	for _, pkg := range alone {
		files, err := fs.Glob(os.DirFS(pkg), "*.go")
		if err != nil || len(files) == 0 {
			t.Errorf("%s has %d files: %v", pkg, len(files), err)
		}
		for _, file := range files {
			source, err := os.ReadFile(pkg + "/" + file)
			if err != nil {
				t.Error(err)
			}
			if found := beside.FindString(string(source)); found != "" && !strings.HasSuffix(file, "_test.go") {
				t.Errorf("%s/%s: %q may run beside other code", pkg, file, found)
			}
		}
	}
}
