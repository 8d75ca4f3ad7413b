package city_test

import (
	"io/fs"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"towncrier/city"
)

// littletown is the small city's folder with each file changed.
func littletown(t *testing.T, change func(name, text string) string) fs.FS {
	t.Helper()
	folder := fstest.MapFS{}
	from := os.DirFS("../testdata/littletown")
	err := fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(from, name)
		folder[name] = &fstest.MapFile{Data: []byte(change(name, string(text)))}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// TestLoadTakesTextAsEditorsSaveIt: a byte-order mark and any line ends make no difference, in no file of the folder.
func TestLoadTakesTextAsEditorsSaveIt(t *testing.T) {
	now := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	want, problems := city.Load(littletown(t, func(_, text string) string { return text }), now)
	if problems.Faults() > 0 {
		t.Fatal(problems)
	}
	for name, change := range map[string]func(string) string{
		"a mark":          func(text string) string { return "\ufeff" + text },
		"CRLF":            func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") },
		"CR":              func(text string) string { return strings.ReplaceAll(text, "\n", "\r") },
		"a mark and CRLF": func(text string) string { return "\ufeff" + strings.ReplaceAll(text, "\n", "\r\n") },
	} {
		t.Run(name, func(t *testing.T) {
			got, problems := city.Load(littletown(t, func(_, text string) string { return change(text) }), now)
			if problems.Faults() > 0 {
				t.Fatal(problems)
			}
			if !reflect.DeepEqual(got.Library, want.Library) || !reflect.DeepEqual(got.Intents, want.Intents) {
				t.Error("the city is another one")
			}
		})
	}
}

// TestLoadNamesTextThatItCannotRead: each file of the folder, saved in another encoding, is named with what it is.
func TestLoadNamesTextThatItCannotRead(t *testing.T) {
	for want, to := range map[string]encoding.Encoding{
		"文件似乎是 GBK 编码：请另存为 UTF-8":    simplifiedchinese.GB18030,
		"文件似乎是 UTF-16 编码：请另存为 UTF-8": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
	} {
		names := map[string]bool{}
		_, problems := city.Load(littletown(t, func(name, text string) string {
			names[name] = strings.ContainsFunc(text, func(r rune) bool { return r >= 0x80 })
			text, err := to.NewEncoder().String(text)
			if err != nil {
				t.Fatal(name, err)
			}
			return text
		}), time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC))
		said := map[string]bool{}
		for _, p := range problems {
			said[p.File] = said[p.File] || strings.Contains(p.Text, want)
		}
		for name, chinese := range names {
			if chinese && !said[name] {
				t.Errorf("nothing says of %s: %s\n%v", name, want, problems)
			}
		}
	}
}
