package desk_test

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"towncrier/desk/desktest"
)

// form is a form of a page, by what tells it from others: where it leads, and what its button says.
type form struct {
	who, at, pattern, name, value, called string
}

// formsOf are the forms that colleagues find, one for each thing that can be done.
func formsOf(t *testing.T, d *desktest.Desk, p *patterns, method string) (all []form) {
	t.Helper()
	seen := map[string]bool{}
	for _, who := range slices.Sorted(maps.Keys(roles)) {
		w := follow(t, d, p, who)
		for _, pattern := range slices.Sorted(maps.Keys(w.pages)) {
			for _, shown := range w.pages[pattern] {
				for _, f := range shown.Forms() {
					is, to := f.Action()
					name, value := f.Button()
					one := form{who: who, at: shown.URL.RequestURI(), pattern: p.of(is, to), name: name, value: value, called: f.Called()}
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
