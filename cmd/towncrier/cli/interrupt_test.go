package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/api/wire"
	"towncrier/cmd/towncrier/app"
	"towncrier/cmd/towncrier/config"
	"towncrier/cmd/towncrier/rehearsal"
	"towncrier/staff"
	"towncrier/store"
)

// interruptAt ends a context, as Ctrl-C does, when a text is written.
type interruptAt struct {
	io.Writer
	text string
	end  context.CancelFunc
}

func (w interruptAt) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if strings.Contains(string(p), w.text) {
		w.end()
	}
	return n, err
}

// TestInterruptedStartIsNoFailure stops servers before they serve, and a rehearsal before it says that it serves.
func TestInterruptedStartIsNoFailure(t *testing.T) {
	for name, c := range map[string]struct {
		rehearsal bool
		at        string // in the log; "" for before the start
		serving   bool   // was said before
	}{
		"serve before it starts":       {},
		"serve while it starts":        {at: "SMS is off"},
		"serve that serves":            {at: "msg=serving", serving: true},
		"a rehearsal before it starts": {rehearsal: true},
		"a rehearsal that serves":      {rehearsal: true, at: "msg=serving", serving: true},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if c.at == "" {
				cancel()
			}
			var said, out lockedBuffer
			log := slog.New(slog.NewTextHandler(interruptAt{&said, c.at, cancel}, nil))
			var err error
			if c.rehearsal {
				err = rehearsal.Run(ctx, rehearsalOf(t, smallCity...), rehearsal.Options{Out: &out, Log: log})
			} else {
				err = app.New(production(t, smallCity...), app.Options{Log: log}).Run(ctx, nil)
			}
			if err != nil {
				t.Errorf("run: %v", err)
			}
			logged := said.String()
			if strings.Count(logged, "msg=stopping") != 1 || strings.Contains(logged, "level=ERROR") {
				t.Errorf("the log does not say once, and no more, that it stops:\n%s", logged)
			}
			if strings.Contains(logged, "msg=serving") != c.serving || out.String() != "" {
				t.Errorf("it went on after it was stopped:\n%s%s", logged, &out)
			}
		})
	}
}

// TestInterruptedCommandSaysSo ends every command that hears signals before its first statement.
func TestInterruptedCommandSaysSo(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "list.csv")
	if err := os.WriteFile(file, []byte("代码,名称\nC-1,示例社区居委会\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, args := range [][]string{
		{"key", "list"}, {"key", "rotate"}, {"key", "rotate", "--find"}, {"audit", "verify"},
		{"roster", "stats"}, {"roster", "export", filepath.Join(dir, "out.csv")}, {"sandbox", "--listen", "127.0.0.1:0"},
		{"backup", filepath.Join(dir, "backup.tar")}, {"restore", "--check", file}, {"restore", "--mark"},
	} {
		var out, errs bytes.Buffer
		said := "towncrier: interrupted\n"
		if slices.Contains(officials, args[0]) {
			said = "towncrier: 已中断\n"
		}
		code := Execute(ctx, "test", args, goodEnv("TOWNCRIER_DATA="+dir, smallCity[0], config.KeyVariable+"=tck_x_y"), strings.NewReader(""), &out, &errs)
		if code != exitLeft || errs.String() != said || out.Len() > 0 {
			t.Errorf("%q: exit %d, want %d:\n%s%s", args, code, exitLeft, &out, &errs)
		}
	}
}

// importedRows is a file of residents of C-1.
func importedRows(t *testing.T, rows int) string {
	t.Helper()
	var text strings.Builder
	text.WriteString("手机号,居委会代码,依据,同意时间\n")
	for i := range rows {
		fmt.Fprintf(&text, "19900%06d,C-1,同意,2026-01-05\n", i)
	}
	path := filepath.Join(t.TempDir(), "residents.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestInterruptedImportGoesOn stops the command in the middle of an import, which the server goes on with, and gives it again.
func TestInterruptedImportGoesOn(t *testing.T) {
	cfg := production(t, smallCity...)
	env := serve(t, cfg).hire(t, cfg, staff.Person{ID: "admin-1", Name: "管理员", Role: staff.Admin})["admin-1"]
	ok(t, env, "committee", "add", "C-1", "示例社区居委会")
	const rows = 20_000
	residents := importedRows(t, rows)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out, progress bytes.Buffer
	code := Execute(ctx, "test", []string{"roster", "import", residents, "--yes"}, env, strings.NewReader(""), &out,
		interruptAt{&progress, "导入 ", cancel})
	if code != exitLeft || !strings.Contains(out.String(), "导入在服务器上继续进行，不会停下") {
		t.Errorf("interrupted: exit %d, want %d\n%s%s", code, exitLeft, &out, &progress)
	}
	wantIn(t, ok(t, env, "roster", "import", residents, "--yes"), "导入完成")
	wantIn(t, ok(t, env, "roster", "stats"), fmt.Sprint(rows))
}

// TestKilledServerGoesOnImporting kills the server in the middle of an import. Started again, it goes on by itself: everybody is there once.
func TestKilledServerGoesOnImporting(t *testing.T) {
	const rows = 30_000
	cfg := production(t, smallCity...)
	addr, kill := serveProcess(t, cfg)
	r := &running{addr: addr}
	env := r.hire(t, cfg, staff.Person{ID: "admin-1", Name: "管理员", Role: staff.Admin})["admin-1"]
	ok(t, env, "committee", "add", "C-1", "示例社区居委会")
	text, err := os.ReadFile(importedRows(t, rows))
	if err != nil {
		t.Fatal(err)
	}
	_, key, _ := strings.Cut(env[1], "=")
	ask := func(method, path, body string) (i wire.Import) {
		t.Helper()
		status, answer := r.api(t, key, method, path, body)
		for status == http.StatusTooManyRequests { // a test that waits asks often
			time.Sleep(200 * time.Millisecond)
			status, answer = r.api(t, key, method, path, body)
		}
		if status > 201 || json.Unmarshal([]byte(answer), &i) != nil {
			t.Fatalf("%s %s: %d %s", method, path, status, answer)
		}
		return i
	}
	wait := func(i wire.Import, met func(wire.Import) bool) wire.Import {
		t.Helper()
		until(t, "import", func() bool { i = ask("GET", "/imports/"+i.ID, ""); return i.State == "failed" || met(i) })
		return i
	}
	i := ask("POST", "/imports?kind=residents", string(text))
	wait(i, func(i wire.Import) bool { return i.State == "judged" })
	ask("POST", "/imports/"+i.ID+"/start", `{"rows":"all"}`)
	wait(i, func(i wire.Import) bool { return i.Written > 0 })
	kill()
	addr, _ = serveProcess(t, cfg)
	r.addr = addr
	i = wait(i, func(i wire.Import) bool { return i.State == "done" })
	if i.Resumed == 0 || i.Resumed == rows || i.Counts == nil || *i.Counts != (wire.ImportCounts{Added: rows}) {
		t.Errorf("it went on from %d: %+v %s", i.Resumed, i.Counts, i.Problem)
	}
	onDatabase(t, machineOf(cfg), func(db *store.DB) {
		if stats, err := db.Roster().Stats(t.Context(), ""); err != nil || stats.Residents != rows {
			t.Errorf("%d residents, %v", stats.Residents, err)
		}
	})
}
