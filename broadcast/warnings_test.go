package broadcast_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"towncrier/broadcast"
	"towncrier/content"
	"towncrier/problem"
)

// refusesFor demands a refusal whose faults are of these names, and that says how to accept each.
func (w *cityFixture) refusesFor(err error, says string, names ...string) {
	w.Helper()
	var faults broadcast.FaultsError
	if !errors.As(err, &faults) || len(faults) != len(names) {
		w.Fatalf("%v, want it refused for %v", err, names)
	}
	for i, f := range faults {
		if f.Name != names[i] || !strings.Contains(f.Text, says) || names[i] != "" && says == "请勾选它" && !strings.Contains(f.Text, "accept："+names[i]) {
			w.Errorf("%q: %s, want %q: %s", f.Name, f.Text, names[i], says)
		}
	}
}

// doubtful is a broadcast with a warning of each kind that has a name.
func (w *cityFixture) doubtful() broadcast.Proposal {
	n := w.lib.Notices["N1"]
	n.Date, n.ReviewBy = content.Date{Year: 2030, Month: 4, Day: 1}, content.Date{Year: 2030, Month: 5, Day: 7}
	n.Passages[0].Text = "5月7日前登记。"
	p := proposal()
	p.Messages = append(p.Messages, broadcast.Message{Channel: broadcast.Template, Template: "notice", Data: map[string]string{"thing1": "登记"}, URL: "https://example.net/a"})
	return p
}

var doubts = []string{"deadline:N1#1", "link:example.net"}

// TestWarningsAreAcceptedByTwo: a warning with a name is accepted by name, by who submits and by who approves.
func TestWarningsAreAcceptedByTwo(t *testing.T) {
	w := newCityFixture(t)
	ctx, b := t.Context(), w.draft(w.doubtful())
	shown, err := w.service.Preview(ctx, author, b.ID)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range shown.Faults {
		if f.Name != "" {
			names = append(names, f.Name)
		}
	}
	if slices.Sort(names); !slices.Equal(names, doubts) {
		t.Fatalf("a preview shows %v, want %v", names, doubts)
	}

	submit := func(accept ...string) error { return failure(w.service.Submit(ctx, author, b.ID, accept...)) }
	w.refusesFor(submit(), "请勾选它", "deadline:N1#1", "link:example.net")
	w.refusesFor(submit("link:example.net"), "请勾选它", "deadline:N1#1")
	w.refusesFor(submit(append(slices.Clone(doubts), "link:example.com")...), "没有的提醒", "")
	w.is(b, broadcast.Draft)
	b = w.ok(w.service.Submit(ctx, author, b.ID, "link:example.net", "deadline:N1#1", "link:example.net"))
	if !slices.Equal(b.Accepted, doubts) {
		t.Errorf("accepted %v", b.Accepted)
	}
	signed, err := w.service.Signed(ctx, approver, b.ID)
	var said []string
	for _, l := range signed.Lines {
		if l.Field == "warning" {
			said = append(said, l.Value)
		}
	}
	if err != nil || !slices.Equal(said, []string{"引用的N1#1写明的期限，到发送时已过", "链接指向example.net"}) {
		t.Errorf("signed %q, %v", said, err)
	}

	approve := func(accept ...string) error {
		return failure(w.service.Approve(ctx, approver, b.ID, b.Hash, accept...))
	}
	w.refusesFor(approve(), "请勾选它", "deadline:N1#1", "link:example.net")
	w.refusesFor(approve("deadline:N1#1"), "请勾选它", "link:example.net")
	// What was accepted is accepted by both, even when the city lists the host meanwhile.
	w.lib.City.Hosts = []string{"example.net"}
	w.refusesFor(approve("deadline:N1#1"), "请勾选它", "link:example.net")
	w.is(b, broadcast.Submitted)
	if err := approve(doubts...); err != nil {
		t.Fatal(err)
	}
	w.ok(w.service.Schedule(ctx, author, b.ID)) // which asks nothing again
	if edited := w.ok(w.service.Edit(ctx, author, b.ID, 0, proposal())); edited.Accepted != nil {
		t.Errorf("an edit keeps %v", edited.Accepted)
	}
}

