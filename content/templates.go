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

	"towncrier/plaintext"
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

// The templates that tell staff that something waits for them, by their ids. No broadcast has one.
const (
	StaffUrgent = "staff-urgent" // a text
	StaffTask   = "staff-task"   // a template message
)

// ForStaff says whether t tells staff alone.
func (t *Template) ForStaff() bool { return t.ID == StaffUrgent || t.ID == StaffTask }

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
	for _, node := range sequence(templatesFile, "整个文件", root, problems) {
		t, m, ok := readTemplate(node, problems)
		if !ok || t.ID == "" {
			continue
		}
		if first, taken := templates[t.ID]; taken {
			problems.Addf(templatesFile, m.at("id"), "模板编号%s写了两次：第%d行已写，请换一个编号", t.ID, first.Line)
			continue
		}
		// What a platform reports back names the code: it must lead to one template.
		code := [2]string{t.Channel, t.Code}
		if first, taken := codes[code]; taken && t.Code != "" {
			problems.Addf(templatesFile, m.at("code"), "%s的 code %s 写了两次：第%d行已写，请核对平台上的模板编号", ChannelLabels[t.Channel], t.Code, first)
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
		problems.Addf(templatesFile, m.at("id"), "编号%s只能用字母、数字、- 和 _，并以字母或数字开头", plaintext.Quote(t.ID))
	}
	if t.Channel == "" {
		return t, m, true
	}
	if t.Channel = channelCalled(t.Channel); !slices.Contains(channels, t.Channel) {
		problems.Addf(templatesFile, m.at("channel"), "没有渠道%s：请写 %s", plaintext.Quote(t.Channel), strings.Join(channels, "、"))
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
		problems.Addf(templatesFile, m.at("text"), "text 只用于短信（%s）：微信的模板只写 vars", SMSChannel)
	}
	if len(t.Vars) == 0 && problems.Faults() == before {
		problems.Addf(templatesFile, m.at("vars"), "没有写 vars（变量）：微信的模板至少有一个，例如 thing1")
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
			problems.Addf(templatesFile, m.at("name"), "变量名%s只能用字母、数字和 _，并以字母开头", plaintext.Quote(v.Name))
		}
		if _, known := smsKinds[v.Type]; v.Type != "" && !known {
			problems.Addf(templatesFile, m.at("type"), "没有变量类型%s：请写 %s", plaintext.Quote(v.Type), strings.Join(typeNames(smsKinds), "、"))
		}
	} else if v.Name != "" {
		if key := wechatKey.FindStringSubmatch(v.Name); key != nil {
			v.Type = key[1]
		}
		if _, known := wechatKinds[v.Type]; !known {
			problems.Addf(templatesFile, m.at("name"), "变量名%s不对：请写类型加数字，例如 thing1；类型有%s", plaintext.Quote(v.Name), quoted(typeNames(wechatKinds)))
		}
		v.Values = m.approved(v.Type)
	}
	if _, taken := t.Var(v.Name); taken && v.Name != "" {
		problems.Addf(templatesFile, m.at("name"), "变量%s写了两次：请改一个", plaintext.Quote(v.Name))
		return v, false
	}
	return v, v.Name != ""
}

// approved reads the values of a const, which no other type has.
func (m mapping) approved(typ string) []string {
	if _, given := m.fields["values"]; given != (typ == constType) {
		m.problems.Addf(m.file, m.at("values"), "values 写平台批准过的值：const 类型必须写，别的类型不写")
		return nil
	}
	var values []string
	for _, node := range m.list("values") {
		s, ok := node.(*ast.StringNode)
		if !ok || s.Value == "" || utf8.RuneCountInString(s.Value) > wechatKinds[constType].most {
			m.problems.Addf(m.file, lineOf(node), "values 的每一项写1到%d个字", wechatKinds[constType].most)
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
			fault("text 里有 ${%s}，vars 里没有这个变量：请补上或删去", name)
		}
		used[name] = true
	}
	for _, v := range t.Vars {
		if !used[v.Name] && sound {
			fault("vars 里有%s，text 里没有 ${%s}：请补上或删去", plaintext.Quote(v.Name), v.Name)
		}
	}
	fixed := variable.ReplaceAllString(t.Text, "")
	if strings.ContainsAny(fixed, "{}") {
		fault("text 里有多余的 { 或 }：变量写成 ${name}")
	}
	if strings.ContainsFunc(fixed, unprintable) {
		fault("text 里有换行或看不见的字符：请删去")
	}
	for _, rule := range textRules {
		if rule.found(fixed) {
			fault("text（短信文字）里%s", rule.says)
		}
	}
	if n := utf8.RuneCountInString(fixed) + maxSign; n > maxSMS {
		fault("text 连最长的签名有%d个字（变量还没有填），最多%d个字：请缩短", n, maxSMS)
	}
}

func typeNames(kinds map[string]kind) []string { return slices.Sorted(maps.Keys(kinds)) }

// quoted are names as a text that tells of a problem has them.
func quoted(names []string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = plaintext.Quote(name)
	}
	return strings.Join(all, "、")
}

func unprintable(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co) }
