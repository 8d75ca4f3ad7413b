package api

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/roster"
	"towncrier/staff"
)

// billView is what texts cost; WeChat costs nothing.
type billView struct {
	Parts    int       `json:"parts" doc:"That a text is billed as, by its template and values; 0 without texts"`
	Cost     moneyView `json:"cost" doc:"Before sending: when every first channel works. In a report: of the texts that arrived, since others are not billed"`
	CostMost moneyView `json:"cost_most" doc:"Before sending: when nothing works but texts. In a report: with those that may still arrive"`
	Saved    moneyView `json:"saved" doc:"Of the texts that are not needed where WeChat, tried first, works"`
}

func viewBill(b broadcast.Bill) billView {
	return billView{b.Parts, viewMoney(b.Cost), viewMoney(b.CostMost), viewMoney(b.Saved)}
}

type textView struct {
	Channel string `json:"channel"`
	Label   string `json:"label" doc:"In Chinese"`
	Text    string `json:"text" doc:"What residents read; of an SMS with its sign"`
}

type faultView struct {
	Channel  string `json:"channel,omitempty"`
	Variable string `json:"variable,omitempty" doc:"Of the channel's template"`
	Text     string `json:"text" doc:"What is wrong and what would be right, in Chinese"`
	Warning  bool   `json:"warning" doc:"Worth a look; what is none keeps it from being submitted"`
	Name     string `json:"name,omitempty" doc:"Of a warning that must be accepted, by name, to submit and to approve" example:"deadline:N2#4"`
}

func viewFault(f broadcast.Fault) faultView {
	return faultView{string(f.Channel), f.Variable, f.Text, f.Warning, f.Name}
}

type passedView struct {
	Channel string `json:"channel"`
	Reason  string `json:"reason"`
	Label   string `json:"label" doc:"In Chinese"`
}

type sampleView struct {
	Resident  string       `json:"resident,omitempty" doc:"Subject id; for who may read residents"`
	Phone     string       `json:"phone,omitempty" doc:"Masked, always; for who may read residents" example:"199****0001"`
	Committee string       `json:"committee,omitempty"`
	Community string       `json:"community,omitempty"`
	Channel   string       `json:"channel,omitempty" doc:"That is tried first; left out when they get nothing"`
	Channels  []string     `json:"channels" nullable:"false" doc:"In the order in which they are tried; for who may read residents"`
	Reason    string       `json:"reason,omitempty" doc:"Why there is none; for who may read residents"`
	Label     string       `json:"reason_label,omitempty" doc:"In Chinese"`
	Passed    []passedView `json:"passed" nullable:"false" doc:"Channels of the broadcast that are not used for them; for who may read residents"`
	Text      string       `json:"text,omitempty" doc:"What they read on the first channel"`
}

func viewSample(s broadcast.Sample) sampleView {
	return sampleView{
		Resident: s.Resident, Phone: s.Phone, Committee: s.Committee, Community: s.Community, Channel: string(s.Channel),
		Channels: each(s.Plan.Channels, func(c broadcast.Channel) string { return string(c) }),
		Reason:   string(s.Plan.Reason), Label: s.Plan.Reason.Label(), Text: s.Text,
		Passed: each(s.Plan.Passed, func(p broadcast.Passed) passedView {
			return passedView{string(p.Channel), string(p.Reason), p.Reason.Label()}
		}),
	}
}

type previewView struct {
	Residents    *int           `json:"residents" doc:"Whom the audience names today; null when they are fewer than ten, or the audience is a list"`
	People       string         `json:"residents_label" doc:"residents in words, in Chinese" example:"少于10人"`
	SelfDeclared *int           `json:"self_declared" doc:"Of them, whose committee or community only they themselves said, unchecked; null below ten, 0 when the audience names no place"`
	Declared     string         `json:"self_declared_label" doc:"self_declared in words, in Chinese" example:"少于10人"`
	First        []channelCount `json:"first" nullable:"false" doc:"Of them, by the channel that is tried first"`
	Left         []reasonCount  `json:"left" nullable:"false" doc:"Of them, who get nothing, and why"`
	Doubles      *int           `json:"doubles" doc:"Who could get it twice, because fallback goes on from what may have arrived; null below ten"`
	Twice        string         `json:"doubles_label" doc:"doubles in words, in Chinese"`
	billView
	Faults []faultView  `json:"faults" nullable:"false"`
	Texts  []textView   `json:"texts" nullable:"false"`
	Sample []sampleView `json:"sample" nullable:"false" doc:"Some of the residents, picked at random; none of an audience below ten, or by list"`
	Hash   string       `json:"hash,omitempty" doc:"What an approver says yes to; from submission on"`
}

