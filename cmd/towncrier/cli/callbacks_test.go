package cli

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"towncrier/cmd/towncrier/app"
	"towncrier/cmd/towncrier/config"
	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/staff"
	"towncrier/store"
)

// TestCallbacksComeFromTheirNetworks pushes replies as the provider does, under either key and from several addresses, and reads
// what became of them.
func TestCallbacksComeFromTheirNetworks(t *testing.T) {
	const previous = "Zx8Yw7Vu6Ts5Rq4Po3Nm2Lk1Ji0Hg9Fe8Dc7Ba6A"
	cfg := production(t, smsEnv("TOWNCRIER_LISTEN=127.0.0.1:0", "TOWNCRIER_WECHAT_API=http://127.0.0.1:1", "TOWNCRIER_SMS_ENDPOINT=http://127.0.0.1:1",
		"TOWNCRIER_DATA="+filepath.Join(t.TempDir(), "data"), "TOWNCRIER_SMS_CALLBACK_KEY_PREVIOUS="+previous,
		"TOWNCRIER_SMS_CALLBACK_NETWORKS=203.0.113.0/24, 198.51.100.7", "TOWNCRIER_TRUSTED_PROXIES=127.0.0.1")...)
	r := serve(t, cfg)
	push := func(key, from, number, text string) int {
		t.Helper()
		body := fmt.Sprintf(`[{"phone_number":%q,"content":%q,"send_time":"2026-11-29 10:00:00","dest_code":"1","sequence_id":"%s"}]`, number, text, number)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+r.addr+"/sms/reply/"+key, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if from != "" {
			req.Header.Set("X-Forwarded-For", from)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	for _, c := range []struct {
		key, from, number, text string
		status                  int
	}{
		{goodCallbackKey, "203.0.113.9", "19900000001", "回TD退订", 200},
		{previous, "198.51.100.7", "19900000002", "T，谢谢", 200},
		{goodCallbackKey, "203.0.113.9", "19900000003", "你们发错人了，我不住这里", 200},
		{goodCallbackKey, "192.0.2.1", "19900000004", "T", 404},
		{goodCallbackKey, "203.0.113.9, 192.0.2.1", "19900000005", "T", 404}, // what the client wrote itself is not believed
		{goodCallbackKey, "", "19900000006", "T", 404},
		{strings.Repeat("x", 40), "203.0.113.9", "19900000007", "T", 404},
	} {
		if got := push(c.key, c.from, c.number, c.text); got != c.status {
			t.Errorf("from %q: %d, want %d", c.from, got, c.status)
		}
	}
	db, err := openForTest(t, cfg)
	if err != nil {
		t.Fatal(err)
	}
	stopped := func(number phone.Number) bool {
		why, err := db.Roster().Suppressed(t.Context(), number)
		if err != nil {
			t.Fatal(err)
		}
		return why == roster.Stopped
	}
	var tickets []inbox.Ticket
	until(t, "the replies are handled", func() bool {
		if tickets, err = db.Inbox().List(t.Context(), inbox.Filter{}); err != nil {
			t.Fatal(err)
		}
		return len(tickets) == 1 && stopped("19900000001") && stopped("19900000002")
	})
	if got := tickets[0]; got.Kind != inbox.Reply || got.Phone != "19900000003" || got.Text != "你们发错人了，我不住这里" {
		t.Errorf("in the inbox: %s, %q", got.Kind, got.Text)
	}
	for _, number := range []phone.Number{"19900000004", "19900000005", "19900000006", "19900000007"} {
		if stopped(number) {
			t.Errorf("%s was stopped from outside", number)
		}
	}
	author := r.hire(t, cfg, staff.Person{ID: "li", Name: "李某", Role: staff.Author})["li"]
	code, out, errs := command(t, author, "", "inbox", "stop", tickets[0].Number)
	if code != 0 || !stopped("19900000003") || strings.Contains(out+errs, "19900000003") {
		t.Errorf("inbox stop: %d, %s%s", code, out, errs)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{goodCallbackKey, previous, "1990000000"} {
		if strings.Contains(r.log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

// openForTest opens the database beside the server.
func openForTest(t *testing.T, cfg config.Config) (*store.DB, error) {
	t.Helper()
	db, _, err := app.OpenDatabase(t.Context(), cfg)
	if err == nil {
		t.Cleanup(func() { db.Close() })
	}
	return db, err
}
