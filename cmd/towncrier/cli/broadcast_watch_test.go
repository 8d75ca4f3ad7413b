package cli

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"towncrier/api/wire"
	"towncrier/broadcast"
)

func TestParseMoment(t *testing.T) {
	now := time.Date(2030, 5, 8, 1, 2, 3, 0, time.UTC)
	for text, want := range map[string]string{
		"2030-05-08 09:00": "2030-05-08T01:00:00Z", "2030-05-08 09:00:30": "2030-05-08T01:00:30Z",
		"2030-05-08T09:00:00+08:00": "2030-05-08T01:00:00Z", "+30m": "2030-05-08T01:32:03Z",
	} {
		if got, err := parseMoment(text, now); err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%s = %v, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "09:00", "+", "+-5m", "2030-02-30 09:00"} {
		if got, err := parseMoment(text, now); err == nil {
			t.Errorf("%q = %v", text, got)
		}
	}
}

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

func TestBars(t *testing.T) {
	count := func(channel, state broadcast.State, n int) wire.StateCount {
		return wire.StateCount{Channel: string(channel), State: string(state), StateLabel: state.Label(), N: &n, NLabel: strconv.Itoa(n)}
	}
	got := channelLines(wire.Report{Counts: []wire.StateCount{count("sms", broadcast.Delivered, 6), count("sms", broadcast.Accepted, 6), count("sms", broadcast.Planned, 5),
		count("", broadcast.Suppressed, 3)}})
	want := []string{
		"短信          ████████████░░░░░░░░░░░░  6/12  已提交，等待回执6 已送达6 备用5",
		"不发送的人    ████████████████████████ 3/3  不发送3",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
