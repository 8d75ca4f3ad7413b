package store_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/content"
	"towncrier/store"
	"towncrier/store/storetest"
)

// broadcastTo is a broadcast that goes to people by these channels, in order.
func (c *lostCity) broadcastTo(id string, sendAt time.Time, people int, channels ...broadcast.Channel) {
	c.Helper()
	act := audit.Act{Actor: audit.Local("test"), Action: "test", At: time.Now()}
	_, err := c.db.Broadcasts().Create(c.Context(), broadcast.Broadcast{ID: id, Version: 1, Status: broadcast.Draft, Topic: "dogs", Author: "li", SendAt: sendAt, Round: 1}, act)
	c.must(err)
	if people > 0 {
		c.setStatus(id, broadcast.Freezing)
		c.freeze(id, 0, people, channels...)
		c.setStatus(id, broadcast.Sending)
	}
}

func (c *lostCity) freeze(id string, from, to int, channels ...broadcast.Channel) {
	c.Helper()
	var slice broadcast.Slice
	for n := from; n < to; n++ {
		_, openid := c.person(n)
		slice.Recipients = append(slice.Recipients, broadcast.Recipient{Subject: c.me(openid).ID, Channels: channels})
	}
	written, err := c.db.Broadcasts().Freeze(c.Context(), id, slice, time.Now())
	c.must(err)
	if !written {
		c.Fatal("it was not frozen")
	}
}

func (c *lostCity) setStatus(id string, to broadcast.Status) {
	c.Helper()
	_, err := c.db.Broadcasts().Change(c.Context(), id, func(b *broadcast.Broadcast) ([]audit.Act, error) {
		b.Status = to
		if to == broadcast.Freezing {
			b.BegunAt = time.Now().UTC()
		}
		return []audit.Act{{Actor: audit.Local("test"), Action: "test", At: time.Now()}}, nil
	})
	c.must(err)
}

// counts is "sms accepted 3 …", as the tally and the rows say alike.
func (c *lostCity) counts(id string) (text string) {
	c.Helper()
	tally, err := c.db.Broadcasts().Tally(c.Context(), id)
	c.must(err)
	rows, err := c.db.Broadcasts().Recount(c.Context(), id)
	c.must(err)
	if !slices.Equal(tally, rows) {
		c.Errorf("%s: the tally says %v, the rows are %v", id, tally, rows)
	}
	for _, n := range rows {
		text += fmt.Sprintf("%s %s %d, ", n.Channel, n.State, n.N)
	}
	return text
}

func (c *lostCity) counted(id, want string) {
	c.Helper()
	if got := c.counts(id); got != want {
		c.Errorf("%s: %s\nwant %s", id, got, want)
	}
}

// claim takes what is pending on a channel, most at most.
func (c *lostCity) claim(id string, channel broadcast.Channel, most int) broadcast.Claimed {
	c.Helper()
	ledger, now := c.db.Broadcasts(), time.Now()
	chunks, err := ledger.Chunks(c.Context(), id, channel, 0, 1000, 1, now)
	c.must(err)
	if len(chunks) == 0 {
		return broadcast.Claimed{}
	}
	claimed, err := ledger.Claim(c.Context(), chunks[0], most, now, now.Add(broadcast.LongestLease))
	c.must(err)
	return claimed
}

func (c *lostCity) outcome(channel broadcast.Channel, o broadcast.Outcome) (asked []broadcast.Doubtful) {
	c.Helper()
	now := time.Now()
	asked, err := c.db.Broadcasts().Doubts(c.Context(), channel, now, now.Add(time.Minute), 100)
	c.must(err)
	var settled []broadcast.Settled
	for _, d := range asked {
		settled = append(settled, broadcast.Settled{Delivery: d.Delivery, Claim: d.Claim, Outcome: o, Asked: true})
	}
	c.must(c.db.Broadcasts().RecordOutcomes(c.Context(), settled, now))
	return asked
}