// TestWarningsThatCameLater: an approver does not accept what the author did not see.
func TestWarningsThatCameLater(t *testing.T) {
	w := newCityFixture(t)
	w.lib.City.Hosts = []string{"example.org"}
	linked := func() broadcast.Proposal {
		p := proposal()
		p.Messages = append(p.Messages, broadcast.Message{Channel: broadcast.Template, Template: "notice", Data: map[string]string{"thing1": "登记"}, URL: "https://example.org/a"})
		return p
	}
	ctx, b := t.Context(), w.draft(linked())
	b = w.ok(w.service.Submit(ctx, author, b.ID))
	own := w.lib.City.Hosts
	w.lib.City.Hosts = nil
	w.refusesFor(failure(w.service.Approve(ctx, approver, b.ID, b.Hash)), "由撰稿员接受", "link:example.org")
	w.refusesFor(failure(w.service.Approve(ctx, approver, b.ID, b.Hash, "link:example.org")), "由撰稿员接受", "link:example.org")
	w.ok(w.service.Reject(ctx, approver, b.ID, "请核实"))
	b = w.ok(w.service.Submit(ctx, author, b.ID, "link:example.org"))
	w.ok(w.service.Approve(ctx, approver, b.ID, b.Hash, "link:example.org"))
	w.lib.City.Hosts = own

	// What was approved goes its way: nobody is asked again.
	other := w.approved(linked())
	w.lib.City.Hosts = nil
	w.ok(w.service.Schedule(ctx, author, other.ID))
	w.ok(w.service.Pause(ctx, author, other.ID, ""))
	w.ok(w.service.Resume(ctx, author, other.ID))
}

// TestWarningsOfASeries: as of a broadcast, for its last occurrence; what is wrong with its times is said first.
func TestWarningsOfASeries(t *testing.T) {
	w := newCityFixture(t)
	ctx := t.Context()
	series := broadcast.Series{Cron: "0 9 32 * *", Until: at(20, 0, 0), Proposal: w.doubtful()}
	var invalid *problem.Invalid
	if err := failure(w.service.NewSeries(ctx, author, series)); !errors.As(err, &invalid) || invalid.Field != "cron" {
		t.Errorf("with a wrong cron line: %v", err)
	}
	series.Cron = "0 9 * * 1"
	w.refusesFor(failure(w.service.NewSeries(ctx, author, series)), "请勾选它", "deadline:N1#1", "link:example.net")
	series.Accepted = doubts
	made, err := w.service.NewSeries(ctx, author, series)
	if err != nil || !slices.Equal(made.Accepted, doubts) {
		t.Fatalf("%v, %v", made.Accepted, err)
	}
	w.refusesFor(failure(w.service.ApproveSeries(ctx, approver, made.ID, made.Hash, doubts[0])), "请勾选它", "link:example.net")
	edited := made
	edited.Accepted = nil
	w.refusesFor(failure(w.service.EditSeries(ctx, author, made.ID, made.Version, edited)), "请勾选它", "deadline:N1#1", "link:example.net")
	if _, err := w.service.ApproveSeries(ctx, approver, made.ID, made.Hash, doubts...); err != nil {
		t.Fatal(err)
	}
	w.now = at(12, 10, 0)
	w.recur(1)
	occurrences, _, err := w.service.List(ctx, author, broadcast.Filter{Series: made.ID}, "", 0)
	if err != nil || len(occurrences) != 1 || !slices.Equal(occurrences[0].Accepted, doubts) {
		t.Fatalf("%+v, %v", occurrences, err)
	}
	w.now = at(13, 9, 0)
	w.ok(w.service.Start(ctx, occurrences[0].ID))

	// A passage whose deadline passes before the series ends.
	w.lib.Notices["N1"].Passages[0].Text = "2030年5月19日前登记。"
	w.refusesFor(failure(w.service.NewSeries(ctx, author, broadcast.Series{Cron: "0 9 * * 1", Until: at(20, 12, 0), Proposal: proposal()})), "请勾选它", "deadline:N1#1")
}
