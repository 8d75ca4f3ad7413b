// Package notify tells staff by WeChat that something waits for them. What waits stands on their home page whether or not anybody was told: a
// message that is lost costs nothing, so none is ever repeated for safety.
package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"towncrier/audit"
	"towncrier/problem"
	"towncrier/staff"
)

// Kind is what a colleague chooses to hear of, or not.
type Kind string

const (
	Urgent   Kind = "urgent"
	Approval Kind = "approval"
	Returned Kind = "returned"
	Ticket   Kind = "ticket"
	Import   Kind = "import"
)

// Rule says of a kind what it stands for and when it may be told. Emergencies are told by SMS besides, by package emergency.
type Rule struct {
	Kind    Kind
	Label   string
	Hint    string
	AtNight bool
	Tasks   []string // kinds of what waits, as the API lists it
}

// Rules are all kinds, the most pressing first.
var Rules = []Rule{
	{Urgent, "紧急事项", "应急公告和应急群发待审批、办到一半，警报；夜里也提醒", true, []string{"emergency-approve", "emergency-stuck", "broadcast-emergency", "alarm"}},
	{Approval, "等我审批或确认", "同事送审的群发、定期发送、内容稿和答复，待确认的申请", false, []string{"broadcast-confirm", "broadcast-approve", "series-approve", "content-approve",
		"answer-approve", "stops-undo", "export-confirm", "invitation-confirm", "content-handed-in"}},
	{Returned, "退回给我的", "退回修改的群发、定期发送和内容稿", false, []string{"broadcast-returned", "series-returned", "content-returned"}},
	{Ticket, "我接手的留言到期", "今天到期或者已经逾期的", false, []string{"ticket-held"}},
	{Import, "我的导入有结果", "检查完了，或者导入结束了", false, []string{"import-judged", "import-ended"}},
}

// The hours in which what can wait is told, in the city's zone.
const (
	morning = 8
	evening = 20
)

const (
	// lease is how long no broadcast's call to the same account begins. It is longer than a call.
	lease   = 2 * time.Minute
	callFor = 30 * time.Second
	// KeepTold is how long it is known what somebody was told.
	KeepTold = 90 * 24 * time.Hour
)

// Thing is one thing that waits for somebody.
type Thing struct {
	Task  string // its kind
	Label string
	ID    string
	Since time.Time // when it began to wait: what comes back is another thing
}

func (t Thing) key() string {
	return t.Task + "/" + t.ID + "/" + strconv.FormatInt(t.Since.UnixMilli(), 10)
}

// Bound is a colleague with a WeChat account.
type Bound struct {
	Person   staff.Person
	OpenID   string
	Unwanted []Kind
}

// ErrBusy says that nothing may be sent to an account just now.
var ErrBusy = errors.New("a call to this account is under way or about to begin")

// Store keeps what somebody was told. Implementations are safe for concurrent use, by several processes too.
type Store interface {
	// Bound are the colleagues who have an account and are not disabled.
	Bound(ctx context.Context) ([]Bound, error)
	// Untold are those of keys of which a person was not told.
	Untold(ctx context.Context, person string, keys []string) ([]string, error)
	// Begin has a person told of keys, before they are: no other caller gets one of them, and until the lease ends no broadcast's call to the
	// same account begins. ErrBusy when a delivery to it is being sent, is in doubt, or is about to be sent, or when somebody else tells the person just now.
	Begin(ctx context.Context, person string, keys []string, now, until time.Time) (fresh []string, err error)
	// End ends the lease. again are keys of which the person was certainly not told.
	End(ctx context.Context, person string, again []string) error
	// Unwanted are the kinds that a person does not want to hear of.
	Unwanted(ctx context.Context, person string) ([]Kind, error)
	// Choose puts kinds in their place.
	Choose(ctx context.Context, person string, unwanted []Kind, act audit.Act) error
	// Forget deletes what was told before.
	Forget(ctx context.Context, before time.Time) error
}

// Message is what is said: nothing of residents, and no link that opens anything.
type Message struct {
	ID   string // at most one message goes under it
	What string
	More string
	N    int
	At   time.Time
}

// ErrNotNow is wrapped by a Sender that did certainly not send, and may later.
var ErrNotNow = errors.New("not sent for now")

// Sender sends a message to an account.
type Sender interface {
	Send(ctx context.Context, openid string, m Message) error
}

