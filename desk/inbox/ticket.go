package inbox

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
	"towncrier/inbox"
)

// ticketPage is the page of one matter: what was left, how it stands, and what is to be said.
type ticketPage struct {
	page.Form // the answer, a note, to whom it is handed
	Matter    matter
	Title     string
	Open      bool
	Reply     bool // an SMS, which cannot be answered
	Phone     string
	First     page.Bubble
	Like      []alike
	All       int // that are answered as the boxes are ticked
	Holder    string
	Free      bool // nobody has it
	Mine      bool
	Proposal  *proposal
	Bot       page.Bubble
	BotLabel  string
	Nearest   []wire.NearestAnswer
	Earlier   []earlier
	Phrases   []page.Choice
	People    []page.Choice // to whom it may be handed
	Notes     []page.Bubble
	Preview   []page.Bubble // as residents get the answer
	Reach     wire.TicketWork
	Intent    string
	Topic     string // title of what the bot thought nearest when it was filed, "" when that is not among Nearest

	MayAnswer, MayApprove, MayStandard bool
	Most, MostNote                     int
}

// alike is a ticket of the same group, which is answered with it unless somebody unticks it.
type alike struct {
	Number, Text, Filed string
	Same                bool
}

type proposal struct {
	ID, Answer, Owner, At string
	Mine                  bool
	Bubbles               []page.Bubble
}

type earlier struct {
	wire.EarlierAnswer
	At, Path string
}

func show(v *page.Visit) (page.Result, error) {
	data, err := load(v)
	if err != nil {
		return nil, err
	}
	return v.Show(data.page())
}

func (d *ticketPage) page() page.Page {
	return page.Page{Title: "留言：" + d.Title, Name: "inbox/ticket", Nav: "/desk/inbox", Crumbs: []page.Crumb{{Label: "留言", Path: "/desk/inbox"}, {Label: d.Matter.Number}}, Data: d}
}

// load reads a matter with what is known of it. What was posted stays in the form.
func load(v *page.Visit) (*ticketPage, error) {
	at := api.TicketInput{Number: v.Path("number")}
	group, err := getTicket.Do(v, at)
	if err != nil {
		return nil, err
	}
	work, err := getWork.Do(v, at)
	if err != nil {
		return nil, err
	}
	t, now := group.Ticket, v.Now()
	d := &ticketPage{
		Form: v.NewForm(), Title: cut(t.Text, 40), Open: t.Status == "open", Reply: t.Kind == "reply", Phone: t.Phone, Reach: work, Intent: t.Intent,
		Matter:    matters(wire.Page[wire.TicketMatter]{Items: []wire.TicketMatter{{Ticket: t, Tickets: 1 + len(group.Like), Hold: work.Hold, Proposed: group.Proposal != nil}}}, now)[0],
		First:     page.Bubble{From: "居民", At: moment(t.FiledAt, now), Text: t.Text},
		MayAnswer: v.May(answer), MayApprove: v.May(approve), MayStandard: v.May(standard) && v.May(answer), Most: inbox.MaxAnswer, MostNote: inbox.MaxNote,
	}
	d.Free = work.Hold == nil
	if work.Hold != nil {
		d.Holder, d.Mine = holder(*work.Hold, now), work.Hold.Mine
	}
	d.readLike(v, group)
	d.readWork(work, now)
	d.readProposal(group, now)
	if d.Open && !d.Reply {
		if err := d.readSuggestions(v, t, now); err != nil {
			return nil, err
		}
	}
	d.preview()
	return d, nil
}

// readLike lists the others of the group that wait too. All are the same as the first until somebody unticks one.
func (d *ticketPage) readLike(v *page.Visit, group wire.TicketGroup) {
	d.All = 1
	untouched := len(d.Values("shown")) == 0
	for _, t := range group.Like {
		if d.Open && t.Status != "open" {
			continue
		}
		a := alike{Number: t.Number, Text: t.Text, Filed: moment(t.FiledAt, v.Now()), Same: untouched || d.Has("same", t.Number) || !d.Has("shown", t.Number)}
		if a.Same {
			d.All++
		}
		d.Like = append(d.Like, a)
	}
}

