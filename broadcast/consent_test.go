package broadcast_test

import (
	"errors"
	"log/slog"
	"slices"
	"testing"

	"towncrier/broadcast"
	"towncrier/content"
	"towncrier/roster"
)

// Somebody who agreed to notifications in an article of the account, and never wrote to it, is reached by them and by
// nothing else; leaving takes all of it back.
func TestConsentOfSomebodyUnknownCounts(t *testing.T) {
	w := newCityFixture(t)
	w.lib.Templates["note"] = &content.Template{ID: "note", Channel: content.SubscriptionChannel, Code: "T-1", Title: "通知"}
	engine := broadcast.NewEngine(broadcast.EngineConfig{
		Service: w.service, Store: w.store, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Meet: w.roster.Meet,
	})
	const openid = "oFromAnArticle"
	consent := func(template string, agreed bool) {
		t.Helper()
		if err := engine.SubscriptionConsent(t.Context(), openid, template, agreed); err != nil {
			t.Fatal(err)
		}
	}
	stands := func() []broadcast.Candidate {
		t.Helper()
		found, _, err := w.store.Candidates(t.Context(), nil, w.now, "", 1000)
		if err != nil {
			t.Fatal(err)
		}
		return slices.DeleteFunc(found, func(c broadcast.Candidate) bool { return !c.WeChat })
	}
	consent("T-1", false)
	consent("T-of-another-system", true)
	if got := stands(); len(got) != 0 {
		t.Fatalf("a refusal, or a consent to what is not the city's, made a resident: %+v", got)
	}
	consent("T-1", true)
	consent("T-1", true) // the platform pushes twice
	got := stands()
	if len(got) != 1 || !slices.Equal(got[0].Templates, []string{"T-1"}) {
		t.Fatalf("after the consent: %+v", got)
	}
	plan := w.service.Planner(broadcast.Broadcast{Topic: "dogs", Messages: []broadcast.Message{
		{Channel: broadcast.Subscription, Template: "note"}, {Channel: broadcast.Template, Template: "notice"}, {Channel: broadcast.SMS, Template: "text"},
	}}).Plan(got[0])
	if !slices.Equal(plan.Channels, []broadcast.Channel{broadcast.Subscription}) {
		t.Errorf("reached by %v, want the subscription alone", plan.Channels)
	}
	// What they do in chat afterwards is the same resident's.
	if err := w.roster.Prefer(t.Context(), openid, "dogs", roster.WeChat, true); err != nil {
		t.Fatal(err)
	}
	if got := stands(); len(got) != 1 || !slices.Equal(got[0].Templates, []string{"T-1"}) {
		t.Errorf("after a choice in chat: %+v", got)
	}
	consent("T-1", false)
	if got := stands(); len(got) != 1 || len(got[0].Templates) != 0 {
		t.Errorf("after taking it back: %+v", got)
	}
	consent("T-1", true)
	if err := w.roster.Unfollow(t.Context(), openid); err != nil {
		t.Fatal(err)
	}
	if _, err := w.roster.Me(t.Context(), openid); !errors.Is(err, roster.ErrNoResident) || len(stands()) != 0 {
		t.Errorf("after leaving: %v, %+v", err, stands())
	}
}
