package broadcast

import (
	"strconv"
	"strings"
	"time"
)

// PutBack is what becomes of a broadcast when the database was put back as it stood at asOf: what would go on by itself waits for a
// person, who is told why. paused says that it waits.
func (b *Broadcast) PutBack(asOf time.Time) (paused bool) {
	b.PutBackAt = asOf
	to, ok := b.Status.After(PutsBack)
	if !ok {
		return false
	}
	why := putBackWhy(asOf)
	if b.Why != "" && !strings.Contains(b.Why, why) {
		why = b.Why + "；" + why
	}
	b.Status, b.Why = to, why
	return true
}

// wasPutBack says whether the database was ever put back under b.
func (b Broadcast) wasPutBack() bool { return !b.PutBackAt.IsZero() || b.PutBackBefore }

func putBackWhy(asOf time.Time) string {
	return "数据库已恢复到" + asOf.In(Zone).Format("2006-01-02 15:04") + "的备份，此后可能已经发出，请核对后再继续"
}

// putBackFaults warns whoever is to let a broadcast go that it may have gone out already, and says what comes of that.
func (b Broadcast) putBackFaults(now time.Time) []Fault {
	if b.PutBackAt.IsZero() || !b.BegunAt.IsZero() || b.Status.Over() || !b.MayHaveGone(now) {
		return nil
	}
	return []Fault{{Warning: true, Text: "数据库已恢复到" + b.PutBackAt.In(Zone).Format("2006-01-02 15:04") +
		"的备份，此后可能已经发出，请先核对。短信要先向平台查问，确定没有发过的才发，至少要等几分钟；要立即发送，请修改后重新送审"}}
}

// MayHaveGone says whether messages of a broadcast that was put back as it stood at an earlier time may have gone out by now. A draft may
// have, too: submitted, approved and scheduled since, as it stands. Whoever edits it makes another message of it, which goes at once; what
// stands unchanged is asked about first. That is an emergency's way, too: unchanged it waits for two answers of the provider, AskAgain apart.
func (b Broadcast) MayHaveGone(now time.Time) bool {
	switch b.Status {
	case Draft, Submitted, Approved:
		return !b.SendAt.After(now)
	}
	return !b.BegunAt.IsZero() || !b.due().After(now)
}

// PutBack stops a series that would go on by itself when the database was put back as it stood at asOf: its next occurrences may be
// broadcasts already. stopped says that it does not go on.
func (series *Series) PutBack(asOf time.Time) (stopped bool) {
	if series.Stopped || series.Approver == "" {
		return false
	}
	series.Stopped, series.Why, series.Next, series.Approver = true, putBackWhy(asOf), time.Time{}, ""
	return true
}

// WasPutBack says whether PutBack stopped the series, of the same time.
func (series Series) WasPutBack(asOf time.Time) bool {
	return series.Stopped && series.Why == putBackWhy(asOf)
}

// CallsSince names calls of a broadcast whose ids are not known, because the database was put back as it stood before them. The zero value
// is none.
type CallsSince struct {
	Broadcast     string
	After, Before int64     // the numbers of the calls lie between
	Until         time.Time // the last of them was made before
}

// Has says whether an OutID of a call is one of them.
func (c CallsSince) Has(outID string) bool {
	call, ok := strings.CutPrefix(outID, c.Broadcast+"-")
	n, err := strconv.ParseInt(call, 10, 64)
	return ok && err == nil && c.After < n && n < c.Before
}
