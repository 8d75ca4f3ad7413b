package soak

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"towncrier/broadcast"
)

// TestWithdrawnNoticeStopsEveryProcess withdraws the notice at one of two processes while both send: within two seconds nobody gets anything
// more. Brought back and confirmed, everybody gets the text once.
func TestWithdrawnNoticeStopsEveryProcess(t *testing.T) {
	const residents = 100
	r := newBriefRun(t, only(broadcast.SMS, residents), 2, "TOWNCRIER_SMS_RATE=20")
	r.processes = true
	s := r.open(t)
	id := release(t, s.front.addr(), s.keys)
	r.ledger.broadcast = id
	r.until(t, "the first texts go", time.Minute, func() bool { return len(r.times(t)) > 10 })

	notice, first := "/content/notices/"+library.Drafts[draft].Cites[0].Notice, "http://"+s.nodes[0].addr
	var done struct{ Number int }
	asked := time.Now()
	call(t, first, s.keys.author, http.MethodPost, notice+"/withdraw", map[string]any{}, &done)
	answered := time.Now()
	time.Sleep(4 * time.Second)
	stopped := r.times(t)
	last := stopped[len(stopped)-1]
	t.Logf("the withdrawal took %s; the last of %d texts was taken %s after it was asked for", answered.Sub(asked).Round(time.Millisecond), len(stopped), last.Sub(asked).Round(time.Millisecond))
	if len(stopped) == residents || last.After(asked.Add(2*time.Second)) {
		t.Errorf("%d of %d texts were taken, the last %s after the withdrawal", len(stopped), residents, last.Sub(asked))
	}

	confirm := func() bool {
		_, err := callOnce(t, s.front.addr(), s.keys.approver, http.MethodPost, "/broadcasts/"+id+"/confirm", nil, &json.RawMessage{})
		return err == nil
	}
	if confirm() {
		t.Error("it was confirmed while its notice is withdrawn")
	}
	call(t, "http://"+s.nodes[1].addr, s.keys.approver, http.MethodPost, notice+"/reinstate", map[string]any{}, &done)
	time.Sleep(3 * time.Second)
	if again := r.times(t); len(again) != len(stopped) {
		t.Errorf("%d texts went before anybody confirmed it", len(again)-len(stopped))
	}
	r.until(t, "it can be confirmed", time.Minute, confirm)
	r.until(t, "everybody has it", time.Minute, func() bool { return len(r.times(t)) >= residents })
	time.Sleep(time.Second)
	sent, err := r.record.sent()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.people {
		if n := len(sent[to{broadcast.SMS, p.Phone}]); n != 1 {
			t.Errorf("a resident got %d texts", n)
		}
	}
	for _, n := range s.nodes {
		n.stop()
		n.check(t)
	}
}
