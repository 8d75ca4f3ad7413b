package aliyun

import (
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"towncrier/broadcast"
)

// TestAskAroundMidnight tells the provider's days from ours: 16:00 UTC is midnight in Shanghai.
func TestAskAroundMidnight(t *testing.T) {
	at := func(clock string) time.Time {
		day, err := time.Parse(time.RFC3339, clock)
		if err != nil {
			t.Fatal(err)
		}
		return day
	}
	const nothing = `{"Code":"OK","TotalCount":"0","SmsSendDetailDTOs":{"SmsSendDetailDTO":[]}}`
	for name, tc := range map[string]struct {
		sent, now string
		found     string // on this day the provider knows it
		days      []string
		want      broadcast.State
	}{
		"noon":             {"2026-11-23T04:00:00Z", "2026-11-23T04:01:00Z", "", []string{"20261123"}, broadcast.Pending},
		"evening in UTC":   {"2026-11-23T20:00:00Z", "2026-11-23T20:01:00Z", "20261124", []string{"20261124"}, broadcast.Accepted},
		"before midnight":  {"2026-11-23T15:55:00Z", "2026-11-23T16:01:00Z", "20261124", []string{"20261123", "20261124"}, broadcast.Accepted},
		"neither day":      {"2026-11-23T15:55:00Z", "2026-11-23T16:01:00Z", "", []string{"20261123", "20261124"}, broadcast.Pending},
		"after midnight":   {"2026-11-23T16:05:00Z", "2026-11-23T16:06:00Z", "20261123", []string{"20261123"}, broadcast.Accepted},
		"not yet midnight": {"2026-11-23T15:55:00Z", "2026-11-23T15:57:00Z", "", []string{"20261123"}, broadcast.InDoubt},
		"end of a year":    {"2026-12-31T15:59:59Z", "2026-12-31T16:30:00Z", "", []string{"20261231", "20270101"}, broadcast.Pending},
	} {
		var days []string
		a := newAPI(t)
		a.answer = func(w http.ResponseWriter, r *http.Request) {
			day := r.Form.Get("SendDate")
			days = append(days, day)
			if day != tc.found {
				io.WriteString(w, nothing)
				return
			}
			io.WriteString(w, `{"Code":"OK","TotalCount":"2","SmsSendDetailDTOs":{"SmsSendDetailDTO":[
				{"OutId":"B0123456789-8","SendStatus":3},{"OutId":"B0123456789-7","SendStatus":1,"ErrCode":"REQUEST_SUCCESS"}]}}`)
		}
		c, err := NewProvider(newClient(t, Config{Endpoint: a.URL}), 1, func() time.Time { return at(tc.now) })
		if err != nil {
			t.Fatal(err)
		}
		got := c.Ask(t.Context(), broadcast.Message{}, testText.Template, []broadcast.OutboundMessage{{Phone: testNumber, OutID: "B0123456789-7", SentAt: at(tc.sent)}})
		if got[0] != (broadcast.Outcome{State: tc.want}) || !slices.Equal(days, tc.days) {
			t.Errorf("%s: %+v after asking for %v, want %s after %v", name, got, days, tc.want, tc.days)
		}
	}
}

// TestAskDoesNotTakeSilenceForAbsence reads a record that does not say whose it is.
func TestAskDoesNotTakeSilenceForAbsence(t *testing.T) {
	a := newAPI(t)
	c, err := NewProvider(newClient(t, Config{Endpoint: a.URL}), 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	for template, want := range map[string]broadcast.State{testText.Template: broadcast.InDoubt, "SMS_2": broadcast.Pending} {
		a.answer = func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, `{"Code":"OK","TotalCount":"1","SmsSendDetailDTOs":{"SmsSendDetailDTO":[{"TemplateCode":"`+template+`","SendStatus":3}]}}`)
		}
		morning := time.Now().In(shanghai).Truncate(24 * time.Hour) // 8:00 in Shanghai
		got := c.Ask(t.Context(), broadcast.Message{}, testText.Template, []broadcast.OutboundMessage{{Phone: testNumber, OutID: "B0123456789-7", SentAt: morning}})
		if got[0].State != want {
			t.Errorf("a record of %s without OutId: %+v, want %s", template, got[0], want)
		}
	}
}