// Service tells staff. A staff message and a broadcast's call never reach an account at the same moment: see Store.Begin. Safe for concurrent use.
type Service struct {
	Store  Store
	Sender Sender
	// Waiting is all that waits for a person, first what harms most.
	Waiting func(ctx context.Context, p staff.Person) ([]Thing, error)
	Zone    func() *time.Location
	Now     func() time.Time
	Log     *slog.Logger
}

// Run makes a round every so often until ctx ends.
func (s *Service) Run(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if err := s.Round(ctx); err != nil && ctx.Err() == nil {
			s.Log.WarnContext(ctx, "staff are not told what waits for them", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Round tells everybody of what they were not told yet.
func (s *Service) Round(ctx context.Context) error {
	all, err := s.Store.Bound(ctx)
	var faults []error
	for _, b := range all {
		if err := s.tell(ctx, b); err != nil && !errors.Is(err, ErrBusy) {
			faults = append(faults, fmt.Errorf("tell %s: %w", b.Person.ID, err))
		}
	}
	return errors.Join(append(faults, err)...)
}

func (s *Service) tell(ctx context.Context, b Bound) error {
	wanted := s.wanted(b.Unwanted)
	if len(wanted) == 0 {
		return nil
	}
	waiting, err := s.Waiting(ctx, b.Person)
	if err != nil {
		return err
	}
	byKey := map[string]Thing{}
	var keys []string
	for _, t := range waiting {
		if slices.Contains(wanted, t.Task) {
			byKey[t.key()], keys = t, append(keys, t.key())
		}
	}
	if len(keys) == 0 {
		return nil
	}
	if keys, err = s.Store.Untold(ctx, b.Person.ID, keys); err != nil || len(keys) == 0 {
		return err
	}
	now := s.Now()
	keys, err = s.Store.Begin(ctx, b.Person.ID, keys, now, now.Add(lease))
	if err != nil || len(keys) == 0 {
		return err
	}
	call, cancel := context.WithTimeout(context.WithoutCancel(ctx), callFor)
	defer cancel()
	err = s.Sender.Send(call, b.OpenID, message(byKey[keys[0]], len(keys), b.Person.ID, now))
	var again []string
	if errors.Is(err, ErrNotNow) {
		again = keys
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), callFor)
	defer cancel()
	return errors.Join(err, s.Store.End(end, b.Person.ID, again))
}

// wanted are the kinds of tasks that somebody hears of now.
func (s *Service) wanted(unwanted []Kind) (tasks []string) {
	hour := s.Now().In(s.Zone()).Hour()
	night := hour < morning || hour >= evening
	for _, r := range Rules {
		if !slices.Contains(unwanted, r.Kind) && (!night || r.AtNight) {
			tasks = append(tasks, r.Tasks...)
		}
	}
	return tasks
}

func message(first Thing, n int, person string, now time.Time) Message {
	m := Message{ID: "N-" + person + "-" + strconv.FormatInt(now.UnixMilli(), 36), What: first.Label, More: "请登录工作台办理", N: n, At: now}
	if n > 1 {
		m.What, m.More = m.What+"等", fmt.Sprintf("共%d件，请登录工作台办理", n)
	}
	return m
}

// Unwanted are the kinds that a person does not want to hear of.
func (s *Service) Unwanted(ctx context.Context, person string) ([]Kind, error) {
	return s.Store.Unwanted(ctx, person)
}

// Choose has a person hear of some kinds, and of no others. *problem.Invalid for a kind that is none.
func (s *Service) Choose(ctx context.Context, person string, wanted []Kind) error {
	var unwanted []Kind
	for _, r := range Rules {
		if !slices.Contains(wanted, r.Kind) {
			unwanted = append(unwanted, r.Kind)
		}
	}
	for _, k := range wanted {
		if !slices.ContainsFunc(Rules, func(r Rule) bool { return r.Kind == k }) {
			return &problem.Invalid{Field: "wanted", Reason: "没有这一类：可选的见 get-my-notices"}
		}
	}
	return s.Store.Choose(ctx, person, unwanted, audit.Act{Actor: audit.Staff(person), Action: "staff.notices", Subject: person, At: s.Now()})
}

// Sweep deletes what nobody looks at any more.
func (s *Service) Sweep(ctx context.Context) error {
	return s.Store.Forget(ctx, s.Now().Add(-KeepTold))
}
