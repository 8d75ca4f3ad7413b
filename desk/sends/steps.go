package sends

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/desk/page"
	"towncrier/staff"
)

// step is something that a colleague can do with a broadcast. Whether its status lets them is asked of the domain.
type step struct {
	broadcast.Step // "" when every status does
	act            page.AnyAct
	may            []condition
	Label, Kind    string
	path           string // below the broadcast's own
	post           bool   // done by one press; else it leads to a page
}

// condition is what else must be so of a broadcast and the colleague who looks at it.
type condition func(v *page.Visit, b wire.Broadcast) bool

// steps are all there are, the most urgent first.
var steps = []step{
	{broadcast.Pauses, pauseBroadcast, []condition{own}, "暂停", "danger primary", "/pause", true},
	{broadcast.Resumes, resumeBroadcast, []condition{own, released}, "继续发送", "primary", "/resume", true},
	{broadcast.Approves, approveBroadcast, []condition{own, others, released}, "看内容并审批", "primary", "/approve", false},
	{broadcast.Confirms, confirmBroadcast, []condition{own, others, released}, "看内容并确认", "primary", "/approve", false},
	{broadcast.Schedules, scheduleBroadcast, []condition{own, released, inTime}, "排期", "primary", "/schedule", true},
	{broadcast.Edits, changeBroadcast, []condition{own, unsent}, "修改", "", "/edit", false},
	{broadcast.Cancels, cancelBroadcast, []condition{own, notMyDraft}, "取消发送", "danger", "/cancel", false},
	{"", deleteBroadcast, []condition{own, myDraft}, "删除草稿", "danger", "/delete", false},
	{"", copyBroadcast, nil, "复制为新草稿", "", "/copy", true},
}

func own(v *page.Visit, b wire.Broadcast) bool {
	return v.Person.Committee == "" || v.Person.Committee == b.Proposal.Committee
}
func others(v *page.Visit, b wire.Broadcast) bool { return !slices.Contains(b.Editors, v.Person.ID) }
func released(v *page.Visit, b wire.Broadcast) bool {
	return !b.Emergency || v.Person.Role.May(staff.SendEmergency)
}
func unsent(_ *page.Visit, b wire.Broadcast) bool { return b.BegunAt.IsZero() }
func myDraft(v *page.Visit, b wire.Broadcast) bool {
	return b.Status == string(broadcast.Draft) && !others(v, b) && b.PutBackAt.IsZero()
}
func notMyDraft(v *page.Visit, b wire.Broadcast) bool { return !myDraft(v, b) }
func inTime(v *page.Visit, b wire.Broadcast) bool {
	return b.Proposal.ExpireAt.IsZero() || v.Now().Before(b.Proposal.ExpireAt)
}

func (s step) fits(v *page.Visit, b wire.Broadcast) bool {
	if s.Step != "" {
		if _, ok := broadcast.Status(b.Status).After(s.Step); !ok {
			return false
		}
	}
	return v.May(s.act) && !slices.ContainsFunc(s.may, func(c condition) bool { return !c(v, b) })
}

// Button is a step that can be taken now. It is a form of its own when it is taken by one press.
type Button struct {
	page.Form
	ID, Label, Kind, Path string
	Post                  bool
	What                  string // the broadcast's title, for who hears the button alone
}

// buttons are the steps that this colleague can take now. Those of one version of a broadcast are done once, on however many pages they are pressed.
func buttons(v *page.Visit, b wire.Broadcast) (all []Button) {
	for _, s := range steps {
		if s.fits(v, b) {
			all = append(all, Button{page.Form{Nonce: fmt.Sprintf("%s-%d", strings.ToLower(b.ID), b.Version)}, s.path[1:], s.Label, s.Kind, pathOf(b.ID) + s.path, s.post, b.Proposal.Title})
		}
	}
	return all
}

func registerSteps(k *page.Kit) {
	for word, sentence := range map[string]string{
		"paused": "已暂停：没有发出的都停下了。已经交给平台的还会有回执。", "resumed": "已继续发送。", "timed": "已排期：到时间自动开始发送。", "cancelled": "已取消：没有发出的不再发送。",
		"copied": "这是新的草稿：时间没有复制，请重新填写。", "resent": "已开始补发。", "fellback": "已改走下一渠道。",
	} {
		k.Says(word, sentence)
	}
	k.Handle("POST /desk/sends/{id}/pause", pause, pauseBroadcast, getBroadcast)
	k.Handle("POST /desk/sends/{id}/resume", take(simply(resumeBroadcast), "resumed"), resumeBroadcast)
	k.Handle("POST /desk/sends/{id}/schedule", take(simply(scheduleBroadcast), "timed"), scheduleBroadcast)
	k.Handle("POST /desk/sends/{id}/copy", copyOf, copyBroadcast)
	for _, q := range questions {
		k.Handle("GET /desk/sends/{id}/"+q.path, q.ask, q.acts()...)
		k.Handle("POST /desk/sends/{id}/"+q.path, q.answer, q.acts()...)
	}
}

// pause stops a broadcast. What counts is that it stands: one that somebody stopped a moment ago is paused too, and one that goes on again is not,
// whatever a page from before that was answered.
func pause(v *page.Visit) (page.Result, error) {
	id := v.Path("id")
	_, err := pauseBroadcast.Do(v, api.BroadcastBody[*wire.OptionalReason]{ID: id})
	b, lost := getBroadcast.Do(v, one{ID: id})
	switch {
	case lost == nil && b.Status == string(broadcast.Paused), lost != nil && err == nil:
		return page.See(pathOf(id) + "?done=paused"), nil
	case err != nil:
		return nil, err
	}
	return page.See(pathOf(id)), nil
}