// TestRestoredDeliveries marks what stands everywhere, and goes on with it.
func TestRestoredDeliveries(t *testing.T) {
	eachLostCity(t, func(c *lostCity) {
		c.people(0, 4)
		c.broadcastTo("BBEGUN", time.Time{}, 4, broadcast.Template, broadcast.SMS)
		took := c.claim("BBEGUN", broadcast.Template, 1)
		c.must(c.db.Broadcasts().RecordOutcomes(c.Context(), []broadcast.Settled{{Delivery: took.Messages[0].Delivery, Claim: took.ID,
			Outcome: broadcast.Outcome{State: broadcast.Accepted}}}, time.Now()))
		underWay := c.claim("BBEGUN", broadcast.Template, 1)
		c.broadcastTo("BFREEZING", time.Time{}, 0)
		c.setStatus("BFREEZING", broadcast.Freezing)
		c.broadcastTo("BDUE", time.Now().Add(-time.Minute), 0)
		c.setStatus("BDUE", broadcast.Scheduled)
		c.broadcastTo("BLATER", time.Now().Add(time.Hour), 0)
		c.setStatus("BLATER", broadcast.Scheduled)
		c.counted("BBEGUN", "sms planned 4, template accepted 1, template pending 2, template sending 1, ")
		c.backUp()
		c.restore(boxUnder(c, c.master))
		c.counted("BBEGUN", "sms planned 4, template accepted 1, template in_doubt 3, ")

		// Nobody can be asked about WeChat's. What an official chooses to send instead may have been sent, too.
		for _, d := range c.outcome(broadcast.Template, broadcast.Outcome{State: broadcast.Unknown}) {
			if d.Since.Broadcast != "BBEGUN" || d.Since.After < underWay.ID || !d.Since.Has(fmt.Sprintf("BBEGUN-%d", underWay.ID+1)) {
				c.Errorf("%+v", d.Since)
			}
		}
		added, _, err := c.db.Broadcasts().FallBack(c.Context(), "BBEGUN", 0, 10, time.Now())
		c.must(err)
		if added != 3 {
			c.Errorf("%d went on, want 3", added)
		}
		c.counted("BBEGUN", "sms in_doubt 3, sms planned 1, template accepted 1, template unknown 3, ")
		if asked := c.outcome(broadcast.SMS, broadcast.Outcome{State: broadcast.Pending}); len(asked) != 3 || asked[0].Phone == "" || asked[0].Gone {
			c.Errorf("asked about %+v", asked)
		}
		c.setStatus("BBEGUN", broadcast.Sending)
		goes := c.claim("BBEGUN", broadcast.SMS, 10)
		if len(goes.Messages) != 3 || goes.ID <= underWay.ID+100_000 {
			c.Errorf("%d go, in call %d", len(goes.Messages), goes.ID)
		}

		// What is frozen only now may have gone out from what was lost; of one that was due later it cannot.
		for id, want := range map[string]string{
			"BFREEZING": "sms planned 2, template in_doubt 2, ",
			"BDUE":      "sms planned 2, template pending 2, ",
			"BLATER":    "sms planned 2, template pending 2, ",
		} {
			c.setStatus(id, broadcast.Freezing)
			c.freeze(id, 0, 2, broadcast.Template, broadcast.SMS)
			c.counted(id, want)
		}
		c.broadcastTo("BTEXTS", time.Time{}, 0)
		c.setStatus("BTEXTS", broadcast.Scheduled)
		c.backUp()
		c.restore(boxUnder(c, c.master))
		c.setStatus("BTEXTS", broadcast.Freezing)
		c.freeze("BTEXTS", 0, 2, broadcast.SMS)
		c.counted("BTEXTS", "sms in_doubt 2, ")
		c.broadcastTo("BNEW", time.Time{}, 0)
		c.setStatus("BNEW", broadcast.Freezing)
		c.freeze("BNEW", 2, 4, broadcast.Template) // to the others a call may be under way
		c.setStatus("BNEW", broadcast.Sending)
		c.counted("BNEW", "template pending 2, ")
		if m := c.claim("BNEW", broadcast.Template, 1).Messages; len(m) != 1 || m[0].OutID == fmt.Sprintf("BNEW-%d-1", m[0].Delivery) {
			c.Errorf("its id may have been used before: %+v", m)
		}
	})
}

