package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/problem"
	"towncrier/store/storetest"
)

var noon = time.Date(2023, 11, 13, 4, 0, 0, 0, time.UTC)

// clock is a hand that tests move.
type clock struct{ passed atomic.Int64 }

const official = audit.Actor("staff:wang")

func (c *clock) now() time.Time       { return noon.Add(time.Duration(c.passed.Load())) }
func (c *clock) pass(d time.Duration) { c.passed.Add(int64(d)) }

func openInbox(t *testing.T) (*inbox.Inbox, *clock) {
	c := &clock{}
	return inbox.New(storetest.One(t).Inbox(), c.now), c
}

func file(t *testing.T, b *inbox.Inbox, from string, kind inbox.Kind, text string) inbox.Ticket {
	t.Helper()
	ticket, err := b.File(t.Context(), inbox.Filing{From: from, Kind: kind, Text: text})
	if err != nil {
		t.Fatal(err)
	}
	return ticket
}

func TestFileGroupsLikeQuestions(t *testing.T) {
	b, _ := openInbox(t)
	first := file(t, b, "o-1", inbox.Question, "小区充电桩什么时候装")
	if first.Number != "20231113-0001" || !first.FiledAt.Equal(noon) || first.DueAt.Format(time.DateTime) != "2023-11-20 15:59:59" {
		t.Fatalf("first: %+v", first)
	}
	like := file(t, b, "o-2", inbox.Question, "请问小区充电桩啥时候能装呀？")
	other := file(t, b, "o-2", inbox.Question, "小区电梯什么时候装")
	wish := file(t, b, "o-2", inbox.Suggestion, "小区充电桩什么时候装")
	if like.Group != first.Number || other.Group != other.Number || wish.Group != wish.Number {
		t.Fatalf("groups: %s, %s, %s", like.Group, other.Group, wish.Group)
	}
	if again := file(t, b, "o-1", inbox.Question, "小区充电桩什么时候装？？"); again != first {
		t.Errorf("asked again: %+v, want the first ticket", again)
	}
	got, others, err := b.Show(t.Context(), like.Number)
	if err != nil || got != like || !slices.Equal(others, []inbox.Ticket{first}) {
		t.Errorf("show: %+v, %+v, %v", got, others, err)
	}
	answerAll(t, b, like.Number, " 明年三月。\n", 2)
	for _, from := range []string{"o-1", "o-2"} {
		told, err := b.Collect(t.Context(), from, "")
		if err != nil || len(told) != 1 || told[0].Answer != "明年三月。" {
			t.Errorf("%s collects %+v, %v", from, told, err)
		}
	}
	if late := file(t, b, "o-1", inbox.Question, "小区充电桩什么时候装"); late.Group != late.Number {
		t.Errorf("asked after the answer: joined %s", late.Group)
	}
}

// answerAll has a colleague approve an answer to several askers.
func answerAll(t *testing.T, b *inbox.Inbox, number, answer string, tickets int) {
	t.Helper()
	p, err := b.Propose(t.Context(), official, number, "王", answer)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := b.Approve(t.Context(), "staff:li", number, p.ID); err != nil || n != tickets {
		t.Fatalf("answered %d, %v; want %d", n, err, tickets)
	}
}

