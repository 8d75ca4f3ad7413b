package plaintext_test

import (
	"bufio"
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"towncrier/plaintext"
)

func encoded(t *testing.T, to encoding.Encoding, text string) string {
	t.Helper()
	out, err := to.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDecode(t *testing.T) {
	const want = "第一行\n第二行\n\n末行"
	for name, src := range map[string]string{
		"LF": want, "CRLF": strings.ReplaceAll(want, "\n", "\r\n"), "CR": strings.ReplaceAll(want, "\n", "\r"),
		"with a mark": "\ufeff" + want, "with a mark, CRLF": "\ufeff" + strings.ReplaceAll(want, "\n", "\r\n"), "mixed": "第一行\r\n第二行\r\r末行",
	} {
		given := strings.Clone(src)
		got, err := plaintext.Decode([]byte(src))
		if err != nil || string(got) != want || src != given {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
		if got := plaintext.Lines(src); got != want {
			t.Errorf("%s of a form: %q, want %q", name, got, want)
		}
	}
}

func TestDecodeTakesOtherScripts(t *testing.T) {
	for _, text := range []string{"Привет", "γειά σου", "naïve café", "cafe\u0301", "25°C · 3 µm", "Zürich", "שלום", "停水 ͣˮ", "", "abc"} {
		if got, err := plaintext.Decode([]byte(text)); err != nil || string(got) != text {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

func TestDecodeNamesWhatItCannotRead(t *testing.T) {
	const text = "标题：停水通知\n正文：明日8时至12时停水\n"
	for name, c := range map[string]struct{ src, english, chinese string }{
		"UTF-16 with a mark":    {encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), text), "but UTF-16 it seems", "似乎是 UTF-16 编码"},
		"UTF-16BE with a mark":  {encoded(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), text), "but UTF-16 it seems", "似乎是 UTF-16 编码"},
		"UTF-16 without a mark": {encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), text), "but UTF-16 it seems", "似乎是 UTF-16 编码"},
		"UTF-16 with 一":         {encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "一共一万一\n一定\n"), "but UTF-16 it seems", "似乎是 UTF-16 编码"},
		"GBK":                   {encoded(t, simplifiedchinese.GBK, text), "but GBK it seems", "似乎是 GBK 编码：请另存为 UTF-8"},
		"GBK that is UTF-8 too": {encoded(t, simplifiedchinese.GBK, "title: 停水通知\n"), "but GBK it seems", "似乎是 GBK 编码"},
		"GB18030":               {encoded(t, simplifiedchinese.GB18030, text+"㐂"), "but GBK it seems", "似乎是 GBK 编码"},
		"a bad byte":            {"一\r\n二\r三\n四\xff五", "line 4: not UTF-8 text: save", "第4行有不是 UTF-8 的字节"},
		"NUL":                   {"一\n二\x00", "line 2: holds the character NUL", "第2行有空字符"},
	} {
		_, err := plaintext.Decode([]byte(c.src))
		if e, ok := errors.AsType[*plaintext.Error](err); !ok || !strings.Contains(e.Error(), c.english) || !strings.Contains(e.Chinese(), c.chinese) {
			t.Errorf("%s: %v; want %q, %q", name, err, c.english, c.chinese)
		}
		if got := plaintext.Chinese(err); !strings.Contains(got.Error(), c.chinese) {
			t.Errorf("%s in Chinese: %v", name, got)
		}
	}
	if _, err := plaintext.Read(strings.NewReader("12345"), 4); !errors.Is(err, plaintext.ErrTooLong) {
		t.Errorf("too long: %v", err)
	}
	if got, err := plaintext.Read(strings.NewReader("\ufeff1\r\n"), 8); err != nil || string(got) != "1\n" {
		t.Errorf("Read = %q, %v", got, err)
	}
}

func TestScanLines(t *testing.T) {
	want := []string{"一", "", "二", "三"}
	for _, src := range []string{"一\n\n二\n三", "一\r\n\r\n二\r\n三\r\n", "一\r\r二\r三\r", "一\n\r\n二\r三"} {
		for _, size := range []int{1, 2, 64} { // wherever a read ends
			sc := bufio.NewScanner(slow{strings.NewReader(src), size})
			sc.Split(plaintext.ScanLines)
			var got []string
			for sc.Scan() {
				got = append(got, sc.Text())
			}
			if sc.Err() != nil || !slices.Equal(got, want) {
				t.Errorf("%q in reads of %d: %q, %v", src, size, got, sc.Err())
			}
		}
	}
}

// slow gives so many bytes at a time.
type slow struct {
	from *strings.Reader
	size int
}

func (s slow) Read(p []byte) (int, error) { return s.from.Read(p[:min(len(p), s.size)]) }

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"\ufeffa\r\nb\rc", "\xff\xfea\x00", "\xb1\xea\xcc\xe2", "a\x00b\x00"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		got, err := plaintext.Decode(src)
		if err != nil {
			return
		}
		if !utf8.Valid(got) || bytes.ContainsAny(got, "\r\x00") {
			t.Errorf("%q became %q", src, got)
		}
		if want := plaintext.Lines(string(src)); want != string(got) {
			t.Errorf("a file gives %q, a form %q", got, want)
		}
	})
}

// TestUnfit: what a chat would not show as it is written.
func TestUnfit(t *testing.T) {
	for text, want := range map[string]string{
		`请点<a href="https://example.net">这里</a>`: "（<a）",
		"A&nbsp;B":     "（&nbsp;）",
		"**重要**":       "（**）",
		"[这里](x)":      "（](）",
		"第一行\n## 标题":   "（##）",
		"3\u200b20户":   "（U+200B）",
		"元\u202e05":    "（U+202E）",
		"\x01":         "（U+0001）",
		"\ue000":       "（U+E000）",
		"空\u3164白":     "（U+3164）",
		"一行\n又一行\t🚰":   "",
		"水温<40度，A&B公司": "",
		"每户#1号表，3*5米":  "",
	} {
		if got := plaintext.Unfit(text); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%q: %q", text, got)
		}
	}
}