func (a *server) previewBroadcast(ctx context.Context, who staff.Person, in *broadcastInput) (*reply[previewView], error) {
	done, err := a.counting.begin(who.ID)
	if err != nil {
		return nil, err
	}
	defer done()
	p, err := a.Broadcasts.Preview(ctx, official(who), in.ID)
	if err != nil {
		return nil, err
	}
	if p.Sample, err = a.sampleFor(ctx, who, in.ID, p.Sample); err != nil {
		return nil, err
	}
	if err := a.record(ctx, who, "broadcast.preview", in.ID, fmt.Sprintf("sample=%d", len(p.Sample))); err != nil {
		return nil, err
	}
	as := shownAs(p.AnyFew())
	v := previewView{
		Left: viewReasons(p.Left, as), billView: a.expectedBill(p.Bill, as),
		First: each(slices.Sorted(maps.Keys(p.First)), func(c broadcast.Channel) channelCount {
			n, label := as(p.First[c])
			return channelCount{string(c), c.Label(), n, label}
		}),
		Faults: each(p.Faults, viewFault),
		Texts: each(slices.Sorted(maps.Keys(p.Texts)), func(c broadcast.Channel) textView {
			return textView{string(c), c.Label(), p.Texts[c]}
		}),
		Sample: each(p.Sample, viewSample), Hash: hex.EncodeToString(p.Hash),
	}
	switch {
	case p.Counted:
		v.Residents, v.People = as(p.Residents)
		v.SelfDeclared, v.Declared = shownAs(p.AnyFew() || broadcast.AnyFew(p.SelfDeclared, p.Residents-p.SelfDeclared))(p.SelfDeclared)
		v.Doubles, v.Twice = as(p.Doubles)
	case p.Lines > 0:
		v.Residents, v.People = broadcast.AtMost(p.Lines)
		v.billView = a.listBill(p.Parts, p.Lines)
	default:
		v.People = "未统计"
		v.billView = billView{p.Parts, uncounted, uncounted, uncounted}
	}
	return &reply[previewView]{v}, nil
}

// sampleFor is what who may see of a sample. That they see who somebody is, is recorded first.
func (a *server) sampleFor(ctx context.Context, who staff.Person, id string, sample []broadcast.Sample) ([]broadcast.Sample, error) {
	if !who.Role.May(staff.WriteBroadcasts) && !who.Role.May(staff.ApproveBroadcasts) && !who.Role.May(staff.ReadResidents) {
		return nil, nil
	}
	for _, s := range sample {
		if s.Resident == "" {
			continue
		}
		act := audit.Act{Actor: audit.Staff(who.ID), Action: "resident.read", Subject: s.Resident, Detail: "sample of " + id, At: a.Now()}
		if err := a.Audit.Record(ctx, act); err != nil {
			return nil, err
		}
	}
	return sample, nil
}

type stateCount struct {
	Channel      string `json:"channel,omitempty" doc:"Left out: of recipients without any"`
	ChannelLabel string `json:"channel_label,omitempty" doc:"In Chinese"`
	State        string `json:"state"`
	StateLabel   string `json:"state_label" doc:"In Chinese"`
	N            *int   `json:"n" doc:"null: who is not sent to, below ten"`
	NLabel       string `json:"n_label" doc:"n in words, in Chinese"`
}

type reportView struct {
	Broadcast broadcastView `json:"broadcast"`
	Committee string        `json:"committee,omitempty" doc:"Code: only residents of this committee are counted, and no costs. A committee gets it of what the city sends"`
	Few       bool          `json:"few" doc:"It is on fewer than ten people: nothing is counted"`
	Counts    []stateCount  `json:"counts" nullable:"false" doc:"Deliveries by channel and state"`
	Left      []reasonCount `json:"left" nullable:"false" doc:"Deliveries that are not to be sent, by reason"`
	Open      *int          `json:"open" doc:"Deliveries that are still to be sent or settled; null when it is on few people"`
	Delivered *int          `json:"delivered" doc:"null when it is on few people"`
	Doubles   *int          `json:"doubles" doc:"Recipients whom more than one message may have reached; null when it is on few people"`
	Failures  []failureView `json:"failures" nullable:"false" doc:"Why deliveries failed or did not arrive, the most frequent first"`
	Notes     []string      `json:"notes" nullable:"false" doc:"What an official should know or can do now, such as an outage of a platform, in Chinese"`
	billView
	Expected    billView `json:"expected" doc:"When it was submitted, and as it was approved"`
	BilledTexts int      `json:"billed_texts" doc:"Texts that arrived, of which the receipt says how many parts are billed. The others are reckoned by the template"`
	BilledParts int      `json:"billed_parts" doc:"Of these texts"`
}

