package content

import (
	"slices"
	"strings"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

const emergencies = "/desk/emergencies"

var (
	listTemplates    = page.NewAct[api.Nothing, wire.Page[wire.EmergencyTemplate]]("list-emergency-templates")
	listEmergencies  = page.NewAct[api.ListEmergenciesInput, wire.Page[wire.Emergency]]("list-emergencies")
	getEmergency     = page.NewAct[api.EmergencyInput, wire.Emergency]("get-emergency")
	lookEmergency    = page.NewAct[api.Body[wire.DeclareEmergency], wire.Emergency]("preview-emergency")
	declareEmergency = page.NewAct[api.Body[wire.DeclareEmergency], wire.Emergency]("declare-emergency")
	approveEmergency = page.NewAct[api.EmergencyBody[wire.ApproveEmergency], wire.Emergency]("approve-emergency")
	pauseEmergency   = page.NewAct[api.EmergencyBody[*wire.OptionalReason], wire.Emergency]("pause-emergency")
	resumeEmergency  = page.NewAct[api.EmergencyInput, wire.Emergency]("resume-emergency")
	lookEnd          = page.NewAct[api.EmergencyInput, wire.EmergencyEnd]("preview-emergency-end")
	endEmergency     = page.NewAct[api.EmergencyInput, wire.Emergency]("end-emergency")
	dropEmergency    = page.NewAct[api.EmergencyBody[wire.Reason], wire.Emergency]("drop-emergency")
)

func registerEmergencies(k *page.Kit) {
	k.Handle("GET /desk/emergencies", showEmergencies, listEmergencies, listTemplates)
	k.Handle("GET /desk/emergencies/new", newEmergency, declareEmergency, listTemplates, lookEmergency)
	k.Handle("POST /desk/emergencies/new", doDeclare, declareEmergency, listTemplates, lookEmergency)
	k.Handle("GET /desk/emergencies/{id}", showEmergency, getEmergency)
	k.Handle("POST /desk/emergencies/{id}/approve", doApprove, approveEmergency, getEmergency)
	k.Handle("POST /desk/emergencies/{id}/pause", doPause, pauseEmergency, getEmergency)
	k.Handle("POST /desk/emergencies/{id}/resume", doResume, resumeEmergency, getEmergency)
	k.Handle("POST /desk/emergencies/{id}/drop", doDropEmergency, dropEmergency, getEmergency)
	k.Handle("GET /desk/emergencies/{id}/end", askEnd, endEmergency, lookEnd, getEmergency)
	k.Handle("POST /desk/emergencies/{id}/end", doEnd, endEmergency, lookEnd, getEmergency)
	k.Says("emergency-declared", "已提交，正在通知审批员。批准以后马上发布、答复、发送。")
	k.Says("emergency-approved", "已批准：正在发布和发送。")
	k.Says("emergency-paused", "已暂停发送。")
	k.Says("emergency-resumed", "继续发送。")
	k.Says("emergency-dropped", "已作废，没有发出。")
	k.Says("emergency-ended", "已宣布结束：公告撤下，结束的消息正在发送。")
}

func emergencyPath(id string) string { return emergencies + "/" + id }

type emergenciesPage struct {
	Templates   []wire.EmergencyTemplate
	Emergencies []wire.Emergency
	Declares    bool
	Next        string
}

func showEmergencies(v *page.Visit) (page.Result, error) {
	templates, err := listTemplates.Do(v, api.Nothing{})
	if err != nil {
		return nil, err
	}
	all, err := listEmergencies.Do(v, api.ListEmergenciesInput{Following: api.Following{After: v.Query("after")}, Limit: 50})
	if err != nil {
		return nil, err
	}
	data := emergenciesPage{Templates: templates.Items, Emergencies: all.Items, Declares: v.May(declareEmergency)}
	if all.Next != "" {
		data.Next = emergencies + page.Query("after", all.Next)
	}
	return v.Show(page.Page{Title: "应急发布", Name: "content/emergencies", Nav: home, Crumbs: crumbs(), Data: data})
}

type declarePage struct {
	page.Form
	Template wire.EmergencyTemplate
	Look     *wire.Emergency
	Phone    page.Phone
}

// declaring is the page of a template's few fields.
func declaring(v *page.Visit) (page.Page, *declarePage, error) {
	templates, err := listTemplates.Do(v, api.Nothing{})
	if err != nil {
		return page.Page{}, nil, err
	}
	i := slices.IndexFunc(templates.Items, func(t wire.EmergencyTemplate) bool { return t.ID == v.Query("template") })
	if i < 0 {
		return page.Page{}, nil, page.Refuse(404, "没有这个应急模板：请从应急发布里选一个")
	}
	data := &declarePage{Form: v.NewForm(), Template: templates.Items[i]}
	p := page.Page{Title: "应急：" + data.Template.Title, Name: "content/declare", Nav: home, Crumbs: crumbs(page.Crumb{Label: "应急发布", Path: emergencies}), Data: data,
		Fields: map[string]string{"body.audience": "place", "body.audience.area": "place", "body.audience.street": "place", "body.audience.committee": "place", "body.audience.community": "place"}}
	for _, f := range data.Template.Fields {
		p.Fields["body.fields."+f.ID] = f.ID
	}
	return p, data, nil
}

func newEmergency(v *page.Visit) (page.Result, error) {
	p, data, err := declaring(v)
	if err != nil {
		return nil, err
	}
	data.Set("whom", "all")
	return v.Show(p)
}

func doDeclare(v *page.Visit) (page.Result, error) {
	p, data, err := declaring(v)
	if err != nil {
		return nil, err
	}
	in := api.Body[wire.DeclareEmergency]{Body: wire.DeclareEmergency{Template: data.Template.ID, Fields: map[string]string{}}}
	for _, f := range data.Template.Fields {
		if said := strings.TrimSpace(v.Form.Get(f.ID)); said != "" {
			in.Body.Fields[f.ID] = said
		}
	}
	place := strings.TrimSpace(v.Form.Get("place"))
	switch v.Form.Get("whom") {
	case "all":
		in.Body.Audience.All = true
	case "area":
		in.Body.Audience.Area = place
	case "street":
		in.Body.Audience.Street = place
	case "committee":
		in.Body.Audience.Committee = place
	case "community":
		in.Body.Audience.Community = place
	}
	if !in.Body.Audience.All && place == "" {
		return v.Again(p, &data.Form, &page.FieldError{Field: "place", Text: "写上是哪里，或者选全体居民"})
	}
	if v.Form.Get("do") == "look" {
		look, err := lookEmergency.Do(v, in)
		if err != nil {
			return v.Again(p, &data.Form, err)
		}
		data.Look, data.Phone = &look, phoneOf("look", look.Says.Texts)
		return v.Show(p)
	}
	e, err := declareEmergency.Do(v, in)
	if err != nil {
		return v.Again(p, &data.Form, err)
	}
	return done(emergencyPath(e.ID), "emergency-declared")
}

// phoneOf draws what residents get on each channel.
func phoneOf(id string, texts []wire.MessageText) page.Phone {
	phone := page.Phone{ID: id, Label: "居民手机上的样子"}
	for _, t := range texts {
		phone.Screens = append(phone.Screens, page.Screen{Channel: t.Label, From: t.Label, Bubbles: []page.Bubble{{Text: t.Text}}})
	}
	return phone
}

type emergencyPage struct {
	page.Form
	wire.Emergency
	Phone, EndPhone                  page.Phone
	Approves, Drops, Pauses, Resumes bool
	MayEnd                           bool
	Wrote                            bool // by the person who looks
}

func emergency(v *page.Visit) (page.Page, *emergencyPage, error) {
	e, err := getEmergency.Do(v, api.EmergencyInput{ID: v.Path("id")})
	if err != nil {
		return page.Page{}, nil, err
	}
	data := &emergencyPage{Form: v.NewForm(page.Subject(e.Hash)), Emergency: e, Phone: phoneOf("says", e.Says.Texts), EndPhone: phoneOf("ends", e.Ends.Texts), Wrote: e.Author == v.Person.ID}
	waits, live := e.Status == "submitted", e.Status == "approved" || e.Status == "out"
	paused := e.PausedBy != "" || e.Broadcast != nil && e.Broadcast.Status == "paused"
	data.Approves = waits && v.May(approveEmergency) && !data.Wrote
	data.Drops = waits && v.May(dropEmergency)
	data.Pauses = live && v.May(pauseEmergency) && !paused
	data.Resumes = live && v.May(resumeEmergency) && paused
	data.MayEnd = live && v.May(endEmergency)
	title := "应急：" + e.Says.Headline
	if data.Approves {
		title = e.AuthorName + "请您审批：" + e.Says.Headline
	}
	return page.Page{Title: title, Name: "content/emergency", Nav: home, Crumbs: crumbs(page.Crumb{Label: "应急发布", Path: emergencies}), Data: data,
		Fields: map[string]string{"body.why": "why", "body.hash": ""}}, data, nil
}

func showEmergency(v *page.Visit) (page.Result, error) {
	p, _, err := emergency(v)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

// after answers for an act on an emergency.
func after(v *page.Visit, word string, err error) (page.Result, error) {
	if err == nil {
		return done(emergencyPath(v.Path("id")), word)
	}
	p, data, failed := emergency(v)
	if failed != nil {
		return nil, err
	}
	return v.Again(p, &data.Form, err)
}

// doApprove approves exactly the hash that was on the page.
func doApprove(v *page.Visit) (page.Result, error) {
	hash := v.Form.Get("hash")
	err := v.StepUp(hash)
	if err == nil {
		_, err = approveEmergency.Do(v, api.EmergencyBody[wire.ApproveEmergency]{ID: v.Path("id"), Body: wire.ApproveEmergency{Hash: hash}})
	}
	return after(v, "emergency-approved", err)
}

func doPause(v *page.Visit) (page.Result, error) {
	_, err := pauseEmergency.Do(v, api.EmergencyBody[*wire.OptionalReason]{ID: v.Path("id")})
	return after(v, "emergency-paused", err)
}

func doResume(v *page.Visit) (page.Result, error) {
	_, err := resumeEmergency.Do(v, api.EmergencyInput{ID: v.Path("id")})
	return after(v, "emergency-resumed", err)
}

func doDropEmergency(v *page.Visit) (page.Result, error) {
	_, err := dropEmergency.Do(v, api.EmergencyBody[wire.Reason]{ID: v.Path("id"), Body: wire.Reason{Why: v.Form.Get("why")}})
	return after(v, "emergency-dropped", err)
}

type endPage struct {
	page.Form
	Emergency wire.Emergency
	End       wire.EmergencyEnd
	Phone     page.Phone
}

func ending(v *page.Visit) (page.Page, *endPage, error) {
	e, err := getEmergency.Do(v, api.EmergencyInput{ID: v.Path("id")})
	if err != nil {
		return page.Page{}, nil, err
	}
	end, err := lookEnd.Do(v, api.EmergencyInput{ID: e.ID})
	data := &endPage{Form: v.NewForm(), Emergency: e, End: end, Phone: phoneOf("ends", end.Ends.Texts)}
	return page.Page{Title: "宣布结束", Name: "content/end", Nav: home, Crumbs: crumbs(page.Crumb{Label: "应急发布", Path: emergencies}, page.Crumb{Label: e.Says.Headline, Path: emergencyPath(e.ID)}), Data: data}, data, err
}

func askEnd(v *page.Visit) (page.Result, error) {
	p, _, err := ending(v)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

func doEnd(v *page.Visit) (page.Result, error) {
	_, err := endEmergency.Do(v, api.EmergencyInput{ID: v.Path("id")})
	if err == nil {
		return done(emergencyPath(v.Path("id")), "emergency-ended")
	}
	p, data, failed := ending(v)
	if failed != nil {
		return nil, err
	}
	return v.Again(p, &data.Form, err)
}
