package sheet_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"towncrier/sheet"

	"github.com/xuri/excelize/v2"
)

// TestSheetLeavesNothingUnpacked reads a sheet that is too large for memory. What is unpacked of it is for this user only,
// and is gone when the sheet is closed, or when the next is opened after the process was killed.
func TestSheetLeavesNothingUnpacked(t *testing.T) {
	const people = 8_000
	remark := strings.Repeat("备注", 120) // makes the part larger than what is read from memory, with fewer rows
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	path := workbook(t, func(book *excelize.File) {
		rows, err := book.NewStreamWriter("Sheet1")
		if err != nil {
			t.Fatal(err)
		}
		for i := range people {
			if err := rows.SetRow(fmt.Sprintf("A%d", i+1), []any{fmt.Sprintf("1990000%04d", i), "C001", "同意", remark}); err != nil {
				t.Fatal(err)
			}
		}
		if err := rows.Flush(); err != nil {
			t.Fatal(err)
		}
	})
	ended := exec.Command("true")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(temp, fmt.Sprintf("towncrier-xlsx-%d-1", ended.Process.Pid))
	mine := filepath.Join(temp, fmt.Sprintf("towncrier-xlsx-%d-1", os.Getppid()))
	for _, folder := range []string{left, mine} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s, err := sheet.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, s); len(got) != people {
		t.Errorf("%d rows", len(got))
	}
	unpacked, _ := filepath.Glob(filepath.Join(temp, "towncrier-xlsx-*", "*"))
	if len(unpacked) == 0 {
		t.Fatal("nothing was unpacked")
	}
	if info, err := os.Stat(filepath.Dir(unpacked[0])); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v, %v", info.Mode(), err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if all, _ := filepath.Glob(filepath.Join(temp, "*xlsx-*")); len(all) != 1 || all[0] != mine {
		t.Errorf("left are %q, want only that of a process that runs", all)
	}
	if other, _ := filepath.Glob(filepath.Join(temp, "excelize-*")); len(other) > 0 {
		t.Errorf("left are %q", other)
	}
}