type failureView struct {
	Channel      string `json:"channel"`
	ChannelLabel string `json:"channel_label" doc:"In Chinese"`
	State        string `json:"state" enum:"failed,undelivered"`
	StateLabel   string `json:"state_label" doc:"In Chinese"`
	Class        string `json:"class,omitempty"`
	Code         string `json:"code,omitempty" doc:"The provider's"`
	CodeLabel    string `json:"code_label,omitempty" doc:"What the code says, in Chinese"`
	N            int    `json:"n"`
}

func viewFailure(f broadcast.Failure) failureView {
	return failureView{string(f.Channel), f.Channel.Label(), string(f.State), f.State.Label(), f.Class, f.Code, f.Meaning, f.N}
}

func (a *server) reportBroadcast(ctx context.Context, who staff.Person, in *broadcastInput) (*reply[reportView], error) {
	r, err := a.Broadcasts.Report(ctx, official(who), in.ID)
	if err != nil {
		return nil, err
	}
	var reach []broadcast.Reach
	if r.Committee != "" {
		if reach, err = a.Ledger.Reach(ctx, in.ID, r.Committee); err != nil {
			return nil, err
		}
	}
	v := reportView{Broadcast: a.viewBroadcast(ctx, r.Broadcast), Committee: r.Committee, Counts: []stateCount{}, Left: []reasonCount{}, Failures: []failureView{}, Notes: append([]string{}, r.Notes...)}
	v.Expected = v.Broadcast.Expected
	if v.Few = broadcast.AnyFew(audienceOf(r, reach)); v.Few {
		v.billView = billView{r.Parts, untold, untold, untold}
		return &reply[reportView]{v}, nil
	}
	v.Left, v.Open, v.Delivered, v.Doubles = viewReasons(r.Left, broadcast.People), &r.Open, &r.Delivered, &r.Doubles
	v.Failures, v.billView = each(r.Failures, viewFailure), viewBill(r.Bill)
	v.BilledTexts, v.BilledParts = r.Billed.Texts, r.Billed.Parts
	for _, channel := range slices.Sorted(maps.Keys(r.Counts)) {
		states := r.Counts[channel]
		for _, state := range slices.Sorted(maps.Keys(states)) {
			if states[state] == 0 {
				continue
			}
			count := states[state]
			c := stateCount{string(channel), channel.Label(), string(state), state.Label(), &count, fmt.Sprint(count)}
			if state == broadcast.Suppressed {
				c.N, c.NLabel = broadcast.People(count)
			}
			v.Counts = append(v.Counts, c)
		}
	}
	return &reply[reportView]{v}, nil
}

// reachView is of one committee. Its counts are null where they are few, or would tell one that is.
type reachView struct {
	Committee       string `json:"committee,omitempty" doc:"Code; left out for residents of none, and for those who were erased since"`
	Recipients      *int   `json:"recipients"`
	RecipientsLabel string `json:"recipients_label" doc:"recipients in words, in Chinese" example:"少于10人"`
	Delivered       *int   `json:"delivered" doc:"A receipt says so"`
	Accepted        *int   `json:"accepted" doc:"May have arrived: accepted without a receipt, or in doubt"`
	Open            *int   `json:"open" doc:"Still to be sent"`
	Missed          *int   `json:"missed" doc:"Nothing went out, or it did not arrive"`
}

// reachBroadcast shows a committee how far a broadcast came with its own residents, its own broadcast or the city's.
func (a *server) reachBroadcast(ctx context.Context, who staff.Person, in *broadcastInput) (*reply[page[reachView]], error) {
	committee, err := a.reached(ctx, who, in.ID)
	if err != nil {
		return nil, err
	}
	all, err := a.Ledger.Reach(ctx, in.ID, committee)
	if err != nil {
		return nil, err
	}
	return &reply[page[reachView]]{page[reachView]{Items: viewReach(all)}}, nil
}

// reached is the committee whose residents who may see in the ledger of a broadcast, "" for all. A committee sees its own residents: in
// what it sent, and in what the city sent.
func (a *server) reached(ctx context.Context, who staff.Person, id string) (committee string, err error) {
	by := official(who)
	_, err = a.Broadcasts.Find(ctx, by, id)
	return by.Committee, err
}