func (d *ticketPage) readWork(work wire.TicketWork, now time.Time) {
	for _, n := range work.Notes {
		d.Notes = append(d.Notes, page.Bubble{From: n.Name, At: moment(n.At, now), Text: n.Text})
	}
	d.Phrases = []page.Choice{{Value: "", Label: "选一句常用语"}}
	for i, text := range work.Phrases {
		d.Phrases = append(d.Phrases, page.Choice{Value: strconv.Itoa(i), Label: cut(text, 30)})
	}
	for _, p := range work.Colleagues {
		d.People = append(d.People, page.Choice{Value: p.ID, Label: p.Name})
	}
}

func (d *ticketPage) readProposal(group wire.TicketGroup, now time.Time) {
	p := group.Proposal
	if p == nil {
		return
	}
	d.Proposal = &proposal{ID: p.ID, Answer: p.Answer, Owner: p.Owner, At: moment(p.At, now), Mine: p.Mine}
	if p.Answer != "" {
		d.Proposal.Bubbles = d.bubble(p.Answer)
		if d.Value("answer") == "" {
			d.Set("answer", p.Answer)
		}
	}
}

func (d *ticketPage) readSuggestions(v *page.Visit, t wire.Ticket, now time.Time) error {
	found, err := suggest.Do(v, api.TicketInput{Number: v.Path("number")})
	if err != nil {
		return err
	}
	d.Nearest, d.BotLabel = found.Nearest, found.Bot.Label
	for _, near := range found.Nearest {
		if near.Intent == t.Topic {
			d.Topic = near.Title
		}
	}
	if found.Bot.Text != "" {
		d.Bot = page.Bubble{From: "机器人", Text: found.Bot.Text, Mine: true}
	}
	for _, e := range found.Earlier {
		d.Earlier = append(d.Earlier, earlier{e, moment(e.AnsweredAt, now), address(e.Number)})
	}
	return nil
}

// preview draws what residents get of what is written.
func (d *ticketPage) preview() {
	if text := strings.TrimSpace(d.Value("answer")); text != "" {
		d.Preview = d.bubble(text)
	}
}

func (d *ticketPage) bubble(text string) []page.Bubble {
	kind := inbox.Question
	if d.Matter.Kind == inbox.Suggestion.Label() {
		kind = inbox.Suggestion
	}
	return []page.Bubble{{From: "邻里通", Text: inbox.AnswerText(inbox.Ticket{Number: d.Matter.Number, Kind: kind, Answer: text})}}
}

// Does says what the button of the answer does.
func (d *ticketPage) Does() string {
	if d.All == 1 {
		return "答复（将发给1人）"
	}
	return fmt.Sprintf("拟好答复，请同事批准（将发给%d人）", d.All)
}

// open has the person hold a matter, and goes to its page.
func open(v *page.Visit) (page.Result, error) {
	in := api.TicketBody[wire.HoldTicket]{Number: v.Path("number"), Body: wire.HoldTicket{Over: v.Form.Get("over") != ""}}
	held, err := hold.Do(v, in)
	if err != nil {
		return nil, err
	}
	if !held.Mine {
		return page.See(address(in.Number)), nil
	}
	return page.See(address(in.Number) + "?done=held"), nil
}

// write takes an answer, or puts something ready into it.
func write(v *page.Visit) (page.Result, error) {
	number := v.Path("number")
	ready, err := insert(v)
	if err != nil {
		return nil, err
	}
	if ready {
		return show(v)
	}
	var others []string
	for _, shown := range v.Form["shown"] {
		if !slices.Contains(v.Form["same"], shown) {
			others = append(others, shown)
		}
	}
	if len(others) > 0 {
		if _, err := separate.Do(v, api.TicketBody[wire.SeparateTickets]{Number: number, Body: wire.SeparateTickets{Numbers: others}}); err != nil {
			return showAgain(v, err)
		}
	}
	done, err := answer.Do(v, api.TicketBody[wire.AnswerTicket]{Number: number, Body: wire.AnswerTicket{Answer: v.Form.Get("answer")}})
	switch {
	case err != nil:
		return showAgain(v, err)
	case done.Proposal != nil:
		return page.See(address(number) + "?done=proposed"), nil
	}
	return page.See(address(number) + "?done=answered"), nil
}

