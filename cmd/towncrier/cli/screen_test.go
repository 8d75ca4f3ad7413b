package cli

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// TestScreenDrawsOver reads what a terminal shows in the end.
func TestScreenDrawsOver(t *testing.T) {
	var out bytes.Buffer
	s := screen{out: &out, terminal: true, columns: func() int { return 11 }}
	for _, lines := range [][]string{{"一", "二", "三"}, {"1", "一二三四五六"}} {
		if err := s.show(lines); err != nil {
			t.Fatal(err)
		}
	}
	s.note("完")
	if got := shownOn(out.String()); !slices.Equal(got, []string{"1", "一二三四五", "完"}) {
		t.Errorf("the terminal shows %q after %q", got, out.String())
	}
	out.Reset()
	plain := screen{out: &out}
	for range 2 {
		if err := plain.show([]string{"一"}); err != nil {
			t.Fatal(err)
		}
		plain.note("注")
	}
	if out.String() != "一\n注\n一\n注\n" {
		t.Errorf("a file holds %q", out.String())
	}
}

// shownOn is a terminal that knows newlines, up, clear line and clear below.
func shownOn(text string) []string {
	lines, row := []string{""}, 0
	for text != "" {
		var up int
		switch {
		case strings.HasPrefix(text, "\x1b[2K"):
			lines[row], text = "", text[4:]
		case strings.HasPrefix(text, "\x1b[J"):
			lines, text = append(lines[:row], ""), text[3:]
		case strings.HasPrefix(text, "\x1b["):
			up, text = int(text[2]-'0'), text[4:]
			row -= up
		case text[0] == '\n':
			if row++; row == len(lines) {
				lines = append(lines, "")
			}
			text = text[1:]
		default:
			lines[row] += text[:1]
			text = text[1:]
		}
	}
	return lines[:row]
}

// TestProgress fills a bar on a terminal, and writes a line every tenth to a file.
func TestProgress(t *testing.T) {
	var out bytes.Buffer
	terminal := newProgress(&out, "导入", "行")
	terminal.screen.terminal, terminal.screen.columns = true, func() int { return 80 }
	file := newProgress(&out, "导入", "行")
	for _, done := range []int{0, 1, 5, 5, 11, 20, 21} {
		terminal.at(done, 20)
	}
	if got := shownOn(out.String()); !slices.Equal(got, []string{"导入  ████████████████████████ 20/20行"}) {
		t.Errorf("the terminal shows %q", got)
	}
	out.Reset()
	for _, done := range []int{0, 1, 5, 5, 11, 20, 21} {
		file.at(done, 20)
	}
	if want := "导入 20%（5行，共20行）\n导入 50%（11行，共20行）\n导入 100%（20行，共20行）\n"; out.String() != want {
		t.Errorf("a file holds %q, want %q", &out, want)
	}
	file.at(0, 0) // nothing to do is no fault
}

// TestPlaces measures texts as terminals show them.
func TestPlaces(t *testing.T) {
	for text, want := range map[string]int{"": 0, "ab": 2, "编号": 4, "（一）": 6, "🏠": 2, "👨‍👩‍👧": 2, "e\u0301": 1, "█░": 2} {
		if got := places(text); got != want {
			t.Errorf("%q takes %d places, want %d", text, got, want)
		}
	}
	for columns, want := range []string{"", "", "", "", "一", "一", "一👨‍👩‍👧", "一👨‍👩‍👧a"} {
		if got := cut("一👨‍👩‍👧ab", columns-2); columns >= 2 && got != want {
			t.Errorf("%d columns hold %q, want %q", columns-2, got, want)
		}
	}
}
