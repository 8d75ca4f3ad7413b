package content

import (
	"errors"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"

	"towncrier/problem"
)

// The channels that a template belongs to.
const (
	SubscriptionChannel = "subscription" // WeChat subscription notification (订阅通知)
	TemplateChannel     = "template"     // WeChat template message (模板消息)
	SMSChannel          = "sms"
)

// Template is a form that a platform has approved, as templates.yaml lists it: a broadcast fills its variables and nothing else.
type Template struct {
	ID      string
	Channel string // SubscriptionChannel, TemplateChannel or SMSChannel
	Code    string // the platform's id: a template_id of WeChat, an SMS_… of Alibaba Cloud
	Title   string // as it is called on the platform; WeChat prints it above the values
	Text    string // of an SMS, as registered, with ${name} where a variable stands; "" for WeChat
	Vars    []TemplateVar
	Line    int // in templates.yaml
}

// TemplateVar is what may be filled in.
type TemplateVar struct {
	Name   string   // the platform's key: thing1, or what stands in ${}
	Label  string   // what WeChat prints before the value; for an SMS, what it means to officials
	Type   string   // decides what a value may be
	Values []string // of a const: what was approved in advance
}

// variable is where a value stands in the text of an SMS.
var variable = regexp.MustCompile(`\$\{([^{}]*)\}`)

// Var finds a variable by its name.
func (t *Template) Var(name string) (TemplateVar, bool) {
	for _, v := range t.Vars {
		if v.Name == name {
			return v, true
		}
	}
	return TemplateVar{}, false
}

// Render is what a resident reads: the text of an SMS without its sign, or a line "label：value" a variable.
func (t *Template) Render(data map[string]string) string {
	if t.Channel == SMSChannel {
		return variable.ReplaceAllStringFunc(t.Text, func(place string) string {
			return data[place[len("${"):len(place)-len("}")]]
		})
	}
	lines := make([]string, len(t.Vars))
	for i, v := range t.Vars {
		lines[i] = v.Label + "：" + data[v.Name]
	}
	return strings.Join(lines, "\n")
}

const templatesFile = "templates.yaml"

