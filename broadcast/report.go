package broadcast

import (
	"context"
	"fmt"
	"slices"
	"time"

	"towncrier/newest"
	"towncrier/sms"
)

// Report is the progress of a broadcast so far.
type Report struct {
	Broadcast  Broadcast
	RowsAt     time.Time // when Left, Failures, Doubles, Billed and what can be sent again were counted; zero until they are, of ReportSoon
	Counting   bool      // they are being counted anew
	Committee  string    // code, when only residents of this committee are counted; Bill and Billed are empty then
	Audience   int       // how many people it is on: what is counted of fewer than Few would be about each of them
	Counts     map[Channel]map[State]int
	Left       map[Reason]int // deliveries that were not to be sent, by reason
	Failures   []Failure      // why deliveries failed or did not arrive, the most frequent first
	Open       int            // deliveries that are still to be sent or settled
	ToResend   int            // recipients whom Resend would send to now
	ToFallBack int            // recipients whom Fallback would take up now
	Delivered  int
	Doubles    int      // recipients that more than one message may have reached
	Notes      []string // what an official should know or can do now, in Chinese

	// Bill is Cost of texts that arrived, since others are not billed; CostMost with those that may still arrive; and Saved of those
	// that were not needed, because WeChat came first. Broadcast.Expected is what it is to be held against.
	Bill
	Billed Billed
}

// Failure counts deliveries that a provider said one code of.
type Failure struct {
	Channel Channel
	State   State  // Failed or Undelivered
	Class   string // an sms.Class; "" when the code does not tell
	Code    string // the provider's; "" when it named none
	Meaning string // of the code, for officials, in Chinese; "" when nobody knows it
	N       int
}

// Billed counts delivered texts of which the provider's receipt says as how many parts they are billed. One that was settled by
// asking the provider is not among them: its records do not say.
type Billed struct{ Texts, Parts int }

// Meaning is what a provider's code says.
type CodeInfo struct {
	Class sms.Class // of a message that did not go or did not arrive; "" when the code does not tell
	Text  string    // for officials, in Chinese; "" when nobody knows it
}

// Explain is what a code of a channel's provider says, as far as the Config knows.
func (s *Service) Explain(c Channel, code string) CodeInfo {
	if s.Meaning == nil || code == "" {
		return CodeInfo{}
	}
	return s.Meaning(c, code)
}

// Report counts from the tally and the rows behind it. A text costs as many parts as its receipt says; one whose receipt does not say
// is reckoned by today's template, and all by today's price. Of what the city sends, a committee gets a report on its own residents.
func (s *Service) Report(ctx context.Context, by Official, id string) (Report, error) {
	return s.report(ctx, by, id, s.countRows)
}

// ReportSoon is Report for who does not wait until the rows of a million deliveries are counted: with what was counted last.
func (s *Service) ReportSoon(ctx context.Context, by Official, id string) (Report, error) {
	return s.report(ctx, by, id, s.countRowsSoon)
}

func (s *Service) report(ctx context.Context, by Official, id string, countRows func(context.Context, Report, []Count) (newest.Answer[rowCounts], bool, error)) (Report, error) {
	b, err := s.Find(ctx, by, id)
	if err != nil {
		return Report{}, err
	}
	if !by.sees(b) {
		return s.reportOn(ctx, b, by.Committee)
	}
	r := begun(b)
	r.Bill.Parts = Parts(s.Texts(b)[SMS])
	tally, err := s.Store.Tally(ctx, id)
	for _, c := range tally {
		r.count(c)
	}
	var counted newest.Answer[rowCounts]
	if err == nil {
		counted, r.Counting, err = countRows(ctx, r, tally)
	}
	if err != nil {
		return Report{}, fmt.Errorf("report on a broadcast: %w", err)
	}
	rows := counted.Value
	r.RowsAt, r.Left, r.Failures, r.Doubles, r.Billed = counted.At, rows.left, slices.Clone(rows.failures), rows.doubles, rows.billed
	r.ToResend, r.ToFallBack = rows.missed, rows.lost
	s.explainFailures(r.Failures)
	r.reckon(Money(s.Price))
	r.Notes = s.outages(b)
	if r.ToFallBack > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("有%s结果不明：平台没有说明是否收下，也无法再查询，本人可能收到，也可能没有收到。可以让他们改走下一渠道（fallback），其中有人可能收到两次。",
			label(People(r.ToFallBack))))
	}
	return r, nil
}

// rowCounts is what a Report has from the rows of deliveries themselves: of a million it takes seconds.
type rowCounts struct {
	left         map[Reason]int
	failures     []Failure
	doubles      int
	billed       Billed
	missed, lost int // recipients whom Resend and Fallback would take up
	reach        []Reach
}

// rowCountsServe bounds for how long rows are not counted again; they are sooner once the tally has changed.
const rowCountsServe = time.Hour

// countRows counts the rows of a report's broadcast. No delivery changes its state without the tally, so that while this stands the last count does.
func (s *Service) countRows(ctx context.Context, r Report, tally []Count) (newest.Answer[rowCounts], bool, error) {
	b := r.Broadcast
	rows, err := s.rowCounts.Of(ctx, fmt.Sprint(b.ID, b.Version, tally), s.instant(), func(ctx context.Context) (rowCounts, error) { return s.rowsOf(ctx, r) })
	return rows, false, err
}

