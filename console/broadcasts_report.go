package console

import (
	"context"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"towncrier/broadcast"
	"towncrier/roster"
	"towncrier/staff"
)

type moneyView struct {
	Amount int64  `json:"amount" doc:"In 1/1000 yuan"`
	Label  string `json:"label" example:"12.345元"`
}

func viewMoney(m broadcast.Money) moneyView { return moneyView{int64(m), m.String()} }

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

type reasonCount struct {
	Reason string `json:"reason"`
	Label  string `json:"label" doc:"In Chinese"`
	N      int    `json:"n"`
}

func viewReasons(left map[broadcast.Reason]int) []reasonCount {
	return each(slices.Sorted(maps.Keys(left)), func(why broadcast.Reason) reasonCount {
		return reasonCount{string(why), why.Label(), left[why]}
	})
}

type channelCount struct {
	Channel string `json:"channel"`
	Label   string `json:"label" doc:"In Chinese"`
	N       int    `json:"n"`
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
}

type passedView struct {
	Channel string `json:"channel"`
	Reason  string `json:"reason"`
	Label   string `json:"label" doc:"In Chinese"`
}

type sampleView struct {
	Resident  string       `json:"resident" doc:"Subject id"`
	Phone     string       `json:"phone,omitempty" doc:"Masked, always" example:"199****0001"`
	Committee string       `json:"committee,omitempty"`
	Community string       `json:"community,omitempty"`
	Channels  []string     `json:"channels" nullable:"false" doc:"In the order in which they are tried"`
	Reason    string       `json:"reason,omitempty" doc:"Why there is none"`
	Label     string       `json:"reason_label,omitempty" doc:"In Chinese"`
	Passed    []passedView `json:"passed" nullable:"false" doc:"Channels of the broadcast that are not used for them"`
	Text      string       `json:"text,omitempty" doc:"What they read on the first channel"`
}

func viewSample(s broadcast.Sample) sampleView {
	return sampleView{
		Resident: s.Resident, Phone: s.Phone, Committee: s.Committee, Community: s.Community,
		Channels: each(s.Plan.Channels, func(c broadcast.Channel) string { return string(c) }),
		Reason:   string(s.Plan.Reason), Label: s.Plan.Reason.Label(), Text: s.Text,
		Passed: each(s.Plan.Passed, func(p broadcast.Passed) passedView {
			return passedView{string(p.Channel), string(p.Reason), p.Reason.Label()}
		}),
	}
}

type previewView struct {
	Residents int            `json:"residents" doc:"Whom the audience names today"`
	First     []channelCount `json:"first" nullable:"false" doc:"Of them, by the channel that is tried first"`
	Left      []reasonCount  `json:"left" nullable:"false" doc:"Of them, who get nothing, and why"`
	Doubles   int            `json:"doubles" doc:"Who could get it twice, because fallback goes on from what may have arrived"`
	billView
	Faults []faultView  `json:"faults" nullable:"false"`
	Texts  []textView   `json:"texts" nullable:"false"`
	Sample []sampleView `json:"sample" nullable:"false" doc:"Some of the residents, picked at random"`
	Hash   string       `json:"hash,omitempty" doc:"What an approver says yes to; from submission on"`
}

func (a *api) previewBroadcast(ctx context.Context, who staff.Person, in *broadcastInput) (*reply[previewView], error) {
	p, err := a.Broadcasts.Preview(ctx, official(who), in.ID)
	if err != nil {
		return nil, err
	}
	return &reply[previewView]{previewView{
		Residents: p.Residents, Left: viewReasons(p.Left), Doubles: p.Doubles, billView: viewBill(p.Bill),
		First: each(slices.Sorted(maps.Keys(p.First)), func(c broadcast.Channel) channelCount {
			return channelCount{string(c), c.Label(), p.First[c]}
		}),
		Faults: each(p.Faults, func(f broadcast.Fault) faultView { return faultView{string(f.Channel), f.Variable, f.Text, f.Warning} }),
		Texts: each(slices.Sorted(maps.Keys(p.Texts)), func(c broadcast.Channel) textView {
			return textView{string(c), c.Label(), p.Texts[c]}
		}),
		Sample: each(p.Sample, viewSample), Hash: hex.EncodeToString(p.Hash),
	}}, nil
}

type stateCount struct {
	Channel      string `json:"channel,omitempty" doc:"Left out: of recipients without any"`
	ChannelLabel string `json:"channel_label,omitempty" doc:"In Chinese"`
	State        string `json:"state"`
	StateLabel   string `json:"state_label" doc:"In Chinese"`
	N            int    `json:"n"`
}