var (
	// placeName is what may stand in ${}.
	placeName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,31}$`)
	// wechatKey is a type and a number, as the platform names its keys.
	wechatKey = regexp.MustCompile(`^([a-z_]+)[0-9]{1,2}$`)
)

var channels = []string{SubscriptionChannel, TemplateChannel, SMSChannel}

// ChannelLabels are what officials read for the channels. Files may name a channel so, too.
var ChannelLabels = map[string]string{SubscriptionChannel: "微信订阅通知", TemplateChannel: "微信模板消息", SMSChannel: "短信"}

// channelCalled is the channel with a label; another text stays as it is.
func channelCalled(text string) string {
	for _, channel := range channels {
		if text == ChannelLabels[channel] {
			return channel
		}
	}
	return text
}

// loadTemplates reads templates.yaml, which a city that sends no broadcasts does without.
func loadTemplates(fsys fs.FS, problems *problem.List) map[string]*Template {
	if _, err := fs.Stat(fsys, templatesFile); errors.Is(err, fs.ErrNotExist) {
		return map[string]*Template{}
	}
	src, ok := read(fsys, templatesFile, problems)
	if !ok {
		return map[string]*Template{}
	}
	root := parseYAML(templatesFile, src, problems)
	if root == nil {
		return map[string]*Template{}
	}
	return readTemplates(root, problems)
}

func readTemplates(root ast.Node, problems *problem.List) map[string]*Template {
	templates := map[string]*Template{}
	codes := map[[2]string]int{}
	for _, node := range sequence(templatesFile, "the templates", root, problems) {
		t, m, ok := readTemplate(node, problems)
		if !ok || t.ID == "" {
			continue
		}
		if first, taken := templates[t.ID]; taken {
			problems.Addf(templatesFile, m.at("id"), "template id %s is given twice: first on line %d", t.ID, first.Line)
			continue
		}
		// What a platform reports back names the code: it must lead to one template.
		code := [2]string{t.Channel, t.Code}
		if first, taken := codes[code]; taken && t.Code != "" {
			problems.Addf(templatesFile, m.at("code"), "code %s is given twice on %s: first on line %d", t.Code, t.Channel, first)
		}
		codes[code] = m.at("code")
		templates[t.ID] = t
	}
	return templates
}

func readTemplate(node ast.Node, problems *problem.List) (*Template, mapping, bool) {
	m, ok := newMapping(templatesFile, node, problems, "id", "channel", "code", "title", "text", "vars")
	if !ok {
		return nil, m, false
	}
	t := &Template{ID: m.text("id"), Channel: m.text("channel"), Code: m.text("code"), Title: m.text("title"), Line: m.line}
	if t.ID != "" && !noticeID.MatchString(t.ID) {
		problems.Addf(templatesFile, m.at("id"), "id %q: use letters, digits, - and _ only", t.ID)
	}
	if t.Channel == "" {
		return t, m, true
	}
	if t.Channel = channelCalled(t.Channel); !slices.Contains(channels, t.Channel) {
		problems.Addf(templatesFile, m.at("channel"), "channel %q: write %s", t.Channel, strings.Join(channels, ", "))
		return t, m, true
	}
	before := problems.Faults()
	for _, node := range m.list("vars") {
		if v, ok := t.readVar(node, problems); ok {
			t.Vars = append(t.Vars, v)
		}
	}
	if t.Channel == SMSChannel {
		t.readText(m, problems.Faults() == before)
		return t, m, true
	}
	if _, ok := m.fields["text"]; ok {
		problems.Addf(templatesFile, m.at("text"), "text goes with channel %s: a WeChat template has vars only", SMSChannel)
	}
	if len(t.Vars) == 0 && problems.Faults() == before {
		problems.Addf(templatesFile, m.at("vars"), "vars: a WeChat template has at least one, as in thing1")
	}
	return t, m, true
}

func (t *Template) readVar(node ast.Node, problems *problem.List) (TemplateVar, bool) {
	keys := []string{"name", "label", "values"}
	if t.Channel == SMSChannel {
		keys = []string{"name", "label", "type"}
	}
	m, ok := newMapping(templatesFile, node, problems, keys...)
	if !ok {
		return TemplateVar{}, false
	}
	v := TemplateVar{Name: m.text("name"), Label: m.text("label")}
	if t.Channel == SMSChannel {
		v.Type = m.text("type")
		if v.Name != "" && !placeName.MatchString(v.Name) {
			problems.Addf(templatesFile, m.at("name"), "variable %q: write letters, digits and _, a letter first", v.Name)
		}
		if _, known := smsKinds[v.Type]; v.Type != "" && !known {
			problems.Addf(templatesFile, m.at("type"), "type %q: write %s", v.Type, typeNames(smsKinds))
		}
	} else if v.Name != "" {
		if key := wechatKey.FindStringSubmatch(v.Name); key != nil {
			v.Type = key[1]
		}
		if _, known := wechatKinds[v.Type]; !known {
			problems.Addf(templatesFile, m.at("name"), "key %q: write a type and a number as in thing1; the types are %s", v.Name, typeNames(wechatKinds))
		}
		v.Values = m.approved(v.Type)
	}
	if _, taken := t.Var(v.Name); taken && v.Name != "" {
		problems.Addf(templatesFile, m.at("name"), "variable %s is given twice", v.Name)
		return v, false
	}
	return v, v.Name != ""
}

// approved reads the values of a const, which no other type has.
func (m mapping) approved(typ string) []string {
	if _, given := m.fields["values"]; given != (typ == constType) {
		m.problems.Addf(m.file, m.at("values"), "values: a const lists what was approved for it, and nothing else does")
		return nil
	}
	var values []string
	for _, node := range m.list("values") {
		s, ok := node.(*ast.StringNode)
		if !ok || s.Value == "" || utf8.RuneCountInString(s.Value) > wechatKinds[constType].most {
			m.problems.Addf(m.file, lineOf(node), "values: write text of 1 to %d characters", wechatKinds[constType].most)
			continue
		}
		values = append(values, s.Value)
	}
	return values
}

// readText checks an SMS against its variables, unless they are at fault themselves.
func (t *Template) readText(m mapping, sound bool) {
	t.Text = m.text("text")
	if t.Text == "" {
		return
	}
	line := m.at("text")
	fault := func(format string, args ...any) { m.problems.Addf(m.file, line, format, args...) }
	used := map[string]bool{}
	for _, place := range variable.FindAllStringSubmatch(t.Text, -1) {
		name := place[1]
		if _, ok := t.Var(name); !ok && sound && !used[name] {
			fault("text names ${%s}, which vars does not declare", name)
		}
		used[name] = true
	}
	for _, v := range t.Vars {
		if !used[v.Name] && sound {
			fault("vars declares %s, but text has no ${%s}", v.Name, v.Name)
		}
	}
	fixed := variable.ReplaceAllString(t.Text, "")
	if strings.ContainsAny(fixed, "{}") {
		fault("text has a { or } that stands for nothing: write a variable as ${name}")
	}
	if strings.ContainsFunc(fixed, unprintable) {
		fault("text has a line break or an invisible character")
	}
	for _, rule := range textRules {
		if rule.found(fixed) {
			fault("text %s", rule.english)
		}
	}
	if n := utf8.RuneCountInString(fixed) + maxSign; n > maxSMS {
		fault("text has %d characters with the longest sign, before anything is filled in: at most %d are taken", n, maxSMS)
	}
}

func typeNames(kinds map[string]kind) string {
	return strings.Join(slices.Sorted(maps.Keys(kinds)), ", ")
}

func unprintable(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co) }
