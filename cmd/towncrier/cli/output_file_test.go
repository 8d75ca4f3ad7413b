package cli

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestWriteWhole writes files where a file can have two names and, as on a USB stick, where it cannot: each is whole or not there, and none that
// is there is replaced.
func TestWriteWhole(t *testing.T) {
	for name, link := range map[string]func(file, name string) error{
		"links":    os.Link,
		"no links": func(string, string) error { return syscall.EPERM },
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, "a.csv")
			broken := errors.New("broken")
			if err := writeWholeBy(link, path, func(w io.Writer) error { io.WriteString(w, "half"); return broken }); !errors.Is(err, broken) {
				t.Errorf("broken off: %v", err)
			}
			if left, _ := os.ReadDir(folder); len(left) > 0 {
				t.Errorf("left are %v", left)
			}
			whole := func(w io.Writer) error { _, err := io.WriteString(w, "whole"); return err }
			if err := writeWholeBy(link, path, whole); err != nil {
				t.Fatal(err)
			}
			asked := false
			if err := writeWholeBy(link, path, func(io.Writer) error { asked = true; return nil }); err == nil || asked {
				t.Errorf("written again: %v", err)
			}
			text, err := os.ReadFile(path)
			info, _ := os.Stat(path)
			if left, _ := os.ReadDir(folder); err != nil || string(text) != "whole" || info.Mode() != 0o600 || len(left) != 1 {
				t.Errorf("%q, %v, %v, %v", text, err, info, left)
			}
		})
	}
}

// TestOfficialIsRefusedBeforeACall: a number is in no address, and a file that is no key's is said in Chinese.
func TestOfficialIsRefusedBeforeACall(t *testing.T) {
	nowhere := "TOWNCRIER_URL=http://127.0.0.1:1"
	code, _, errs := command(t, []string{nowhere, "TOWNCRIER_API_KEY=tck_aaaaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaa"}, "", "roster", "show", "199 0000 1111")
	wantIn(t, errs, "不能写手机号", "roster search")
	if code != 2 {
		t.Errorf("exit %d, want 2", code)
	}
	_, _, errs = command(t, []string{nowhere, "TOWNCRIER_API_KEY_FILE=/dev/zero"}, "", "roster", "list")
	wantIn(t, errs, "/dev/zero：不是密钥文件")
	_, _, errs = command(t, []string{nowhere, "TOWNCRIER_API_KEY_FILE=/none"}, "", "roster", "list")
	wantIn(t, errs, "/none：没有这个文件")
}