// take does a step and goes back to the broadcast, which says what was done.
func take(do func(v *page.Visit, id string) error, done string) page.Handler {
	return func(v *page.Visit) (page.Result, error) {
		id := v.Path("id")
		if err := do(v, id); err != nil {
			return nil, err
		}
		return page.See(pathOf(id) + "?done=" + done), nil
	}
}

func simply[O any](act page.Act[one, O]) func(v *page.Visit, id string) error {
	return func(v *page.Visit, id string) error {
		_, err := act.Do(v, one{ID: id})
		return err
	}
}

func copyOf(v *page.Visit) (page.Result, error) {
	made, err := copyBroadcast.Do(v, one{ID: v.Path("id")})
	if err != nil {
		return nil, err
	}
	return page.See(pathOf(made.ID) + "?done=copied"), nil
}

// question is a page that asks before a step is taken.
type question struct {
	path      string
	act       page.AnyAct
	title, do string
	says      []string
	count     func(r wire.Report) string // how many it is about, in words; nil when nothing is counted
	reason    bool                       // somebody must say why
	take      func(v *page.Visit, id string) error
	done      string
}

var questions = []question{
	{path: "cancel", act: cancelBroadcast, title: "取消发送", do: "取消发送", done: "cancelled", reason: true, says: []string{"没有发出的不再发送，不能恢复。", "已经交给平台的收不回来，还会有回执。"},
		take: func(v *page.Visit, id string) error {
			_, err := cancelBroadcast.Do(v, reason{ID: id, Body: wire.Reason{Why: v.Form.Get("why")}})
			return err
		}},
	{path: "resend", act: resendBroadcast, title: "补发", do: "补发", done: "resent", count: func(r wire.Report) string { return r.ResendLabel }, take: simply(resendBroadcast),
		says: []string{"只发给确定没有收到的人：提交失败，或者回执说没有送达，而且没有从其他渠道收到。", "内容、渠道和审批时的一样。结果不明的人不在其中。"}},
	{path: "fallback", act: fallbackBroadcast, title: "改走下一渠道", do: "改走下一渠道", done: "fellback", count: func(r wire.Report) string { return r.FallbackLabel }, take: simply(fallbackBroadcast),
		says: []string{"发给结果不明的人：平台没有说明是否收下，也无法再查询。", "其中有人可能已经收到，会收到两次。"}},
}

// acts are those of the page; the step's own comes first, because its right is the page's.
func (q question) acts() []page.AnyAct {
	acts := []page.AnyAct{q.act, getBroadcast}
	if q.count != nil {
		acts = append(acts, report)
	}
	return acts
}

// Question is what the page shows.
type Question struct {
	page.Form
	Title, Do, What, ID string
	Count               string
	Says                []string
	Reason              bool
	MaxWhy              int
}

func (q question) ask(v *page.Visit) (page.Result, error) {
	p, _, err := q.page(v)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

func (q question) answer(v *page.Visit) (page.Result, error) {
	id := v.Path("id")
	if err := q.take(v, id); err != nil {
		p, data, lost := q.page(v)
		if lost != nil {
			return nil, err
		}
		return v.Again(p, &data.Form, err)
	}
	return page.See(pathOf(id) + "?done=" + q.done), nil
}

func (q question) page(v *page.Visit) (page.Page, *Question, error) {
	b, err := getBroadcast.Do(v, one{ID: v.Path("id")})
	if err != nil {
		return page.Page{}, nil, err
	}
	data := &Question{Form: v.NewForm(), Title: q.title, Do: q.do, What: b.Proposal.Title, ID: b.ID, Says: q.says, Reason: q.reason, MaxWhy: broadcast.MaxWhy}
	if q.count != nil {
		r, err := report.Do(v, counted(b.ID))
		if err != nil {
			return page.Page{}, nil, err
		}
		if data.Count = q.count(r); data.Count == nobody || r.CountedAt.IsZero() && r.Counting {
			data.Count = ""
		}
	}
	return page.Page{Title: q.title + "：" + b.Proposal.Title, Name: area + "/question", Nav: section, Data: data,
		Crumbs: []page.Crumb{{Label: "群发", Path: section}, {Label: b.Proposal.Title, Path: pathOf(b.ID)}, {Label: q.title}}}, data, nil
}

var _, nobody = broadcast.People(0)

// when is when a broadcast began, or is to begin; of one that will not, when it was changed last.
func when(b wire.Broadcast, now time.Time) string {
	at := b.Proposal.SendAt
	if at.IsZero() {
		at = b.DueAt
	}
	status := broadcast.Status(b.Status)
	switch window := cmp.Or(b.Proposal.Window, broadcast.DefaultWindow.String()); {
	case !b.BegunAt.IsZero():
		return clock(b.BegunAt) + "开始"
	case status.Over():
		return clock(b.UpdatedAt) + "改动"
	case !at.IsZero() && at.Before(now):
		return "原定" + clock(at) + "发送"
	case !at.IsZero():
		return clock(at) + "发送"
	case status == broadcast.Scheduled:
		return "在发送时段（" + window + "）内发送"
	case status == broadcast.Approved, status == broadcast.Submitted:
		return "排期后在发送时段（" + window + "）内发送"
	}
	return clock(b.UpdatedAt) + "改动"
}

// clock is a time as people say it: 2026年11月30日10:02.
func clock(at time.Time) string { return at.In(broadcast.Zone).Format("2006年1月2日15:04") }