type deliveryView struct {
	ID           int64     `json:"id"`
	Recipient    int64     `json:"recipient" doc:"Within the broadcast, from 1"`
	Resident     string    `json:"resident,omitempty" doc:"Subject id, for who may read residents; means nothing once the resident is erased, and is left out once the broadcast is forgotten"`
	Phone        string    `json:"phone,omitempty" doc:"Masked, always; for who may read residents"`
	Channel      string    `json:"channel,omitempty" doc:"Left out: none was there"`
	ChannelLabel string    `json:"channel_label,omitempty" doc:"In Chinese"`
	Round        int       `json:"round"`
	State        string    `json:"state"`
	StateLabel   string    `json:"state_label" doc:"In Chinese"`
	Class        string    `json:"class,omitempty" doc:"Of a failure"`
	Code         string    `json:"code,omitempty" doc:"The provider's"`
	CodeLabel    string    `json:"code_label,omitempty" doc:"What the code says, in Chinese"`
	Reason       string    `json:"reason,omitempty"`
	ReasonLabel  string    `json:"reason_label,omitempty" doc:"In Chinese"`
	Handle       string    `json:"handle,omitempty" doc:"The provider's own id of it, to ask there"`
	Tries        int       `json:"tries"`
	SentAt       time.Time `json:"sent_at,omitzero"`
	UpdatedAt    time.Time `json:"updated_at"`
}

func (a *server) viewDelivery(d broadcast.Delivery) deliveryView {
	return deliveryView{
		ID: d.ID, Recipient: d.Recipient, Resident: d.Subject, Channel: string(d.Channel), ChannelLabel: d.Channel.Label(), Round: d.Round,
		State: string(d.State), StateLabel: d.State.Label(), Class: d.Class, Code: d.Code,
		CodeLabel: a.Broadcasts.Explain(d.Channel, d.Code).Text, Reason: string(d.Reason), ReasonLabel: d.Reason.Label(),
		Handle: d.Handle, Tries: d.Tries, SentAt: d.SentAt, UpdatedAt: d.UpdatedAt,
	}
}

type listDeliveriesInput struct {
	ID      string `path:"id" pattern:"^B[A-Z2-7]{10}$" patternDescription:"B and 10 letters and digits"`
	After   string `query:"after" maxLength:"20" doc:"next of the page before"`
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	State   string `query:"state" enum:"planned,pending,sending,accepted,delivered,undelivered,failed,in_doubt,unknown,suppressed,cancelled,expired"`
	Channel string `query:"channel" enum:"subscription,template,sms"`
	Round   int    `query:"round" minimum:"1"`
}

func (a *server) listDeliveries(ctx context.Context, who staff.Person, in *listDeliveriesInput) (*reply[page[deliveryView]], error) {
	committee, err := a.reached(ctx, who, in.ID)
	if err == nil {
		err = a.mayEnumerate(ctx, who, in.ID)
	}
	if err != nil {
		return nil, err
	}
	var after int64
	if in.After != "" {
		if after, err = strconv.ParseInt(in.After, 10, 64); err != nil || after <= 0 {
			return nil, badCursor()
		}
	}
	f := broadcast.DeliveryFilter{State: broadcast.State(in.State), Channel: broadcast.Channel(in.Channel), Round: in.Round, Committee: committee}
	found, next, err := a.Ledger.Deliveries(ctx, in.ID, f, after, in.Limit)
	if err != nil {
		return nil, err
	}
	out := page[deliveryView]{Items: each(found, a.viewDelivery)}
	if next != 0 {
		out.Next = strconv.FormatInt(next, 10)
	}
	if err := a.record(ctx, who, "broadcast.deliveries", in.ID, fmt.Sprintf("deliveries=%d", len(out.Items))); err != nil {
		return nil, err
	}
	if who.Role.May(staff.ReadResidents) {
		return &reply[page[deliveryView]]{out}, a.showNumbers(ctx, who, out.Items)
	}
	for i := range out.Items {
		out.Items[i].Resident = ""
	}
	return &reply[page[deliveryView]]{out}, nil
}

// mayEnumerate refuses to count a small audience out, row by row, to who may not read residents.
func (a *server) mayEnumerate(ctx context.Context, who staff.Person, id string) error {
	if who.Role.May(staff.ReadResidents) {
		return nil
	}
	b, err := a.Broadcasts.Find(ctx, official(who), id)
	if err == nil && broadcast.AnyFew(b.Frozen) {
		err = refuse(http.StatusForbidden, "few", "这条通知的接收人少于10人，只有可以查看居民信息的人员才能逐条查看")
	}
	return err
}

// showNumbers adds the masked numbers of residents who are still there, and still who's to see.
func (a *server) showNumbers(ctx context.Context, who staff.Person, deliveries []deliveryView) error {
	for i := range deliveries {
		r, err := a.Roster.Get(ctx, deliveries[i].Resident)
		switch {
		case errors.Is(err, roster.ErrNotFound) || err == nil && !who.Sees(r.Committee):
		case err != nil:
			return err
		default:
			deliveries[i].Phone = r.Phone.Masked()
		}
	}
	return nil
}
