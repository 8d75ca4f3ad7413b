package broadcast_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/problem"
	"towncrier/roster"
)

func TestLife(t *testing.T) {
	w := newCityFixture(t)
	ctx := t.Context()
	b := w.draft(proposal())
	w.refuses(failure(w.service.Schedule(ctx, approver, b.ID)), broadcast.ErrState)
	b = w.ok(w.service.Submit(ctx, author, b.ID))
	if b.Size != 12 || len(b.Hash) != 32 {
		t.Fatalf("submitted for %d with a hash of %d bytes", b.Size, len(b.Hash))
	}
	b = w.ok(w.service.Approve(ctx, approver, b.ID, b.Hash))
	b = w.ok(w.service.Schedule(ctx, author, b.ID))
	w.ok(w.service.Start(ctx, b.ID))
	w.is(b, broadcast.Scheduled) // an hour too early
	w.now = at(8, 10, 0)
	b = w.ok(w.service.Start(ctx, b.ID))
	w.is(b, broadcast.Freezing)
	w.refuses(failure(w.service.Whole(ctx, b.ID)), broadcast.ErrState)
	w.frozen(b)
	w.ok(w.service.Whole(ctx, b.ID))
	w.is(b, broadcast.Sending)
	w.refuses(failure(w.service.Edit(ctx, author, b.ID, 0, proposal())), broadcast.ErrState)
	b = w.ok(w.service.Pause(ctx, author, b.ID, "核对内容"))
	if b.Why != "核对内容" {
		t.Errorf("paused because %q", b.Why)
	}
	w.is(w.ok(w.service.Resume(ctx, author, b.ID)), broadcast.Sending)
	for range 2 {
		if err := w.service.Halt(ctx, b.ID, "余额不足，请充值"); err != nil {
			t.Fatal(err)
		}
	}
	w.is(w.ok(w.service.Resume(ctx, author, b.ID)), broadcast.Sending)
	report, err := w.service.Report(ctx, author, b.ID)
	if err != nil || report.Counts[broadcast.SMS][broadcast.Pending] != 12 || report.Open != 12 || report.CostMost != 12*45 || report.Cost != 0 {
		t.Errorf("%+v, %v", report, err)
	}
	for range 2 {
		if err := w.service.Finish(ctx, b.ID); err != nil {
			t.Fatal(err)
		}
	}
	w.is(b, broadcast.Done)
	w.refuses(failure(w.service.Cancel(ctx, author, b.ID, "不发了")), broadcast.ErrState)

	entries, err := w.db.Audit().List(ctx, 0, 100, audit.Filter{Subject: b.ID})
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range slices.Backward(entries) {
		told = append(told, string(e.Actor)+" "+e.Action)
		if hashed := strings.Contains(e.Detail, fmt.Sprintf("hash=%x", b.Hash)[:len("hash=")+12]); hashed == (e.Action == "broadcast.new") {
			t.Errorf("%s says %q", e.Action, e.Detail)
		}
	}
	want := []string{
		"staff:li broadcast.new", "staff:li broadcast.submit", "staff:zhao broadcast.approve", "staff:li broadcast.schedule",
		"system:broadcast broadcast.start", "system:broadcast broadcast.freeze", "staff:li broadcast.pause", "staff:li broadcast.resume",
		"system:broadcast broadcast.halt", "staff:li broadcast.resume", "system:broadcast broadcast.finish",
	}
	if !slices.Equal(told, want) {
		t.Errorf("audited:\n%s\nwant:\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
}

func TestNobodyApprovesTheirOwn(t *testing.T) {
	w := newCityFixture(t)
	ctx := t.Context()
	b := w.draft(proposal())
	edited := proposal()
	edited.Title = "牵绳和清理提醒"
	b = w.ok(w.service.Edit(ctx, second, b.ID, b.Version, edited))
	w.refuses(failure(w.service.Edit(ctx, second, b.ID, b.Version-1, edited)), broadcast.ErrChanged)
	b = w.ok(w.service.Submit(ctx, author, b.ID))
	for _, wrote := range []broadcast.Official{author, second} {
		w.refuses(failure(w.service.Approve(ctx, wrote, b.ID, b.Hash)), broadcast.ErrOwn)
	}
	w.refuses(failure(w.service.Approve(ctx, approver, b.ID, nil)), broadcast.ErrChanged)
	w.refuses(failure(w.service.Approve(ctx, approver, b.ID, slices.Repeat([]byte{7}, 32))), broadcast.ErrChanged)

	template := w.lib.Templates["text"]
	kept := template.Text
	template.Text = "另一段，${what}。"
	w.refuses(failure(w.service.Approve(ctx, approver, b.ID, b.Hash)), broadcast.ErrChanged)
	template.Text = kept

	var wins, late int
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range 8 {
		wg.Go(func() {
			_, err := w.service.Approve(ctx, approver, b.ID, b.Hash)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				wins++
			case errors.Is(err, broadcast.ErrState):
				late++
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if wins != 1 || late != 7 {
		t.Errorf("%d approved, %d were late", wins, late)
	}
}

func TestAnyEditVoidsTheApproval(t *testing.T) {
	w := newCityFixture(t)
	ctx := t.Context()
	late := proposal()
	late.SendAt = at(8, 6, 0) // its window opened at eight, an hour ago
	for name, stand := range map[string]func() broadcast.Broadcast{
		"submitted": func() broadcast.Broadcast { return w.ok(w.service.Submit(ctx, author, w.draft(proposal()).ID)) },
		"approved":  func() broadcast.Broadcast { return w.approved(proposal()) },
		"scheduled": func() broadcast.Broadcast { return w.scheduled(proposal()) },
	} {
		b := stand()
		if string(b.Status) != name {
			t.Fatalf("%s is %s", name, b.Status)
		}
		edited := w.ok(w.service.Edit(ctx, second, b.ID, 0, proposal()))
		if edited.Status != broadcast.Draft || edited.Hash != nil || edited.Approver != "" || edited.Size != 0 || !edited.ReleasedAt.IsZero() {
			t.Errorf("%s, edited: %+v", name, edited)
		}
		w.refuses(failure(w.service.Approve(ctx, chief, b.ID, b.Hash)), broadcast.ErrState)
	}
	b := w.ok(w.service.Submit(ctx, author, w.draft(proposal()).ID))
	b = w.ok(w.service.Reject(ctx, approver, b.ID, "请写明时间"))
	if b.Status != broadcast.Draft || b.Hash != nil || b.Why != "请写明时间" {
		t.Errorf("rejected: %+v", b)
	}
}

func TestEmergencyNeedsItsRight(t *testing.T) {
	w := newCityFixture(t)
	ctx := t.Context()
	p := proposal()
	p.Emergency = true
	b := w.ok(w.service.Submit(ctx, author, w.draft(p).ID))
	w.refuses(failure(w.service.Approve(ctx, approver, b.ID, b.Hash)), broadcast.ErrEmergency)
	b = w.ok(w.service.Approve(ctx, chief, b.ID, b.Hash))
	w.refuses(failure(w.service.Schedule(ctx, approver, b.ID)), broadcast.ErrEmergency)
	w.is(w.ok(w.service.Schedule(ctx, chief, b.ID)), broadcast.Scheduled)
}

func TestCommitteeSendsToItsOwn(t *testing.T) {
	w := newCityFixture(t)
	ctx := t.Context()
	p := proposal()
	p.Committee = "C2"
	w.refuses(failure(w.service.New(ctx, ofC1, p)), broadcast.ErrCommittee)
	p.Committee = ""
	b := w.ok(w.service.New(ctx, ofC1, p))
	if b.Committee != "C1" {
		t.Fatalf("committee %q", b.Committee)
	}
	if b = w.ok(w.service.Submit(ctx, ofC1, b.ID)); b.Size != 8 {
		t.Errorf("reaches %d, want the 8 of the committee", b.Size)
	}
	citys := w.draft(proposal())
	w.refuses(failure(w.service.Get(ctx, ofC1, citys.ID)), broadcast.ErrNoBroadcast)
	w.refuses(failure(w.service.Cancel(ctx, ofC1, citys.ID, "不发了")), broadcast.ErrNoBroadcast)
	if found, _, err := w.service.List(ctx, ofC1, broadcast.Filter{}, "", 0); err != nil || len(found) != 1 || found[0].ID != b.ID {
		t.Errorf("%d listed, %v", len(found), err)
	}
}

func TestSubmitRefuses(t *testing.T) {
	w := newCityFixture(t)
	nobody, faulty := proposal(), proposal()
	nobody.Audience = broadcast.Rule{Tag: "独居"}
	// Behind a not, a name that is nobody's would choose everybody.
	misspelt := proposal()
	misspelt.Audience = broadcast.Rule{And: []broadcast.Rule{{Area: "某区"}, {Not: &broadcast.Rule{Or: []broadcast.Rule{
		{Area: "别区"}, {Street: "西街"}, {Committee: "C9"}, {Topic: "cats"}, {Street: "东街"}}}}}}
	faulty.Messages[0].Data["what"] = "【牵绳】"
	absent, short := proposal(), proposal()
	absent.Audience = broadcast.Rule{List: "LAAAAAAAAAA"}
	if err := w.store.CreateList(t.Context(), broadcast.NumberList{ID: "LBBBBBBBBBB", CreatedAt: w.now}, w.act("list.new", "LBBBBBBBBBB")); err != nil {
		t.Fatal(err)
	}
	for n := range 19 {
		err := w.store.AddNumbers(t.Context(), "LBBBBBBBBBB", []phone.Number{phone.Number(fmt.Sprintf("1990000%04d", n))}, w.act("list.add", "LBBBBBBBBBB"))
		if err != nil {
			t.Fatal(err)
		}
	}
	short.Audience = broadcast.Rule{List: "LBBBBBBBBBB"}
	list := broadcast.Rule{List: "LBBBBBBBBBB"}
	for _, mixed := range []broadcast.Rule{{And: []broadcast.Rule{{Tag: "独居"}, list}}, {Or: []broadcast.Rule{list}}, {Not: &list}} {
		p := proposal()
		p.Audience = mixed
		b := w.draft(p)
		var faults broadcast.FaultsError
		if _, err := w.service.Submit(t.Context(), author, b.ID); !errors.As(err, &faults) || !strings.Contains(err.Error(), "名单只能单独作为发送范围") {
			t.Errorf("%+v: %v", mixed, err)
		}
		if p, err := w.service.Preview(t.Context(), author, b.ID); err != nil || p.Counted || p.Residents+p.Lines != 0 || len(p.Sample) != 0 || len(p.Faults) == 0 {
			t.Errorf("%+v is counted: %+v, %v", mixed, p, err)
		}
	}
	for says, p := range map[string]broadcast.Proposal{"没有居民": nobody, "sms what: 有“【”": faulty,
		"主题cats不在本市的主题表里，请修改范围；没有哪个社区属于别区，请修改范围；没有哪个社区属于街道西街，请修改范围；发送范围里的社区代码C9不存在": misspelt,
		"发送范围里的名单LAAAAAAAAAA不存在": absent, "不同的号码不足20个": short} {
		var faults broadcast.FaultsError
		stored := w.draft(proposal())
		w.ok(w.store.Change(t.Context(), stored.ID, func(b *broadcast.Broadcast) ([]audit.Act, error) { // as of a time when what it names was there
			b.Audience, b.Messages = p.Audience, p.Messages
			return []audit.Act{w.act("broadcast.edit", b.ID)}, nil
		}))
		_, err := w.service.Submit(t.Context(), author, stored.ID)
		if !errors.As(err, &faults) || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want ...%s...", err, says)
		}
	}
}

func TestPreviewIsMaskedAndPriced(t *testing.T) {
	w := newCityFixture(t)
	number := phone.Number("19900001234")
	for _, err := range []error{
		failure(w.roster.Bind(t.Context(), "o-1", number)),
		w.roster.SetPlace(t.Context(), "o-1", "C1", ""),
		w.roster.Prefer(t.Context(), "o-1", "dogs", "", true),
		failure(w.roster.Add(t.Context(), audit.System("test"), roster.Resident{ // never asked
			Phone: "19900005678", PhoneFrom: roster.FromStaff, Committee: "C1", PlaceFrom: roster.FromStaff})),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	p := proposal()
	p.Messages = append(p.Messages, broadcast.Message{Channel: broadcast.Template, Template: "notice", Data: map[string]string{"thing1": "遛狗请牵绳"}})
	p.Fallback = broadcast.Fallback{Wait: time.Hour, Doubtful: true}
	b := w.draft(p)
	preview, err := w.service.Preview(t.Context(), broadcast.Official{ID: "li", Residents: true}, b.ID)
	if err != nil {
		t.Fatal(err)
	}
	unread, err := w.service.Preview(t.Context(), author, b.ID)
	if err != nil || len(unread.Sample) != 10 {
		t.Fatalf("%+v, %v", unread, err)
	}
	for _, s := range unread.Sample {
		if s.Resident != "" || s.Phone != "" || len(s.Plan.Channels)+len(s.Plan.Passed) != 0 || s.Plan.Reason != "" {
			t.Errorf("who may not read residents sees %+v", s)
		}
	}
	if preview.Residents != 14 || preview.First[broadcast.SMS] != 12 || preview.First[broadcast.Template] != 1 || preview.Left[broadcast.NoConsent] != 1 {
		t.Errorf("%+v", preview.Estimate)
	}
	if preview.Parts != 1 || preview.Cost != 12*45 || preview.Saved != 45 || preview.CostMost != 13*45 || preview.Doubles != 1 {
		t.Errorf("%+v", preview.Estimate)
	}
	if preview.Texts[broadcast.SMS] != "【示例市】居民您好，遛狗请牵绳。" || preview.Texts[broadcast.Template] != "通知\n事项：遛狗请牵绳" {
		t.Errorf("%q", preview.Texts)
	}
	if len(preview.Sample) != 10 {
		t.Errorf("%d in the sample", len(preview.Sample))
	}
	shown := fmt.Sprintf("%+v", preview)
	if strings.Contains(shown, "19900001") || strings.Contains(shown, "o-1") || !strings.Contains(shown, "199****") {
		t.Errorf("not masked: %s", shown)
	}
}

func TestTestSendRefuses(t *testing.T) {
	w := newCityFixture(t)
	b := w.draft(proposal())
	var invalid *problem.Invalid
	if _, err := w.service.TestSend(t.Context(), author, b.ID, broadcast.SMS, broadcast.Tester{OpenID: "o-1"}); !errors.As(err, &invalid) {
		t.Errorf("an openid for a text: %v", err)
	}
	to := broadcast.Tester{Staff: author.ID, Phone: "19900001234"}
	w.refuses(failure(w.service.TestSend(t.Context(), author, b.ID, broadcast.SMS, to)), broadcast.ErrChannelOff)
	w.refuses(failure(w.service.TestSend(t.Context(), ofC1, b.ID, broadcast.SMS, to)), broadcast.ErrNoBroadcast)
}
