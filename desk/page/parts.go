package page

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

//go:embed parts/*.html
var partFiles embed.FS

//go:embed style.css icon.svg js/*.js
var staticFiles embed.FS

// staticFolder is below /desk/ and named after what the files hold, so that browsers may keep them for good: a new version has new names.
var staticFolder = "/desk/static/" + digest(staticFiles) + "/"

// Static is where the console's style and scripts are served, and the files.
func Static() (folder string, files fs.FS) { return staticFolder, staticFiles }

// Parts are the templates that all pages are made with, by their names in parts/: "layout" is a whole page around a template "main".
func Parts() *template.Template {
	return template.Must(template.New("parts").Option("missingkey=error").Funcs(Funcs()).ParseFS(partFiles, "parts/*.html"))
}

// Funcs are what templates make the values of parts with. Options are pairs of a name and a value; an unknown name is an error.
func Funcs() template.FuncMap {
	return template.FuncMap{
		"static":  func(name string) string { return path.Join(staticFolder, name) },
		"field":   newField,
		"choice":  func(value, label string) Choice { return Choice{Value: value, Label: label} },
		"choices": func(all ...Choice) []Choice { return all },
		"button":  newButton,
		"confirm": newConfirm,
		"tag":     func(status, label string) Tag { return Tag{Tone: tone(status), Label: label} },
		"empty":   func(text, hint string) Empty { return Empty{Text: text, Hint: hint} },
		"emptyDo": func(text, hint, path, label string) Empty {
			return Empty{Text: text, Hint: hint, Path: path, Label: label}
		},
		"diff":       Diff,
		"number":     Number,
		"when":       When,
		"groups":     groups,
		"add":        func(a, b int) int { return a + b },
		"firstFour":  func(all []NavItem) []NavItem { return all[:min(4, len(all))] },
		"afterFour":  func(all []NavItem) []NavItem { return all[min(4, len(all)):] },
		"hasCurrent": func(all []NavItem) bool { return slices.ContainsFunc(all, func(n NavItem) bool { return n.Current }) },
	}
}

// Shell is what "layout" shows around a page.
type Shell struct {
	Title     string // of the window and of what screen readers say first; the page's h1 says it again
	City      string
	Rehearsal bool
	Person    Colleague // the zero Colleague while nobody is signed in
	Nav       []NavItem // none makes a page without navigation
	Crumbs    []Crumb
	Notice    string // what was just done
	Warning   string // what does not work now
	Version   string
	Refresh   int // seconds, without scripts; 0 is never
	Data      any // of "main"
}

// Colleague is the person who is signed in.
type Colleague struct{ Name, RoleLabel string }

// NavItem is a section of the console. The phone's bar has the first four.
type NavItem struct {
	Icon, Label, Path string
	Current           bool
	Count             int // of what waits there
}

// Sections are all there are, in the order of the navigation. A person sees those of which they may see a page.
func Sections() []NavItem {
	return []NavItem{
		{Icon: "home", Label: "今天要办", Path: "/desk/"},
		{Icon: "sends", Label: "群发", Path: "/desk/sends"},
		{Icon: "inbox", Label: "留言", Path: "/desk/inbox"},
		{Icon: "content", Label: "内容", Path: "/desk/content"},
		{Icon: "series", Label: "定期发送", Path: "/desk/series"},
		{Icon: "residents", Label: "居民", Path: "/desk/residents"},
		{Icon: "committees", Label: "社区", Path: "/desk/committees"},
		{Icon: "staff", Label: "同事", Path: "/desk/staff"},
		{Icon: "audit", Label: "日志", Path: "/desk/audit"},
		{Icon: "health", Label: "状态", Path: "/desk/health"},
	}
}

// Crumb is a page above the one that is shown.
type Crumb struct{ Label, Path string }

// Entries is what a form holds and what is wrong with it.
type Entries interface {
	Value(name string) string
	Values(name string) []string
	Fault(name string) string
}

// FieldFault is what is wrong with a field, or with the form when it names none.
type FieldFault struct{ Field, Text string }

// Field is what the parts text, area, select, radios, checks, check, date, time and file show.
type Field struct {
	ID, Name, Label         string
	Value                   string
	Values                  []string
	Fault, Hint             string
	Optional, ReadOnly      bool
	Type                    string // of an input
	Max                     int    // characters, counted while typing
	Rows                    int    // of an area
	Choices                 []Choice
	Accept                  string // kinds of files
	Unit                    string // behind an input
	Width                   string // "short" or "wide"
	InputMode, AutoComplete string
}

// Choice is what a select, radio or checkbox may be, or what an input proposes.
type Choice struct{ Value, Label, Hint string }

// newField is a form's field with what was typed and what is wrong with it.
func newField(form Entries, name, label string, options ...any) (Field, error) {
	f := Field{ID: "f-" + name, Name: name, Label: label, Type: "text", Rows: 4, Value: form.Value(name), Values: form.Values(name), Fault: form.Fault(name)}
	err := set(options, map[string]any{
		"id": &f.ID, "hint": &f.Hint, "optional": &f.Optional, "readonly": &f.ReadOnly, "type": &f.Type, "max": &f.Max, "rows": &f.Rows,
		"choices": &f.Choices, "accept": &f.Accept, "unit": &f.Unit, "width": &f.Width, "mode": &f.InputMode, "auto": &f.AutoComplete,
	})
	return f, err
}

