package sends_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"time"

	"towncrier/api/wire"
	"towncrier/desk/desktest"
	"towncrier/sandbox/platform"
)

// TestPauseInTwoSeconds: pressed without scripts, on a page that was loaded before anything was sent, 暂停 stops within two seconds what is
// claimed. Its answer may be lost, and it may be pressed twice, gone back to and pressed again: it is done once.
func TestPauseInTwoSeconds(t *testing.T) {
	t.Parallel()
	d := desktest.OpenDesk(t, large(300))
	author := d.SignIn(t, "author")
	id := d.TextEverybody(t)
	old := author.Open("/desk/sends/" + id)
	wait(t, "some are sent", func() bool { return value(progress(t, d, id).Given) >= 300 })

	nonce := old.Form("暂停").Hidden("nonce")
	pressed := time.Now()
	author.Send(http.MethodPost, "/desk/sends/"+id+"/pause", http.Header{"Origin": {d.URL}, "Sec-Fetch-Site": {"same-origin"}}, url.Values{"nonce": {nonce}})
	took := time.Since(pressed)
	old.Press("暂停").Want(http.StatusOK).Sees("已暂停：没有发出的都停下了", "继续发送")
	time.Sleep(time.Until(pressed.Add(2 * time.Second)))
	then := progress(t, d, id)
	old.Press("暂停").Want(http.StatusOK).Sees("已暂停：没有发出的都停下了")
	author.Open("/desk/sends/" + id).Sees("已暂停")
	time.Sleep(time.Until(pressed.Add(3 * time.Second)))

	now := progress(t, d, id)
	if now.Status != "paused" || now.Version != then.Version {
		t.Errorf("pressed again: version %d is %s, after version %d", now.Version, now.Status, then.Version)
	}
	if left := in(then, "pending"); left < 300 || in(now, "pending") != left || in(now, "sending") > 0 {
		t.Errorf("%d wait two seconds after the press, and %d later: %+v", left, in(now, "pending"), now.Counts)
	}
	texts, last := 0, time.Time{}
	for _, e := range record(t, author) {
		if e.Kind == platform.KindSMS {
			texts, last = texts+1, e.At
		}
	}
	if texts != value(now.Given) || last.After(pressed.Add(2*time.Second)) {
		t.Errorf("the platform took %d texts, the last %v after the press; the ledger says %d", texts, last.Sub(pressed), value(now.Given))
	}
	var acts wire.Page[wire.AuditEntry]
	d.Call(t, "auditor", http.MethodGet, "/audit?action=broadcast.pause&subject="+id, nil, &acts)
	if len(acts.Items) != 1 {
		t.Errorf("paused %d times", len(acts.Items))
	}
	t.Logf("answered after %v; the last of %d texts %v after the press; %d were left", took, texts, last.Sub(pressed), in(now, "pending"))

	author.Open("/desk/sends/" + id).Press("继续发送").Want(http.StatusOK).Sees("已继续发送")
	old.Press("暂停").Want(http.StatusOK).Lacks("没有发出的都停下了")
	wait(t, "it goes on", func() bool { return in(progress(t, d, id), "pending") < in(now, "pending") })
}

// record is all that the pretend platform took for phones.
func record(t *testing.T, b *desktest.Browser) (all []platform.Entry) {
	t.Helper()
	_, text := b.Send(http.MethodGet, "/sandbox/record?via=sms", nil, nil)
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	return all
}