func TestAnswerToSeveralNeedsASecondPerson(t *testing.T) {
	b, _ := openInbox(t)
	first := file(t, b, "o-1", inbox.Question, "小区充电桩什么时候装")
	file(t, b, "o-2", inbox.Question, "小区充电桩什么时候装")
	if _, err := b.Answer(t.Context(), official, first.Number, "王", "明年。"); !errors.Is(err, inbox.ErrSecond) {
		t.Fatalf("one person answers several: %v", err)
	}
	if _, err := b.Proposal(t.Context(), first.Number); !errors.Is(err, inbox.ErrProposal) {
		t.Errorf("nothing was proposed: %v", err)
	}
	stale, err := b.Propose(t.Context(), official, first.Number, "王", "明年。")
	if err != nil {
		t.Fatal(err)
	}
	p, err := b.Propose(t.Context(), official, first.Number, "王", " 明年三月。")
	if err != nil {
		t.Fatal(err)
	}
	if waits, err := b.List(t.Context(), inbox.Filter{Proposed: true}); err != nil || len(waits) != 2 {
		t.Errorf("what waits for approval: %d, %v", len(waits), err)
	}
	if got, err := b.Proposal(t.Context(), first.Number); err != nil || got != p || got.Answer != "明年三月。" {
		t.Errorf("proposed: %+v, %v", got, err)
	}
	if _, err := b.Approve(t.Context(), official, first.Number, p.ID); !errors.Is(err, inbox.ErrOwn) {
		t.Errorf("approves what they proposed: %v", err)
	}
	if _, err := b.Approve(t.Context(), "staff:li", first.Number, stale.ID); !errors.Is(err, inbox.ErrProposal) {
		t.Errorf("approves what was replaced: %v", err)
	}
	if told, err := b.Collect(t.Context(), "o-1", ""); err != nil || len(told) != 0 {
		t.Errorf("told before the approval: %+v, %v", told, err)
	}
	if n, err := b.Approve(t.Context(), "staff:li", first.Number, p.ID); err != nil || n != 2 {
		t.Fatalf("approved %d, %v", n, err)
	}
	for _, from := range []string{"o-1", "o-2"} {
		if told, err := b.Collect(t.Context(), from, ""); err != nil || len(told) != 1 || told[0].Answer != "明年三月。" || told[0].Owner != "王" {
			t.Errorf("%s is told %+v, %v", from, told, err)
		}
	}
	if _, err := b.Approve(t.Context(), "staff:li", first.Number, p.ID); !errors.Is(err, inbox.ErrAnswered) {
		t.Errorf("approved again: %v", err)
	}
}

func TestOneAskerFilesSoMuchAndNoMore(t *testing.T) {
	b, clock := openInbox(t)
	filed := 0
	for hour := range 24 {
		for i := range 8 {
			_, err := b.File(t.Context(), inbox.Filing{From: "o-1", Kind: inbox.Suggestion, Text: fmt.Sprintf("第%d件事", 100*hour+i)})
			if err == nil {
				filed++
				continue
			}
			if e, ok := errors.AsType[*inbox.TooMany](err); !ok || e.Wait <= 0 || e.Wait > 24*time.Hour {
				t.Fatal(err)
			}
			if i < inbox.TicketsAnHour && filed < inbox.TicketsADay {
				t.Fatalf("refused the %d. of hour %d: %v", i, hour, err)
			}
		}
		if filed > (hour+1)*inbox.TicketsAnHour {
			t.Fatalf("%d within %d hours", filed, hour+1)
		}
		clock.pass(time.Hour)
	}
	if filed != inbox.TicketsADay {
		t.Errorf("%d in a day, want %d", filed, inbox.TicketsADay)
	}
	file(t, b, "o-2", inbox.Suggestion, "别人的事")
	file(t, b, "o-1", inbox.Suggestion, "第二天的事")
}

func TestRepliesOfOneNumberShareATicket(t *testing.T) {
	b, clock := openInbox(t)
	const number = phone.Number("19900001234")
	reply := func(i int) (inbox.Ticket, error) {
		return b.FileReply(t.Context(), inbox.SMSReply{From: number, Text: fmt.Sprintf("第%d条，发错人了", i), Message: fmt.Sprint("sms-", i)})
	}
	first, err := reply(0)
	if err != nil {
		t.Fatal(err)
	}
	if first.Kind != inbox.Reply || first.Phone != number || fmt.Sprint(first.Phone) != "199****1234" || first.Text != "第0条，发错人了" {
		t.Errorf("%+v", first)
	}
	for i := range 500 {
		if _, err := reply(i); err != nil {
			t.Fatal(err)
		}
	}
	open, err := b.List(t.Context(), inbox.Filter{})
	if err != nil || len(open) != 1 || open[0].Messages != 500 || !strings.HasPrefix(open[0].Text, "第0条，发错人了\n第1条") {
		t.Fatalf("500 replies by one number: %d tickets, %v", len(open), err)
	}
	if n := len([]rune(open[0].Text)); n > inbox.MaxReplies {
		t.Errorf("the ticket has %d characters", n)
	}
	if _, err := b.Answer(t.Context(), official, first.Number, "王", "答复"); !errors.Is(err, inbox.ErrNoReply) {
		t.Errorf("answered: %v", err)
	}
	for i := range inbox.RepliesADay + 2 {
		if i > 0 {
			if _, err := reply(1000 + i); i < inbox.RepliesADay && err != nil || i >= inbox.RepliesADay && err == nil {
				t.Errorf("ticket %d of a day: %v", i+1, err)
			}
		}
		if now, _ := b.List(t.Context(), inbox.Filter{}); len(now) > 0 {
			if _, err := b.Close(t.Context(), official, now[0].Number, "王"); err != nil {
				t.Fatal(err)
			}
		}
	}
	clock.pass(24 * time.Hour)
	if _, err := reply(2000); err != nil {
		t.Errorf("the next day: %v", err)
	}
}