// TestRestoredTwice puts back a backup that was made between the first restore and the confirmation of a broadcast: what was lost before the
// first is asked about all the same.
func TestRestoredTwice(t *testing.T) {
	eachLostCity(t, func(c *lostCity) {
		c.people(0, 2)
		c.broadcastTo("BDUE", time.Time{}, 0)
		c.setStatus("BDUE", broadcast.Scheduled)
		c.broadcastTo("BOTHER", time.Time{}, 1, broadcast.SMS)
		known := c.claim("BOTHER", broadcast.SMS, 1).ID
		c.backUp()
		first := c.asOf
		c.restore(boxUnder(c, c.master))
		c.backUp()
		if done := c.restore(boxUnder(c, c.master)); !slices.Contains(done.Broadcasts, "BDUE") {
			c.Errorf("it is not said to wait: %q", done.Broadcasts)
		}
		c.setStatus("BDUE", broadcast.Freezing)
		c.freeze("BDUE", 0, 2, broadcast.SMS)
		c.counted("BDUE", "sms in_doubt 2, ")
		for _, d := range c.outcome(broadcast.SMS, broadcast.Outcome{State: broadcast.Pending}) {
			if d.Broadcast == "BDUE" && (!d.Since.Has(fmt.Sprintf("BDUE-%d", known+1)) || d.SentAt.After(first)) {
				c.Errorf("asked about %+v from %s on, want from call %d and %s on", d.Since, d.SentAt, known+1, first)
			}
		}
	})
}

// markUntilRead marks a copy with a stops.log that it never gets to the end of.
func markUntilRead(setting string) error {
	box, err := childBox()
	if err != nil {
		return err
	}
	_, err = store.MarkRestored(context.Background(), setting, box, store.Restore{AsOf: noon, By: audit.Local("test"), At: noon.Add(time.Hour), Stops: []io.Reader{endless{}}})
	return err
}

type endless struct{}

func (endless) Read([]byte) (int, error) {
	fmt.Println("read")
	select {}
}

// cutOff ends a context when it is asked for the n-th time.
type cutOff struct {
	context.Context
	left atomic.Int64
}

func (c *cutOff) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return c.Context.Err()
}

// TestMarkingGoesOn kills a process that marks a database, and cuts others off at many places: nobody opens it meanwhile, and it ends as if
// nothing had been.
func TestMarkingGoesOn(t *testing.T) {
	eachLostCity(t, func(c *lostCity) {
		c.people(0, 30)
		for i := range 30 {
			c.broadcastTo(fmt.Sprintf("B%02d", i), time.Time{}, 30, broadcast.SMS, broadcast.Template)
		}
		c.claim("B00", broadcast.SMS, 10)
		c.backUp()
		number, _ := c.person(3)
		c.must(c.roster.StopSMS(c.Context(), number, "key"))
		c.close()
		again := storetest.Copy(c, c.copied)

		child := exec.CommandContext(c.Context(), os.Args[0])
		child.Env = append(os.Environ(), childDatabase+"="+c.copied, childKey+"="+base64.StdEncoding.EncodeToString(c.master), childMarks+"=1")
		child.Stderr = c.Output()
		out, err := child.StdoutPipe()
		c.must(err)
		c.must(child.Start())
		if !bufio.NewScanner(out).Scan() {
			c.Fatal("it does not begin")
		}
		c.must(child.Process.Kill())
		child.Wait()

		if _, err := store.Open(c.Context(), c.copied, boxUnder(c, c.master)); !errors.Is(err, store.ErrMarking) {
			c.Errorf("it opens: %v", err)
		}
		mark := func(ctx context.Context, setting string) (store.Restored, error) {
			return store.MarkRestored(ctx, setting, boxUnder(c, c.master), store.Restore{AsOf: c.asOf, By: audit.Local("test"), At: time.Now(), Stops: []io.Reader{c.read()}})
		}
		for n := int64(1); ; n += n/4 + 1 {
			ends := &cutOff{Context: c.Context()}
			ends.left.Store(n)
			if _, err = mark(ends, c.copied); err == nil {
				break
			}
			if n > 1_000_000 {
				c.Fatal(err)
			}
		}
		_, err = mark(c.Context(), again)
		c.must(err)
		var ends []string
		for _, setting := range []string{c.copied, again} {
			c.open(setting, boxUnder(c, c.master))
			end := ""
			for i := range 30 {
				id := fmt.Sprintf("B%02d", i)
				b, err := c.db.Broadcasts().Get(c.Context(), id)
				c.must(err)
				end += fmt.Sprintf("%s %s %d: %s\n", id, b.Status, b.Version, c.counts(id))
			}
			end += string(c.suppressed(number))
			alarms, err := c.db.Alarms().List(c.Context())
			c.must(err)
			ends = append(ends, fmt.Sprint(end, len(alarms), alarms[0].Count))
			if setting == c.copied {
				c.close()
			}
		}
		if ends[0] != ends[1] {
			c.Errorf("cut off it ends as\n%s\nat once as\n%s", ends[0], ends[1])
		}
	})
}