// countRowsSoon is countRows for who does not wait: the last count of the broadcast, while one for its tally of now is made. Of one broadcast one
// is made at a time.
func (s *Service) countRowsSoon(ctx context.Context, r Report, tally []Count) (newest.Answer[rowCounts], bool, error) {
	return s.rowsSoon.Soon(ctx, countPatience, r.Broadcast.ID, s.instant(), func(ctx context.Context) (rowCounts, error) {
		rows, _, err := s.countRows(ctx, r, tally)
		return rows.Value, err
	})
}

func (s *Service) rowsOf(ctx context.Context, r Report) (rows rowCounts, err error) {
	b := r.Broadcast
	if rows.left, err = s.Store.Reasons(ctx, b.ID); err != nil {
		return rows, err
	}
	if rows.failures, err = s.Store.Failures(ctx, b.ID); err != nil {
		return rows, err
	}
	if rows.doubles, err = s.Store.Doubles(ctx, b.ID); err != nil {
		return rows, err
	}
	if rows.billed, err = s.Store.Billed(ctx, b.ID); err != nil {
		return rows, err
	}
	if rows.reach, err = s.Store.Reach(ctx, b.ID, ""); err != nil {
		return rows, err
	}
	return rows, s.again(ctx, r, &rows)
}

// again counts whom an official can have something sent to once more.
func (s *Service) again(ctx context.Context, r Report, rows *rowCounts) (err error) {
	b := r.Broadcast
	if !b.ForgottenAt.IsZero() {
		return nil
	}
	if _, ok := b.Status.After(Resends); ok && r.Failed() > 0 {
		if rows.missed, err = s.Store.Missed(ctx, b.ID, b.Round+1); err != nil {
			return err
		}
	}
	if _, ok := b.Status.After(FallsBack); ok && r.in(Unknown) > 0 && r.in(Planned) > 0 {
		rows.lost, err = s.Store.Lost(ctx, b.ID)
	}
	return err
}

// outages says which channels of a broadcast that goes on stand still because their provider's answers leave messages in doubt.
func (s *Service) outages(b Broadcast) (notes []string) {
	if s.Outage == nil || b.Status != Sending && b.Status != Paused {
		return nil
	}
	for _, m := range b.Messages {
		if o := s.Outage(m.Channel); o.Open {
			notes = append(notes, fmt.Sprintf("%s暂停发送：从%s起，平台没有给出可靠的回答。已经提交的不会重复发送；系统会在%s左右再试，恢复后自动继续。",
				m.Channel.Label(), o.Since.In(Zone).Format("15:04"), o.Next.In(Zone).Format("15:04:05")))
		}
	}
	return notes
}

// CommitteeCounts are what a Report counts, of one committee's residents.
type CommitteeCounts struct {
	Counts   []Count
	Reasons  map[Reason]int
	Failures []Failure
	Doubles  int
}

// reportOn counts the residents of one committee among the recipients of b. What it costs is the city's affair.
func (s *Service) reportOn(ctx context.Context, b Broadcast, committee string) (Report, error) {
	counted, err := s.Store.CommitteeCounts(ctx, b.ID, committee)
	var reach []Reach
	if err == nil {
		reach, err = s.Store.Reach(ctx, b.ID, committee)
	}
	if err != nil {
		return Report{}, fmt.Errorf("report on a broadcast: %w", err)
	}
	r := Report{Broadcast: b, Committee: committee, Counts: map[Channel]map[State]int{}, Left: counted.Reasons, Failures: counted.Failures, Doubles: counted.Doubles}
	for _, of := range reach {
		r.Audience += of.Recipients
	}
	s.explainFailures(r.Failures)
	for _, c := range counted.Counts {
		r.count(c)
	}
	return r, nil
}

func (s *Service) explainFailures(failures []Failure) {
	for i, f := range failures {
		failures[i].Meaning = s.Explain(f.Channel, f.Code).Text
	}
}

func (r *Report) count(c Count) {
	if r.Counts[c.Channel] == nil {
		r.Counts[c.Channel] = map[State]int{}
	}
	r.Counts[c.Channel][c.State] += c.N
	if c.State == Delivered {
		r.Delivered += c.N
	}
	if !c.State.Settled() && c.State != Planned {
		r.Open += c.N
	}
}

// reckon adds up what texts cost, may still cost, and would have cost, at a price a part.
func (r *Report) reckon(price Money) {
	texts, each := r.Counts[SMS], Money(r.Parts)*price
	unsaid := max(0, texts[Delivered]-r.Billed.Texts) // a receipt may come between the two countings
	r.Cost = Money(r.Billed.Parts)*price + Money(unsaid)*each
	r.CostMost = r.Cost
	for _, s := range []State{Pending, InFlight, Accepted, InDoubt, Unknown} {
		r.CostMost += Money(texts[s]) * each
	}
	r.Saved = Money(texts[Planned]) * each
}
