// Package emergency declares what cannot wait: one act writes a notice, an answer and a broadcast from a city's template, one approver who
// wrote nothing of it approves all of them by one hash, and one act says that it is over.
//
//	          Approve, by another           published, then sent            End, by one
//	submitted ──────────────────> approved ─────────────────────> out ───────────────────> ending ──> ended
//	    └── Drop ──> dropped          └── what is left of it is done by any process, again and again until it is done
//
// The hash is over all that residents will read, the words for the end included, and to whom it goes; not over the content in force, so
// that whatever is published meanwhile is kept. Nothing is sent that is not published, and nothing twice: the ids of the notice and of
// both broadcasts are drawn when it is declared, and every step looks first whether it was taken.
package emergency

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"towncrier/broadcast"
	"towncrier/content"
	"towncrier/problem"
)

// Status is where an emergency stands.
type Status string

const (
	Submitted Status = "submitted"
	Approved  Status = "approved" // being published and sent
	Out       Status = "out"
	Ending    Status = "ending"
	Ended     Status = "ended"
	Dropped   Status = "dropped"
)

// Label is what officials read.
func (s Status) Label() string {
	return map[Status]string{Submitted: "待审批", Approved: "已批准，正在发布", Out: "已发布", Ending: "正在结束", Ended: "已结束", Dropped: "已作废"}[s]
}

// Emergency is one that somebody declared.
type Emergency struct {
	ID       string // "E" and 10 letters and digits; of its notice, too
	Version  int
	Status   Status
	Template string            // its id
	Title    string            // of the template
	Fields   map[string]string // as they were filled in
	Labels   map[string]string // of the fields
	Topic    string
	Audience broadcast.Rule
	Answer   content.EmergencyAnswer
	Says     content.Statement
	Ends     content.Statement // with {ended} where its time will stand
	Texts    []string          // what residents read on each channel, of both
	Worse    []string          // known questions that are answered worse by it; accepted with it
	Warnings []string          // names of the broadcast's warnings, and that the known questions were not tried; accepted with it
	Hash     []byte

	Author     string // staff ids
	Approver   string
	PausedBy   string // before anything was sent
	EndedBy    string
	DeclaredAt time.Time
	ApprovedAt time.Time
	PausedAt   time.Time
	EndedAt    time.Time
	ChangedAt  time.Time

	Revision  int    // in which it was published
	Broadcast string // ids
	AllClear  string
	Why       string // it was dropped, or does not go on
	Told      []Told
}

// Told is what became of telling an approver.
type Told struct {
	Staff string
	Event Event
	State TellState
}

// Event is what approvers are told.
type Event string

const (
	Waits   Event = "waits"    // for their approval
	WentOut Event = "went-out" // and can be paused
)

// Label is what officials read.
func (e Event) Label() string { return map[Event]string{Waits: "待审批", WentOut: "已发布"}[e] }

var (
	ErrNone = problem.NotFound("没有这个应急公告：请核对编号，见应急公告列表")
	// ErrOwn says that who declared an emergency may not approve it.
	ErrOwn = errors.New("这是您自己写的：须由另一位同事审批")
	// ErrHash says that what was looked at is not what would go out.
	ErrHash = errors.New("校验值不对，或者模板、短信签名在写好之后改过：请重新查看；改过模板的，请作废后重写")
	// ErrRight says that somebody may approve no emergency.
	ErrRight = errors.New("您没有发送应急群发的权限：请审批员办理")
	// ErrMany says that somebody has too many that wait.
	ErrMany = errors.New("您有20个应急公告等待审批，不能再写：请先请人审批，或作废不用的")
	// ErrNotPaused says that there is nothing to go on with.
	ErrNotPaused = errors.New("没有暂停，不用恢复")
)

// StatusError says that an emergency does not stand where an act needs it.
type StatusError struct{ Status Status }

func (e *StatusError) Error() string {
	return "应急公告现在是“" + e.Status.Label() + "”，不能这样办"
}

func newID() string { return "E" + strings.ToUpper(rand.Text()[:10]) }

// EndID is of the notice that says that it is over.
func (e Emergency) EndID() string { return e.ID + "-end" }

// hash is over what two people sign.
func (e Emergency) hash() []byte {
	signed, err := json.Marshal(struct {
		Form, ID, Template, Title, Topic string
		DeclaredAt                       time.Time
		Audience                         broadcast.Rule
		Answer                           content.EmergencyAnswer
		Says, Ends                       content.Statement
		Texts, Worse, Warnings           []string
	}{"towncrier emergency 1", e.ID, e.Template, e.Title, e.Topic, e.DeclaredAt, e.Audience, e.Answer, e.Says, e.Ends, e.Texts, e.Worse, e.Warnings})
	if err != nil {
		panic(err) // texts, lists and times: nothing that JSON lacks
	}
	sum := sha256.Sum256(signed)
	return sum[:]
}

// proposal is the broadcast of a statement that stands in a notice.
func (e Emergency) proposal(s content.Statement, notice string) broadcast.Proposal {
	p := broadcast.Proposal{Title: s.Headline, Topic: e.Topic, Audience: e.Audience, Emergency: true}
	for i := range s.Passages {
		p.Cites = append(p.Cites, broadcast.Cite{Notice: notice, Passage: i + 1})
	}
	for _, m := range s.Messages {
		p.Messages = append(p.Messages, broadcast.Message{Channel: broadcast.Channel(m.Channel), Template: m.Template, Data: m.Data, URL: m.URL})
	}
	return p
}