// TestRestoredResend puts back a broadcast that was done: who was not reached may have been resent to since. Texts of the next round are
// asked about first; who got nothing then is sent to.
func TestRestoredResend(t *testing.T) {
	eachLostCity(t, func(c *lostCity) {
		c.people(0, 3)
		ledger := c.db.Broadcasts()
		for _, id := range []string{"BDONE", "BCUT"} {
			c.broadcastTo(id, time.Time{}, 3, broadcast.SMS)
			took := c.claim(id, broadcast.SMS, 3)
			for i, m := range took.Messages {
				state := broadcast.Failed
				if i == 0 {
					state = broadcast.Delivered
				}
				c.must(ledger.RecordOutcomes(c.Context(), []broadcast.Settled{{Delivery: m.Delivery, Claim: took.ID, Outcome: broadcast.Outcome{State: state}}}, time.Now()))
			}
			c.setStatus(id, broadcast.Done)
		}
		c.resend("BCUT", 2, 2) // and killed before it went
		c.counted("BCUT", "sms delivered 1, sms failed 2, sms pending 2, ")
		known := c.claim("BCUT", broadcast.SMS, 1).ID
		if known != 0 {
			c.Fatal("it goes")
		}
		c.backUp()
		c.restore(boxUnder(c, c.master))
		c.counted("BCUT", "sms delivered 1, sms failed 2, sms in_doubt 2, ")
		c.resend("BDONE", 2, 2)
		c.counted("BDONE", "sms delivered 1, sms failed 2, sms in_doubt 2, ")
		for range 2 {
			for _, d := range c.outcome(broadcast.SMS, broadcast.Outcome{State: broadcast.Failed}) {
				if !d.Since.Has(fmt.Sprintf("%s-%d", d.Broadcast, d.Since.After+1)) || d.SentAt.After(c.asOf) {
					c.Errorf("asked about %+v", d)
				}
			}
		}
		c.setStatus("BDONE", broadcast.Done)
		c.resend("BDONE", 3, 2)
		c.counted("BDONE", "sms delivered 1, sms failed 4, sms pending 2, ")
	})
}