// insert puts a ready phrase, or an answer that was suggested, into the answer.
func insert(v *page.Visit) (done bool, err error) {
	kind, index, _ := strings.Cut(v.Form.Get("do"), ":")
	if kind == "" {
		return false, nil
	}
	at, text := api.TicketInput{Number: v.Path("number")}, ""
	if kind == "phrase" {
		index = v.Form.Get("phrase")
	}
	i, err := strconv.Atoi(index)
	if err != nil || i < 0 {
		return true, nil
	}
	if kind == "phrase" {
		work, err := getWork.Do(v, at)
		if err != nil {
			return true, err
		}
		if i < len(work.Phrases) {
			text = work.Phrases[i]
		}
	} else {
		found, err := suggest.Do(v, at)
		if err != nil {
			return true, err
		}
		switch {
		case kind == "near" && i < len(found.Nearest):
			text = found.Nearest[i].Answer
		case kind == "earlier" && i < len(found.Earlier):
			text = found.Earlier[i].Answer
		}
	}
	v.Form.Set("answer", strings.TrimLeft(v.Form.Get("answer")+"\n"+text, "\n"))
	return true, nil
}

// showAgain shows the page as it is now, with what was typed and what is wrong. When a colleague was faster it shows their answer.
func showAgain(v *page.Visit, err error) (page.Result, error) {
	d, loading := load(v)
	if loading != nil {
		return nil, loading
	}
	return v.Again(d.page(), &d.Form, err)
}

// preview is the drawn answer alone, as somebody types.
func preview(v *page.Visit) (page.Result, error) {
	d := &ticketPage{Form: v.NewForm(), Matter: matter{Number: v.Path("number"), Kind: v.Form.Get("kind")}}
	d.preview()
	return v.Partial("inbox/ticket", "preview", d)
}

func yes(v *page.Visit) (page.Result, error) {
	number := v.Path("number")
	if _, err := approve.Do(v, api.TicketBody[wire.ApproveAnswer]{Number: number, Body: wire.ApproveAnswer{Proposal: v.Form.Get("proposal")}}); err != nil {
		return nil, err
	}
	return page.See(address(number) + "?done=approved"), nil
}

func handOn(v *page.Visit) (page.Result, error) {
	number := v.Path("number")
	if _, err := hand.Do(v, api.TicketBody[wire.HandTicket]{Number: number, Body: wire.HandTicket{To: v.Form.Get("to")}}); err != nil {
		return showAgain(v, err)
	}
	return page.See(address(number) + "?done=handed"), nil
}

func addNote(v *page.Visit) (page.Result, error) {
	number := v.Path("number")
	if _, err := note.Do(v, api.TicketBody[wire.NoteTicket]{Number: number, Body: wire.NoteTicket{Text: v.Form.Get("text")}}); err != nil {
		return showAgain(v, err)
	}
	return page.See(address(number) + "?done=noted"), nil
}

func again(v *page.Visit) (page.Result, error) {
	number := v.Path("number")
	if _, err := reopen.Do(v, api.TicketInput{Number: number}); err != nil {
		return nil, err
	}
	return page.See(address(number) + "?done=reopened"), nil
}

func makeStandard(v *page.Visit) (page.Result, error) {
	d, err := standard.Do(v, api.TicketInput{Number: v.Path("number")})
	if err != nil {
		return nil, err
	}
	return page.See("/desk/content/drafts/" + d.ID), nil
}

// cut is the beginning of a text, on one line.
func cut(text string, most int) string {
	line := []rune(strings.Join(strings.Fields(text), " "))
	if len(line) > most {
		return string(line[:most]) + "…"
	}
	return string(line)
}
