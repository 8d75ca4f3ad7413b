package sends

import (
	"fmt"
	"slices"
	"strings"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/desk/page"
	"towncrier/desk/plot"
)

// Progress is how far a broadcast has come, and what can be done about it: the part of its page that is kept current.
type Progress struct {
	Broadcast wire.Broadcast
	wire.Progress
	Buttons []Button
	Help    []string // what is wrong, and what to do
	Numbers []Number
	Pace    string // how fast it goes, and until when
	Say     string // what is read out
	Plot    *plot.Bars
	Over    bool
	Seen    Seen
}

// Number is one of the large ones.
type Number struct{ Label, Says string }

// Seen is what an open page has shown: what it shows next never says less. The event's id carries it, so that a page which comes back, to this
// process or another, brings it along.
type Seen struct {
	Version                   int64
	Given, Delivered, Settled int
}

// readSeen reads what String wrote; anything else has seen nothing.
func readSeen(text string) (s Seen) {
	var read Seen
	if _, err := fmt.Sscanf(text, "%d.%d.%d.%d", &read.Version, &read.Given, &read.Delivered, &read.Settled); err == nil {
		s = read
	}
	return s
}

func (s Seen) String() string {
	return fmt.Sprintf("%d.%d.%d.%d", s.Version, s.Given, s.Delivered, s.Settled)
}

// watch looks at a broadcast again and again. It is read whole only when it changed.
type watch struct {
	v         *page.Visit
	broadcast wire.Broadcast
	seen      Seen
}

// look is how far the broadcast has come now. An answer that is older than what was seen is passed over: ok is false. Counts of final states
// never fall, by what they count; of a committee's residents they would when somebody moves away, and then stay as they were while it is sent.
func (w *watch) look(id string) (p *Progress, ok bool, err error) {
	counted, err := watchBroadcast.Do(w.v, one{ID: id})
	if err != nil || counted.Version < w.seen.Version {
		return nil, false, err
	}
	if w.broadcast.Version != counted.Version {
		if w.broadcast, err = getBroadcast.Do(w.v, one{ID: id}); err != nil {
			return nil, false, err
		}
	}
	b := w.broadcast
	p = &Progress{Broadcast: b, Progress: counted, Over: broadcast.Status(counted.Status).Over(), Buttons: buttons(w.v, b)}
	if !p.Over {
		keep(p.Given, w.seen.Given)
		keep(p.Delivered, w.seen.Delivered)
		keep(p.Settled, w.seen.Settled)
	}
	w.seen = Seen{counted.Version, value(p.Given), value(p.Delivered), value(p.Settled)}
	p.Seen = w.seen
	p.Help = help(b, counted)
	if !p.Few && value(p.Messages) > 0 {
		p.Numbers = []Number{{"已送达", number(p.Delivered)}, {"平台已收下", number(p.Given)}, {"没有成功", number(p.Failed)}, {"一共要发", number(p.Messages)}}
		p.Pace = pace(counted)
		p.Say = fmt.Sprintf("%s。已送达%s条，一共要发%s条。", b.StatusLabel, number(p.Delivered), number(p.Messages))
		p.Plot = states("progress", counted.Counts)
	}
	return p, true, nil
}

// keep has a count say no less than was seen.
func keep(n *int, seen int) {
	if n != nil {
		*n = max(*n, seen)
	}
}

func value(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

func number(n *int) string { return page.Number(value(n)) }

func pace(p wire.Progress) string {
	if p.Status != string(broadcast.Sending) {
		return ""
	}
	if p.Rate == 0 {
		return "速度还在统计。"
	}
	says := fmt.Sprintf("每分钟约%s条", number(&p.Rate))
	if !p.Ends.IsZero() {
		says += "，照这样大约" + p.Ends.In(broadcast.Zone).Format("15:04") + "发完"
	}
	return says + "。"
}

// help is what a colleague should know of where a broadcast stands, and do.
func help(b wire.Broadcast, p wire.Progress) []string {
	why := strings.TrimRight(b.Why, "。")
	say := func(more string) []string {
		if why == "" {
			return []string{more}
		}
		return []string{why + "。", more}
	}
	var all []string
	switch broadcast.Status(b.Status) {
	case broadcast.Draft:
		if all = []string{"还没有送审。"}; why != "" {
			all = []string{"被退回：" + why + "。", "修改后重新送审。"}
		}
	case broadcast.Submitted:
		all = []string{"等待审批。写过或改过它的人不能自己审批。"}
	case broadcast.Approved:
		all = []string{"已批准，还没有排期：排期以后才会发送。改内容或时间，需要重新审批。"}
	case broadcast.Scheduled:
		all = []string{"到时间自动开始发送。改内容或时间，需要重新审批。"}
	case broadcast.Held:
		all = say("现在没有发送。请没有写过它的审批员核对后确认；不再发送的，取消它。")
	case broadcast.Freezing:
		all = []string{"正在确定接收人名单，已确定" + b.FrozenLabel + "。"}
		if p.Frozen != nil {
			all = []string{"正在确定接收人名单，已确定" + number(p.Frozen) + "人。"}
		}
	case broadcast.Paused:
		all = say("没有发出的都停着。处理好以后按“继续发送”；不再发送的，取消它。")
	case broadcast.Cancelled:
		all = say("没有发出的不再发送。")
	case broadcast.Expired:
		all = []string{why + "。"}
	}
	return append(all, p.Notes...)
}

// tones are what states mean, in the order in which they are drawn.
var tones = []struct {
	state broadcast.State
	tone  plot.Tone
}{
	{broadcast.Delivered, plot.Good}, {broadcast.Accepted, plot.Going}, {broadcast.InFlight, plot.Going}, {broadcast.Pending, plot.Waiting},
	{broadcast.InDoubt, plot.Doubtful}, {broadcast.Unknown, plot.Doubtful}, {broadcast.Undelivered, plot.Bad}, {broadcast.Failed, plot.Bad},
	{broadcast.Withdrawn, plot.Neutral}, {broadcast.Lapsed, plot.Neutral},
}

// states are the messages of each channel by what became of them. What was planned only, and who gets nothing, are no messages.
func states(id string, counts []wire.StateCount) *plot.Bars {
	bars := &plot.Bars{ID: id, Title: "各渠道发到哪一步", Headings: []string{"渠道", "状态", "条数"}, Whole: true}
	for _, c := range counts {
		if c.Channel == "" || slices.ContainsFunc(bars.Bars, func(b plot.Bar) bool { return b.Label == c.ChannelLabel }) {
			continue
		}
		bar, all := plot.Bar{Label: c.ChannelLabel}, 0
		for _, t := range tones {
			for _, of := range counts {
				if of.Channel == c.Channel && of.State == string(t.state) && value(of.N) > 0 {
					bar.Parts = append(bar.Parts, plot.Part{Label: of.StateLabel, N: int64(*of.N), Says: number(of.N), Tone: t.tone})
					all += *of.N
				}
			}
		}
		if all > 0 {
			bar.Says = "共" + number(&all) + "条"
			bars.Bars = append(bars.Bars, bar)
		}
	}
	return bars
}

// AsOf says when the numbers were counted.
func (p *Progress) AsOf() string { return "截至" + p.At.In(broadcast.Zone).Format("15:04:05") }