// TestRestoredResendWhenNobodyCanBeAsked: records of texts are kept for a month, and of WeChat's messages there are none. An official's act goes.
func TestRestoredResendWhenNobodyCanBeAsked(t *testing.T) {
	eachLostCity(t, func(c *lostCity) {
		c.people(0, 1)
		for id, channel := range map[string]broadcast.Channel{"BTEXT": broadcast.SMS, "BTEMPLATE": broadcast.Template} {
			c.broadcastTo(id, time.Time{}, 1, channel)
			took := c.claim(id, channel, 1)
			c.must(c.db.Broadcasts().RecordOutcomes(c.Context(), []broadcast.Settled{{Delivery: took.Messages[0].Delivery, Claim: took.ID,
				Outcome: broadcast.Outcome{State: broadcast.Failed}}}, time.Now()))
			c.setStatus(id, broadcast.Done)
		}
		c.backUp()
		c.restore(boxUnder(c, c.master))
		added, _, err := c.db.Broadcasts().Resend(c.Context(), "BTEXT", 2, 0, 10, time.Now().AddDate(0, 0, 30))
		if err != nil || added != 1 {
			c.Errorf("%d, %v", added, err)
		}
		c.counted("BTEXT", "sms failed 1, sms pending 1, ")
		c.resend("BTEMPLATE", 2, 1)
		c.counted("BTEMPLATE", "template failed 1, template pending 1, ")
	})
}

func (c *lostCity) resend(id string, round, want int) {
	c.Helper()
	added, _, err := c.db.Broadcasts().Resend(c.Context(), id, round, 0, 10, time.Now())
	c.must(err)
	if added != want {
		c.Errorf("%s: resent to %d, want %d", id, added, want)
	}
}

// TestRestoredBeforeItWasApproved puts back broadcasts that nobody had approved: since then they may have been, and gone out. Unchanged they are
// asked about when they go, also after they were returned to their authors; an edit makes another of one.
func TestRestoredBeforeItWasApproved(t *testing.T) {
	eachLostCity(t, func(c *lostCity) {
		c.people(0, 2)
		for _, id := range []string{"BDRAFT", "BSUBMITTED", "BRETURNED", "BEDITED"} {
			c.broadcastTo(id, time.Time{}, 0)
			if id != "BDRAFT" {
				c.setStatus(id, broadcast.Submitted)
			}
		}
		c.broadcastTo("BLATER", time.Now().Add(time.Hour), 0)
		c.setStatus("BLATER", broadcast.Submitted)
		c.backUp()
		c.restore(boxUnder(c, c.master))
		c.setStatus("BRETURNED", broadcast.Draft)
		service := broadcast.NewService(broadcast.Config{Store: c.db.Broadcasts(), Now: time.Now,
			Content: func() *content.Library { return &content.Library{} }})
		edited, err := service.Edit(c.Context(), broadcast.Official{ID: "li"}, "BEDITED", 0, broadcast.Proposal{Title: "另一条", Topic: "dogs", Audience: broadcast.Rule{All: true}})
		c.must(err)
		warned := func(id string) bool {
			p, err := service.Preview(c.Context(), broadcast.Official{ID: "zhao"}, id)
			c.must(err)
			return slices.ContainsFunc(p.Faults, func(f broadcast.Fault) bool { return strings.Contains(f.Text, "此后可能已经发出") })
		}
		if !warned("BSUBMITTED") || warned("BEDITED") {
			c.Error("who looks before they approve it is not told that it may have gone out, or is told so of another message")
		}
		for _, id := range []string{"BDRAFT", "BEDITED"} {
			err = service.Delete(c.Context(), broadcast.Official{ID: "li"}, id)
			if refused, ok := errors.AsType[*broadcast.NotDraftError](err); !ok || !refused.PutBack {
				c.Errorf("%s, which may have gone out, is deleted: %v", id, err)
			}
		}
		if !edited.PutBackAt.IsZero() {
			c.Error("another message is said to have gone out")
		}
		for id, want := range map[string]string{"BDRAFT": "in_doubt", "BSUBMITTED": "in_doubt", "BRETURNED": "in_doubt", "BEDITED": "pending", "BLATER": "pending"} {
			c.setStatus(id, broadcast.Freezing)
			c.freeze(id, 0, 2, broadcast.SMS)
			c.counted(id, "sms "+want+" 2, ")
		}
	})
}
