package sheet_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"towncrier/roster"
	"towncrier/sheet"
)

// TestSheetTakesNoTime opens a sheet of tags that are nearly a million bytes of > each: looked at from the start at every one of these,
// it took minutes.
func TestSheetTakesNoTime(t *testing.T) {
	tag := []byte(`<row r="` + strings.Repeat(">", 1_000_000) + `">`)
	path := repack(t, plainBook(t), "xl/worksheets/sheet1.xml", func(xml []byte) []byte {
		return bytes.Replace(xml, []byte("<sheetData>"), append([]byte("<sheetData>"), bytes.Repeat(tag, 8)...), 1)
	})
	ended := make(chan error, 1)
	go func() { ended <- firstError(path) }()
	select {
	case <-ended:
	case <-time.After(time.Minute):
		t.Fatal("it is not through after a minute")
	}
}

// TestSheetTakesNoMemory reads 300 MB of lines that are too long.
func TestSheetTakesNoMemory(t *testing.T) {
	path := save(t, "a.csv", "手机号,小区\n")
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	line := []byte(strings.Repeat("x", 10<<20) + "\n")
	for range 30 {
		if _, err := f.Write(line); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	line = nil
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	faults := 0
	for row, err := range open(t, path).Rows() {
		if err != nil {
			t.Fatal(err)
		}
		faults += len(row.Faults)
	}
	runtime.ReadMemStats(&after)
	if faults != 30 {
		t.Errorf("%d faults, want 30", faults)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 4<<20 {
		t.Errorf("reading allocated %d bytes", took)
	}
}

// TestSheetTakesNoMemoryForDirectories opens archives of nothing but a directory, of which the last record declares as many entries as there are,
// or a few: readers of archives believe neither.
func TestSheetTakesNoMemoryForDirectories(t *testing.T) {
	const entries = 3 * (1 << 16)
	entry := append([]byte("PK\x01\x02"), make([]byte, 42)...)
	for name, declared := range map[string]uint32{"as many as there are": entries, "none": 0} {
		t.Run(name, func(t *testing.T) {
			archive := append([]byte("PK\x03\x04"), bytes.Repeat(entry, entries)...)
			end := append([]byte("PK\x05\x06"), make([]byte, 18)...)
			binary.LittleEndian.PutUint16(end[10:], uint16(declared))
			binary.LittleEndian.PutUint32(end[12:], declared*uint32(len(entry)))
			binary.LittleEndian.PutUint32(end[16:], 4)
			if declared == 0 {
				binary.LittleEndian.PutUint32(end[12:], entries*uint32(len(entry)))
			}
			archive = append(archive, end...)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := sheet.Read(t.Context(), bytes.NewReader(archive), int64(len(archive)), "")
			runtime.ReadMemStats(&after)
			if err == nil || !strings.Contains(err.Error(), "目录超过1 MiB") {
				t.Errorf("error %v, want one that says that the directory is too long", err)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 16<<20 {
				t.Errorf("it took %d bytes", took)
			}
		})
	}
}

// TestSheetRefusesManySheets: more sheets or relationships than any workbook has are refused, and of many names the first are told.
func TestSheetRefusesManySheets(t *testing.T) {
	added := func(part, before, text string, n int) string {
		return repack(t, plainBook(t), part, func(xml []byte) []byte {
			return bytes.Replace(xml, []byte(before), []byte(strings.Repeat(text, n)+before), 1)
		})
	}
	for _, path := range []string{
		added("xl/workbook.xml", "</sheets>", "<sheet/>", 255),
		added("xl/_rels/workbook.xml.rels", "</Relationships>", "<Relationship/>", 1000),
	} {
		if err := firstError(path); err == nil || !strings.Contains(err.Error(), "工作簿过大") {
			t.Errorf("error %v, want one that says that it is too large", err)
		}
	}
	s := open(t, added("xl/workbook.xml", "</sheets>", `<sheet name="`+strings.Repeat("长", 1000)+`" state="hidden"/>`, 100))
	if len(s.Notes) != 1 || !strings.HasSuffix(s.Notes[0], "等100个") || len(s.Notes[0]) > 4<<10 {
		t.Errorf("notes of %d bytes: %.200q", len(fmt.Sprint(s.Notes)), s.Notes)
	}
}

// sheetOf is a workbook with these rows, n times the last; # in it is its number.
func sheetOf(t *testing.T, first, row string, n int, after string) string {
	var xml strings.Builder
	xml.WriteString("<worksheet><sheetData>" + first)
	for i := range n {
		xml.WriteString(strings.ReplaceAll(row, "#", fmt.Sprint(i+2)))
	}
	xml.WriteString("</sheetData>" + after + "</worksheet>")
	return repack(t, plainBook(t), "xl/worksheets/sheet1.xml", func([]byte) []byte { return []byte(xml.String()) })
}

// TestSheetTakesWhatItsFileHolds: reading few bytes that say much allocates little.
func TestSheetTakesWhatItsFileHolds(t *testing.T) {
	long := repack(t, plainBook(t), "xl/sharedStrings.xml", func(xml []byte) []byte {
		return bytes.Replace(xml, []byte("19900000000"), []byte(strings.Repeat("9", 200<<10)), 1)
	})
	long = repack(t, long, "xl/worksheets/sheet1.xml", func(xml []byte) []byte {
		return bytes.ReplaceAll(xml, []byte("</v>"), []byte("</v></c><c t=\"s\"><v>0</v>"))
	})
	for name, c := range map[string]struct {
		path string
		most uint64
	}{
		"500 cells that share a text of 200 KiB":    {long, 4 << 20},
		"a column that is far to the right":         {sheetOf(t, "", `<row r="#"><c r="XFD#"><v>1</v></c></row>`, 1, ""), 400 << 10},
		"rows that are one cell of quotes in lines": {save(t, "a.csv", strings.Repeat(`"`+strings.Repeat(strings.Repeat(`""`, 150)+"\n", 199)+"\"\n", 10)), 2 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, c.path)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			faults := 0
			for row, err := range s.Rows() {
				if err != nil {
					t.Fatal(err)
				}
				faults += len(row.Faults)
			}
			runtime.ReadMemStats(&after)
			if took := after.TotalAlloc - before.TotalAlloc; faults == 0 || took > c.most {
				t.Errorf("%d faults, %d bytes, want at most %d", faults, took, c.most)
			}
		})
	}
}

// TestSheetCountsWhatItShows: a hundred columns that are merged over all rows are in each, and counted in each.
func TestSheetCountsWhatItShows(t *testing.T) {
	for _, c := range []struct {
		text string
		rows int
	}{{"社区", 170_000}, {strings.Repeat("x", 4<<10), 3000}} {
		first, merges := `<row r="1">`, "<mergeCells>"
		for column := range 100 {
			name := roster.ColumnName(column)
			first += `<c r="` + name + `1" t="inlineStr"><is><t>` + c.text + `</t></is></c>`
			merges += `<mergeCell ref="` + name + `1:` + name + `1000000"/>`
		}
		s := open(t, sheetOf(t, first+"</row>", `<row r="#"><c r="CW#"><v>1</v></c></row>`, c.rows, merges+"</mergeCells>"))
		var err error
		for _, err = range s.Rows() {
			if err != nil {
				break
			}
		}
		if err == nil || !strings.Contains(err.Error(), "内容过多（超过1677万个单元格，或1024 MiB 文字）") {
			t.Errorf("%d rows: %v", c.rows, err)
		}
	}
}

// brokenDisk gives the file's first bytes, and then an error.
type brokenDisk struct {
	io.ReaderAt
	good int64
	err  error
}

func (d brokenDisk) ReadAt(p []byte, at int64) (int, error) {
	if at+int64(len(p)) > d.good && at < d.good+(1<<20) {
		return 0, d.err
	}
	return d.ReaderAt.ReadAt(p, at)
}

// TestSheetTellsDamageFromReading: what the disk, or the end of a context, did is not called damage of the file.
func TestSheetTellsDamageFromReading(t *testing.T) {
	gone := errors.New("the disk is gone")
	for _, path := range []string{plainBook(t), save(t, "a.csv", strings.Repeat("手机号,小区\n", 100_000))} {
		content := contentOf(t, path)
		_, err := sheet.Read(t.Context(), brokenDisk{bytes.NewReader(content), 1 << 10, gone}, int64(len(content)), "")
		if !errors.Is(err, gone) {
			t.Errorf("%v, want the disk's", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		s, err := sheet.Read(ctx, bytes.NewReader(content), int64(len(content)), "")
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		for _, err = range s.Rows() {
			if err != nil {
				break
			}
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("rows end with %v, want the context's", err)
		}
		if _, err := sheet.Read(ctx, bytes.NewReader(content), int64(len(content)), ""); !errors.Is(err, context.Canceled) {
			t.Errorf("reading ends with %v, want the context's", err)
		}
		s.Close()
	}
}

// TestSheetEndsWithItsContext: a workbook that takes long to look at does not keep who wants no more of it.
func TestSheetEndsWithItsContext(t *testing.T) {
	content := contentOf(t, repack(t, plainBook(t), "xl/worksheets/sheet1.xml", func(xml []byte) []byte {
		return bytes.Replace(xml, []byte("<sheetData>"), append([]byte("<sheetData>"), bytes.Repeat([]byte("<x/>"), 4_000_000)...), 1)
	}))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := sheet.Read(ctx, bytes.NewReader(content), int64(len(content)), ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it ends with %v", err)
	}
}
