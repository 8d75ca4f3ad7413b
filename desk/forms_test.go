package desk_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"towncrier/api/wire"
	"towncrier/desk/desktest"
)

// form is a form of a page, by what tells it from others: where it leads, and what its button says.
type form struct {
	who, at, pattern, name, value, called string

	to string // path and query of where it leads
}

// formsOf are the forms that colleagues find, one for each thing that can be done.
func formsOf(found walks, method string) (all []form) {
	seen := map[string]bool{}
	for _, who := range slices.Sorted(maps.Keys(found)) {
		w := found[who]
		for _, pattern := range slices.Sorted(maps.Keys(w.pages)) {
			for _, shown := range w.pages[pattern] {
				for _, f := range shown.Forms() {
					is, to := f.Action()
					name, value := f.Button()
					one := form{who: who, at: shown.URL.RequestURI(), pattern: w.of(is, to), name: name, value: value, called: f.Called(), to: to.RequestURI()}
					if key := one.pattern + " " + name + "=" + value; is == method && to.Path != "/desk/logout" && !seen[key] {
						seen[key] = true
						all = append(all, one)
					}
				}
			}
		}
	}
	return all
}

// open is the form on its page as it is now, nil when it is there no more.
func (f form) open(b *desktest.Browser) *desktest.Form {
	if got := b.Get(f.at); got.Status == http.StatusOK {
		return f.on(got)
	}
	return nil
}

func (f form) on(shown *desktest.Page) *desktest.Form {
	for _, there := range shown.Forms() {
		if name, value := there.Button(); name == f.name && value == f.value && there.Called() == f.called {
			return there
		}
	}
	return nil
}

// looking is what is on record though nothing is changed.
var looking = []string{"denied", "refused", "read", "search", "list", "preview", "report", "reach", "deliveries", "masked", "rows"}

// lastChange is the newest entry of the log of a change that colleagues made.
func lastChange(t *testing.T, d *desktest.Desk) (last wire.AuditEntry) {
	t.Helper()
	for after := ""; ; { // the newest come first
		var log wire.Page[wire.AuditEntry]
		d.Call(t, "auditor", http.MethodGet, "/audit?limit=200"+after, nil, &log)
		for _, e := range log.Items {
			how := e.Action[strings.LastIndexByte(e.Action, '.')+1:]
			if strings.HasPrefix(e.Actor, "staff:") && !strings.HasPrefix(e.Action, "session.") && !slices.Contains(looking, how) {
				return e
			}
		}
		if after = "&after=" + url.QueryEscape(log.Next); log.Next == "" {
			return last
		}
	}
}

// TestWhatIsPostedIsNotGot: an address that forms are posted to does nothing when it is only asked for.
func TestWhatIsPostedIsNotGot(t *testing.T) {
	desktest.InFull(t)
	d := full(t)
	forms := formsOf(walksOf(t, d), http.MethodPost)
	before := lastChange(t, d)
	for _, f := range forms {
		got := d.As(t, f.who).Get(f.to)
		if got.Status == http.StatusTooManyRequests {
			got = d.SignIn(t, f.who).Get(f.to)
		}
		if !slices.Contains([]int{http.StatusOK, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusUnprocessableEntity}, got.Status) {
			t.Errorf("%s, asked for, answers %d: %s", f.to, got.Status, got.Text())
		}
	}
	if after := lastChange(t, d); after != before || after.Seq == 0 {
		t.Errorf("something was done: %+v comes after %+v", after, before)
	}
}

// takenOnce presses a form that was taken once more, as after going back, or in a second tab: it is done once, and answered the same, or that
// it was done, where what it showed is shown once.
func takenOnce(t *testing.T, d *desktest.Desk, f form, filled *desktest.Form, first *desktest.Page) {
	t.Helper()
	before := lastChange(t, d)
	again := filled.Press()
	if after := lastChange(t, d); after != before {
		t.Errorf("%v: pressed twice, it is done twice: %s %s", f, after.Action, after.Subject)
	}
	same := again.Status == first.Status && again.URL.Path == first.URL.Path
	if spent := again.Status == http.StatusConflict && again.Has("已经办过"); !same && !spent {
		t.Errorf("%v: pressed again: %d %s, and was %d %s\n%.400s", f, again.Status, again.URL, first.Status, first.URL, again.Text())
	}
}