type reportView struct {
	Broadcast broadcastView `json:"broadcast"`
	Committee string        `json:"committee,omitempty" doc:"Code: only residents of this committee are counted, and no costs. A committee gets it of what the city sends"`
	Counts    []stateCount  `json:"counts" nullable:"false" doc:"Deliveries by channel and state"`
	Left      []reasonCount `json:"left" nullable:"false" doc:"Deliveries that are not to be sent, by reason"`
	Open      int           `json:"open" doc:"Deliveries that are still to be sent or settled"`
	Delivered int           `json:"delivered"`
	Doubles   int           `json:"doubles" doc:"Recipients whom more than one message may have reached"`
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

func (a *api) reportBroadcast(ctx context.Context, who staff.Person, in *broadcastInput) (*reply[reportView], error) {
	r, err := a.Broadcasts.Report(ctx, official(who), in.ID)
	if err != nil {
		return nil, err
	}
	v := reportView{
		Broadcast: viewBroadcast(r.Broadcast), Committee: r.Committee, Counts: []stateCount{}, Left: viewReasons(r.Left), Open: r.Open, Delivered: r.Delivered,
		Doubles: r.Doubles, Failures: each(r.Failures, viewFailure), Notes: append([]string{}, r.Notes...),
		billView: viewBill(r.Bill), Expected: viewBill(r.Broadcast.Expected), BilledTexts: r.Billed.Texts, BilledParts: r.Billed.Parts,
	}
	for _, channel := range slices.Sorted(maps.Keys(r.Counts)) {
		states := r.Counts[channel]
		for _, state := range slices.Sorted(maps.Keys(states)) {
			if states[state] > 0 {
				v.Counts = append(v.Counts, stateCount{string(channel), channel.Label(), string(state), state.Label(), states[state]})
			}
		}
	}
	return &reply[reportView]{v}, nil
}

type reachView struct {
	Committee  string `json:"committee,omitempty" doc:"Code; left out for residents of none, and for those who were erased since"`
	Recipients int    `json:"recipients"`
	Delivered  int    `json:"delivered" doc:"A receipt says so"`
	Accepted   int    `json:"accepted" doc:"May have arrived: accepted without a receipt, or in doubt"`
	Open       int    `json:"open" doc:"Still to be sent"`
	Missed     int    `json:"missed" doc:"Nothing went out, or it did not arrive"`
}

// reachBroadcast shows a committee how far a broadcast came with its own residents, its own broadcast or the city's.
func (a *api) reachBroadcast(ctx context.Context, who staff.Person, in *broadcastInput) (*reply[page[reachView]], error) {
	committee, err := a.reached(ctx, who, in.ID)
	if err != nil {
		return nil, err
	}
	all, err := a.Ledger.Reach(ctx, in.ID, committee)
	if err != nil {
		return nil, err
	}
	return &reply[page[reachView]]{page[reachView]{Items: each(all, func(r broadcast.Reach) reachView { return reachView(r) })}}, nil
}

// reached is the committee whose residents who may see in the ledger of a broadcast, "" for all. A committee sees its own residents: in
// what it sent, and in what the city sent.
func (a *api) reached(ctx context.Context, who staff.Person, id string) (committee string, err error) {
	by := official(who)
	_, err = a.Broadcasts.Find(ctx, by, id)
	return by.Committee, err
}

type deliveryView struct {
	ID           int64     `json:"id"`
	Recipient    int64     `json:"recipient" doc:"Within the broadcast, from 1"`
	Resident     string    `json:"resident,omitempty" doc:"Subject id; means nothing once the resident is erased, and is left out once the broadcast is forgotten"`
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

func (a *api) viewDelivery(d broadcast.Delivery) deliveryView {
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

func (a *api) listDeliveries(ctx context.Context, who staff.Person, in *listDeliveriesInput) (*reply[page[deliveryView]], error) {
	committee, err := a.reached(ctx, who, in.ID)
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
	if who.Role.May(staff.ReadResidents) {
		err = a.showNumbers(ctx, who, out.Items)
	}
	return &reply[page[deliveryView]]{out}, err
}

// showNumbers adds the masked numbers of residents who are still there, and still who's to see.
func (a *api) showNumbers(ctx context.Context, who staff.Person, deliveries []deliveryView) error {
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
