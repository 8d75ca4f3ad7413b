package desk

import (
	"net/url"
	"strings"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/desk/page"
)

var (
	listTasks      = page.NewAct[api.Nothing, wire.Page[wire.Task]]("list-my-tasks")
	listBroadcasts = page.NewAct[api.ListBroadcastsInput, wire.Page[wire.Broadcast]]("list-broadcasts")
)

func registerHome(k *page.Kit) {
	k.Section("/desk/")
	k.Handle("GET /desk/{$}", home, listTasks, listBroadcasts)
}

// today is the home page: what waits for a person, first what harms most when it waits.
type today struct {
	Tasks []task
	Next  *next // when nothing waits
}

// task is a line: what, since when, and the one button that leads to it.
type task struct {
	Label, Title, Why string
	Since             string
	N                 int
	Urgent            bool
	Path, Do          string
}

// next is what goes out next.
type next struct{ Title, When, Path string }

func home(v *page.Visit) (page.Result, error) {
	tasks, err := listTasks.Do(v, api.Nothing{})
	if err != nil {
		return nil, err
	}
	data := today{}
	for _, t := range tasks.Items {
		data.Tasks = append(data.Tasks, line(t, v.Now()))
	}
	if len(data.Tasks) == 0 && v.May(listBroadcasts) {
		if data.Next, err = goesNext(v); err != nil {
			return nil, err
		}
	}
	return v.Show(page.Page{Title: "今天要办", Name: "desk/home", Nav: "/desk/", Data: data})
}

// where is where a kind of task is done, and what its button says. {id} stands for what waits.
var where = map[string]struct{ path, do string }{
	"emergency-approve":   {"/desk/emergencies/{id}", "看内容并审批"},
	"emergency-stuck":     {"/desk/emergencies/{id}", "看办到哪一步"},
	"emergency-out":       {"/desk/emergencies/{id}", "看是否该结束"},
	"broadcast-emergency": {"/desk/sends/{id}/approve", "看内容并审批"},
	"broadcast-confirm":   {"/desk/sends/{id}/approve", "看内容并确认"},
	"broadcast-held":      {"/desk/sends/{id}", "看为什么"},
	"broadcast-paused":    {"/desk/sends/{id}", "看为什么暂停"},
	"broadcast-approve":   {"/desk/sends/{id}/approve", "看内容并审批"},
	"broadcast-schedule":  {"/desk/sends/{id}", "排期"},
	"broadcast-returned":  {"/desk/sends/{id}/edit", "修改"},
	"broadcast-today":     {"/desk/sends/{id}", "看"},
	"series-approve":      {"/desk/series/{id}/approve", "看内容并审批"},
	"series-returned":     {"/desk/series/{id}", "修改"},
	"content-undo":        {"/desk/content/notices/{id}", "看公告"},
	"content-approve":     {"/desk/content/drafts/{id}", "看改动并审批"},
	"content-handed-in":   {"/desk/content/drafts/{id}", "核对"},
	"content-returned":    {"/desk/content/drafts/{id}", "修改"},
	"notices-overdue":     {"/desk/content", "看是哪几份"},
	"alarm":               {"/desk/health", "看警报"},
	"ticket-overdue":      {"/desk/inbox?due=overdue", "答复"},
	"ticket-today":        {"/desk/inbox?due=today", "答复"},
	"ticket-held":         {"/desk/inbox/{id}", "答复"},
	"import-ended":        {"/desk/imports/{id}", "看结果"},
	"answer-approve":      {"/desk/inbox/{id}", "看答复并批准"},
	"stops-undo":          {"/desk/residents/stops", "核对"},
	"export-fetch":        {"/desk/residents/exports", "取文件"},
	"export-confirm":      {"/desk/residents/exports", "核对"},
	"invitation-confirm":  {"/desk/staff", "核对并确认"},
	"feedback":            {"/desk/feedback", "看意见"},
	"key-ends":            {"/desk/me", "看密钥"},
}

// urgent are the kinds that harm residents while they wait.
var urgent = map[string]bool{"uncounted": true, "emergency-approve": true, "emergency-stuck": true, "broadcast-emergency": true, "broadcast-confirm": true, "broadcast-paused": true, "alarm": true, "ticket-overdue": true}

func line(t wire.Task, now time.Time) task {
	at := where[t.Kind]
	return task{Label: t.Label, Title: t.Title, Why: t.Why, Since: since(t.Since, now), N: t.N, Urgent: urgent[t.Kind],
		Path: strings.Replace(at.path, "{id}", url.PathEscape(t.ID), 1), Do: at.do}
}

// since says from when on something waits, as colleagues say it.
func since(at, now time.Time) string {
	if at.IsZero() {
		return ""
	}
	at, now = at.In(broadcast.Zone), now.In(broadcast.Zone)
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return "今天" + at.Format("15:04") + "起"
	}
	if at.Year() == now.Year() {
		return at.Format("1月2日15:04") + "起"
	}
	return at.Format("2006年1月2日") + "起"
}

func goesNext(v *page.Visit) (*next, error) {
	scheduled, err := listBroadcasts.Do(v, api.ListBroadcastsInput{Status: []string{"scheduled"}, Limit: 200})
	if err != nil {
		return nil, err
	}
	var first *wire.Broadcast
	for i, b := range scheduled.Items {
		if first == nil || b.Proposal.SendAt.Before(first.Proposal.SendAt) {
			first = &scheduled.Items[i]
		}
	}
	if first == nil {
		return nil, nil
	}
	return &next{first.Proposal.Title, first.Proposal.SendAt.In(broadcast.Zone).Format("1月2日15:04"), "/desk/sends/" + first.ID}, nil
}
