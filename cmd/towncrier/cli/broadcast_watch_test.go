package cli

import (
	"slices"
	"strconv"
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
