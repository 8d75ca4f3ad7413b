package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towncrier/cmd/towncrier/app"
	"towncrier/cmd/towncrier/rehearsal"
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

// TestInterruptedStartIsNoFailure stops servers before they serve, and a rehearsal that furnishes itself.
func TestInterruptedStartIsNoFailure(t *testing.T) {
	for name, c := range map[string]struct {
		rehearsal bool
		at        string // in the log; "" for before the start
		serving   bool   // was said before
	}{
		"serve before it starts":                  {},
		"serve while it starts":                   {at: "SMS is off"},
		"serve that serves":                       {at: "msg=serving", serving: true},
		"a rehearsal before it starts":            {rehearsal: true},
		"a rehearsal that makes up its residents": {rehearsal: true, at: "msg=serving", serving: true},
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
		{"key", "list"}, {"key", "rotate"}, {"key", "rotate", "--find"}, {"audit", "verify"}, {"committee", "import", file}, {"roster", "import", file},
		{"roster", "stats"}, {"roster", "export", filepath.Join(dir, "out.csv")}, {"sandbox", "--listen", "127.0.0.1:0"},
		{"backup", filepath.Join(dir, "backup.tar")}, {"restore", "--check", file}, {"restore", "--mark"},
	} {
		var out, errs bytes.Buffer
		code := Execute(ctx, "test", args, goodEnv("TOWNCRIER_DATA="+dir, smallCity[0]), strings.NewReader(""), &out, &errs)
		if code != exitLeft || errs.String() != "towncrier: interrupted\n" || out.Len() > 0 {
			t.Errorf("%q: exit %d, want %d:\n%s%s", args, code, exitLeft, &out, &errs)
		}
	}
}

// TestInterruptedImportGoesOn stops an import after its first slice, and gives the command again.
func TestInterruptedImportGoesOn(t *testing.T) {
	const rows = 4000
	dir := t.TempDir()
	committees, residents := filepath.Join(dir, "committees.csv"), filepath.Join(dir, "residents.csv")
	var text strings.Builder
	text.WriteString("手机号,居委会代码,依据,同意时间\n")
	for i := range rows {
		fmt.Fprintf(&text, "1990000%04d,C-1,同意,2026-01-05\n", i)
	}
	for path, content := range map[string]string{committees: "代码,名称\nC-1,示例社区居委会\n", residents: text.String()} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := goodEnv("TOWNCRIER_DATA="+dir, smallCity[0])
	if code, out, errs := command(t, env, "", "committee", "import", committees, "--yes"); code != 0 {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out, progress bytes.Buffer
	code := Execute(ctx, "test", []string{"roster", "import", residents, "--yes"}, env, strings.NewReader(""), &out,
		interruptAt{&progress, "导入 ", cancel})
	if code != exitLeft || !strings.Contains(out.String(), "已中断") {
		t.Errorf("interrupted: exit %d, want %d\n%s%s", code, exitLeft, &out, &progress)
	}
	if code, out, errs := command(t, env, "", "roster", "import", residents, "--yes"); code != 0 || !strings.Contains(out, "接着上次中断的导入继续") || !strings.Contains(out, "导入完成") {
		t.Errorf("again: exit %d\n%s%s", code, out, errs)
	}
}