func TestStopSender(t *testing.T) {
	b, _ := openInbox(t)
	reply, err := b.FileReply(t.Context(), inbox.SMSReply{From: "19900001234", Text: "请不要再发了"})
	if err != nil {
		t.Fatal(err)
	}
	var stopped []phone.Number
	stop := func(_ context.Context, n phone.Number) error { stopped = append(stopped, n); return nil }
	away := errors.New("the database is away")
	if err := b.StopSender(t.Context(), official, reply.Number, "王", func(context.Context, phone.Number) error { return away }); !errors.Is(err, away) {
		t.Errorf("%v", err)
	}
	for range 2 { // again is harmless
		if err := b.StopSender(t.Context(), official, reply.Number, "王", stop); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(stopped, []phone.Number{"19900001234", "19900001234"}) {
		t.Errorf("stopped %d numbers", len(stopped))
	}
	if got, _, err := b.Show(t.Context(), reply.Number); err != nil || got.Status != inbox.Closed {
		t.Errorf("%+v, %v", got, err)
	}
	wish := file(t, b, "o-1", inbox.Suggestion, "建议")
	if err := b.StopSender(t.Context(), official, wish.Number, "王", stop); !errors.Is(err, inbox.ErrNoNumber) {
		t.Errorf("a suggestion has no number: %v", err)
	}
}

func TestFileChecks(t *testing.T) {
	b, _ := openInbox(t)
	for name, f := range map[string]inbox.Filing{
		"no kind":      {From: "o-1", Text: "问题"},
		"unknown kind": {From: "o-1", Text: "问题", Kind: "wish"},
		"no asker":     {Text: "问题", Kind: inbox.Question},
		"no text":      {From: "o-1", Text: " \n\x00", Kind: inbox.Question},
		"too long":     {From: "o-1", Text: strings.Repeat("长", inbox.MaxText+1), Kind: inbox.Question},
	} {
		if ticket, err := b.File(t.Context(), f); err == nil {
			t.Errorf("%s: filed %+v", name, ticket)
		} else if strings.Contains(err.Error(), "o-1") {
			t.Errorf("%s: the error names the asker: %v", name, err)
		}
	}
	if got := file(t, b, "o-1", inbox.Handoff, ""); got.Kind != inbox.Handoff {
		t.Errorf("a hand-off without a reason: %+v", got)
	}
}

func TestFileCleansText(t *testing.T) {
	b, _ := openInbox(t)
	asker := 0
	for text, want := range map[string]string{
		" 路灯\t坏了\r\n三天了\n":        "路灯 坏了\n三天了",
		"\x1b[2J清屏\x9b31m":        "[2J清屏\uFFFD31m",
		"\u202e反写\u2066":          "反写",
		"坏的字节\xff":                "坏的字节\uFFFD",
		"家人👨‍👩‍👧":                 "家人👨‍👩‍👧",
		strings.Repeat("长", 2000): strings.Repeat("长", 2000),
	} {
		asker++
		if got := file(t, b, fmt.Sprint("o-", asker), inbox.Suggestion, text).Text; got != want {
			t.Errorf("%.40q was kept as %.40q, want %.40q", text, got, want)
		}
	}
}

func TestAnswerChecks(t *testing.T) {
	b, _ := openInbox(t)
	ticket := file(t, b, "o-1", inbox.Question, "问题")
	for answer, want := range map[string]string{
		"":                       "没有填写",
		" \n ":                   "没有填写",
		strings.Repeat("答", 601): "601个字",
		strings.Repeat("𠮷", 500): "2000字节",
		"有\x1b[31m颜色":            "U+001B",
		"制表\t符":                  "U+0009",
		"反\u202e写":               "U+202E",
		"坏\xff":                  "UTF-8",
	} {
		_, err := b.Answer(t.Context(), official, ticket.Number, "王", answer)
		if e, ok := errors.AsType[*problem.Invalid](err); !ok || e.Field != "answer" || !strings.Contains(e.Reason, want) {
			t.Errorf("%.20q: %v, want %q", answer, err, want)
		}
	}
	if _, err := b.Answer(t.Context(), official, "20231113-9999", "王", "答复"); !errors.Is(err, inbox.ErrNoTicket) || !strings.Contains(err.Error(), "20231113-9999") {
		t.Errorf("unknown number: %v", err)
	}
	if n, err := b.Answer(t.Context(), official, ticket.Number, "王", strings.Repeat("答", 600)); err != nil || n != 1 {
		t.Errorf("600 characters: %d, %v", n, err)
	}
	if _, err := b.Close(t.Context(), official, ticket.Number, "王"); !errors.Is(err, inbox.ErrAnswered) {
		t.Errorf("close after the answer: %v", err)
	}
	closed := file(t, b, "o-1", inbox.Suggestion, "建议")
	if n, err := b.Close(t.Context(), official, closed.Number, "王\x00\xff"); err != nil || n != 1 {
		t.Errorf("close: %d, %v", n, err)
	}
	if got, _, err := b.Show(t.Context(), closed.Number); err != nil || got.Owner != "王\uFFFD" {
		t.Errorf("who closed it: %q, %v", got.Owner, err)
	}
	if _, err := b.Answer(t.Context(), official, closed.Number, "王", "答复"); !errors.Is(err, inbox.ErrClosed) {
		t.Errorf("answer after closing: %v", err)
	}
	if _, _, err := b.Show(t.Context(), "x"); !errors.Is(err, inbox.ErrNoTicket) {
		t.Errorf("show: %v", err)
	}
	if open, err := b.List(t.Context(), inbox.Filter{}); err != nil || len(open) != 0 {
		t.Errorf("open: %+v, %v", open, err)
	}
}

func TestAnswerTextFitsOneReply(t *testing.T) {
	longest := inbox.AnswerText(inbox.Ticket{Number: "20231113-12345", Kind: inbox.Suggestion, Text: "我写的话", Answer: strings.Repeat("答", inbox.MaxAnswer)})
	if len(longest) > 2048 {
		t.Errorf("%d bytes, a reply holds 2048", len(longest))
	}
	if strings.Contains(longest, "我写的话") {
		t.Error("it repeats the resident")
	}
	if got, want := inbox.AnswerText(inbox.Ticket{Number: "20231113-0042", Kind: inbox.Question, Answer: "是的。"}), "您之前问的（编号20231113-0042）有答复了：\n是的。"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestForget(t *testing.T) {
	b, _ := openInbox(t)
	ticket := file(t, b, "o-1", inbox.Question, "问题")
	if err := b.Forget(t.Context(), "o-1"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Answer(t.Context(), official, ticket.Number, "王", "答复"); err != nil {
		t.Fatal(err)
	}
	if told, err := b.Collect(t.Context(), "o-1", ""); err != nil || len(told) != 0 {
		t.Errorf("collected %+v, %v", told, err)
	}
}

// teller plays the platform: what it does with a message is the test's.
type teller func(ctx context.Context, to, text string) error

func (f teller) Tell(ctx context.Context, to, text string) error { return f(ctx, to, text) }

func TestDeliverTriesWithinBounds(t *testing.T) {
	b, clock := openInbox(t)
	ticket := file(t, b, "o-1", inbox.Question, "问题")
	if _, err := b.Answer(t.Context(), official, ticket.Number, "王", "答复"); err != nil {
		t.Fatal(err)
	}
	down := errors.New("platform says 502")
	tries := 0
	failing := teller(func(context.Context, string, string) error { tries++; return down })
	for try := 1; try <= inbox.MaxTries; try++ {
		want := inbox.Delivery{Failed: 1}
		if try == inbox.MaxTries {
			want = inbox.Delivery{Deferred: 1}
		}
		done, err := b.Deliver(t.Context(), failing)
		if done != want || !errors.Is(err, down) || !strings.Contains(err.Error(), ticket.Number) || strings.Contains(err.Error(), "o-1") {
			t.Errorf("try %d: %+v, %v; want %+v", try, done, err, want)
		}
		if done, err := b.Deliver(t.Context(), failing); err != nil || done != (inbox.Delivery{}) {
			t.Errorf("within the lease: %+v, %v", done, err)
		}
		clock.pass(inbox.Lease)
	}
	if tries != inbox.MaxTries {
		t.Errorf("pushed %d times, want %d", tries, inbox.MaxTries)
	}
	if told, err := b.Collect(t.Context(), "o-1", ""); err != nil || len(told) != 1 {
		t.Errorf("then the asker collects: %+v, %v", told, err)
	}
}

func TestDeliverTellsEachOnce(t *testing.T) {
	b, clock := openInbox(t)
	askers := []string{"o-1", "o-2", "o-3"}
	for _, from := range askers {
		file(t, b, from, inbox.Question, "问题")
	}
	answerAll(t, b, "20231113-0001", "答复", 3)
	var told []string
	platform := teller(func(_ context.Context, to, text string) error {
		if to == "o-2" {
			return inbox.ErrUnreachable
		}
		told = append(told, to)
		return nil
	})
	done, err := b.Deliver(t.Context(), platform)
	if err != nil || done != (inbox.Delivery{Told: 2, Deferred: 1}) || !slices.Equal(told, []string{"o-1", "o-3"}) {
		t.Errorf("%+v, %v, told %q", done, err, told)
	}
	clock.pass(2 * inbox.Lease)
	if done, err := b.Deliver(t.Context(), platform); err != nil || done != (inbox.Delivery{}) {
		t.Errorf("again: %+v, %v", done, err)
	}
}

// TestDeliverSettlesWhenCancelled ends the context while a message is being sent: that it was sent is still recorded.
func TestDeliverSettlesWhenCancelled(t *testing.T) {
	b, clock := openInbox(t)
	for _, text := range []string{"问题甲", "问题乙"} {
		ticket := file(t, b, "o-1", inbox.Question, text)
		if _, err := b.Answer(t.Context(), official, ticket.Number, "王", "答复"); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	done, err := b.Deliver(ctx, teller(func(context.Context, string, string) error { calls++; cancel(); return nil }))
	if err != nil || done != (inbox.Delivery{Told: 1}) || calls != 1 {
		t.Errorf("%+v, %v, %d calls; want the first told and no other begun", done, err, calls)
	}
	clock.pass(inbox.Lease)
	if told, err := b.Collect(t.Context(), "o-1", ""); err != nil || len(told) != 1 {
		t.Errorf("left for later: %+v, %v; want one", told, err)
	}
}

// TestClosingSeveralNeedsASecondPerson: nobody makes the questions of several people vanish alone.
func TestClosingSeveralNeedsASecondPerson(t *testing.T) {
	b, _ := openInbox(t)
	first := file(t, b, "o-1", inbox.Question, "充电桩什么时候装")
	if _, err := b.Close(t.Context(), official, first.Number, "王"); err != nil {
		t.Fatal(err) // one person asked
	}
	first = file(t, b, "o-1", inbox.Question, "路灯什么时候修")
	second := file(t, b, "o-2", inbox.Question, "路灯什么时候修")
	if _, err := b.Close(t.Context(), official, second.Number, "王"); !errors.Is(err, inbox.ErrSecond) {
		t.Fatalf("closed alone: %v", err)
	}
	p, err := b.ProposeClosing(t.Context(), official, second.Number, "王")
	if err != nil || p.Answer != "" {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := b.Approve(t.Context(), official, first.Number, p.ID); !errors.Is(err, inbox.ErrOwn) {
		t.Errorf("approved by who proposed it: %v", err)
	}
	if n, err := b.Approve(t.Context(), "staff:li", first.Number, p.ID); err != nil || n != 2 {
		t.Errorf("approved %d, %v; want 2", n, err)
	}
	got, like, err := b.Show(t.Context(), first.Number)
	if err != nil || got.Status != inbox.Closed || got.Answer != "" || got.Owner != "王" || len(like) != 1 || like[0].Status != inbox.Closed {
		t.Errorf("%+v, %+v, %v", got, like, err)
	}
}