// Has says whether a choice is chosen.
func (f Field) Has(value string) bool {
	return slices.Contains(f.Values, value) || len(f.Values) == 0 && f.Value == value
}

// DescribedBy names the elements that say more of the field.
func (f Field) DescribedBy() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.ID+"-hint")
	}
	if f.Fault != "" {
		ids = append(ids, f.ID+"-fault")
	}
	return strings.Join(ids, " ")
}

// Button submits a form.
type Button struct{ Label, Kind, Name, Value, To string }

func newButton(label string, options ...any) (Button, error) {
	b := Button{Label: label}
	err := set(options, map[string]any{"kind": &b.Kind, "name": &b.Name, "value": &b.Value, "to": &b.To})
	return b, err
}

// Confirm is the form of a page that asks whether something is to be done.
type Confirm struct {
	Form            any // a Form: with a nonce, and perhaps a second factor
	Label           string
	To              string // absent posts to the page's own address
	Back, BackLabel string
}

func newConfirm(form any, label, back string, options ...any) (Confirm, error) {
	c := Confirm{Form: form, Label: label, Back: back, BackLabel: "不，返回"}
	err := set(options, map[string]any{"to": &c.To, "backLabel": &c.BackLabel})
	return c, err
}

// Tag is a state in a word and a shape.
type Tag struct{ Tone, Label string }

// tones says how states look. What is over or not begun yet is quiet.
var tones = map[string][]string{
	"wait": {"wait", "submitted", "open", "pending", "planned", "overdue", "superseded", "freezing"},
	"go":   {"go", "approved", "scheduled", "sending", "accepted", "running", "active", "imported"},
	"good": {"good", "done", "published", "in_force", "delivered", "told", "answered", "out", "ok", "better"},
	"held": {"held", "paused", "in_doubt", "warn", "returned", "due"},
	"bad":  {"bad", "failed", "undelivered", "withdrawn", "halted", "worse", "fault", "late"},
	"over": {"over", "ended", "cancelled", "closed", "dropped", "disabled", "expired", "erased"},
}

func tone(status string) string {
	for name, statuses := range tones {
		if slices.Contains(statuses, status) {
			return name
		}
	}
	return "quiet"
}

// Tabs are views of one list.
type Tabs struct {
	Label string
	Tabs  []Tab
}

// Tab is one of them. Count is a text, for it may be "少于10".
type Tab struct {
	Label, Path, Count string
	Current            bool
}

// Pager leads through a list. A path that is empty is not shown.
type Pager struct{ Note, First, Next string }

// Empty is what stands where a list would stand, and what to do about it.
type Empty struct{ Text, Hint, Path, Label string }

// Phone draws what a resident gets, a screen a channel.
type Phone struct {
	ID      string // of the page's phones
	Label   string // for who cannot see it
	Screens []Screen
}

// Screen is a channel's: a card, bubbles, or why there is nothing.
type Screen struct {
	Channel string
	From    string // who residents see as the sender
	Card    *Card
	Bubbles []Bubble
	Absent  string
	Note    string // below: parts, price
}

// Card is a template message of WeChat's.
type Card struct {
	Title string
	Rows  []CardRow
	More  string // the line that leads on
}

// CardRow is a line of a card.
type CardRow struct{ Label, Value string }

// Bubble is something said.
type Bubble struct {
	Mine                 bool // by the side that the page speaks for
	From, At, Text, Note string
}

// Trouble is a page about what went wrong.
type Trouble struct {
	Title     string
	What      string
	Do        string // what the reader can do
	Who       string // who else can help
	Links     []Crumb
	Reference string
}

// Number is a count as people read it: 11,482.
func Number(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// set reads pairs of a name and a value into what the names stand for.
func set(pairs []any, targets map[string]any) error {
	if len(pairs)%2 != 0 {
		return fmt.Errorf("options come in pairs of a name and a value: %v", pairs)
	}
	for pair := range slices.Chunk(pairs, 2) {
		name, _ := pair[0].(string)
		ok := false
		switch target := targets[name].(type) {
		case *string:
			*target, ok = pair[1].(string)
		case *int:
			*target, ok = pair[1].(int)
		case *bool:
			*target, ok = pair[1].(bool)
		case *[]Choice:
			*target, ok = pair[1].([]Choice)
		}
		if !ok {
			return fmt.Errorf("there is no option %v that takes a %T", pair[0], pair[1])
		}
	}
	return nil
}

// digest names what files hold.
func digest(files fs.FS) string {
	sum := sha256.New()
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, name)
		fmt.Fprintf(sum, "%s %d\n%s", name, len(data), data)
		return err
	})
	if err != nil {
		panic(err) // cannot happen: the files are embedded
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}
