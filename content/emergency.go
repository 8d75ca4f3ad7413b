package content

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"towncrier/plaintext"
	"towncrier/problem"
)

// EmergencyTemplate is what a city keeps ready for an emergency of one kind: emergencies/ID.yaml. A few fields make of it a notice, an
// answer and messages, and what is said when it is over.
type EmergencyTemplate struct {
	ID     string
	Title  string // as officials call it: 停水
	Topic  string // an id of City.Topics
	Fields []EmergencyField
	Answer EmergencyAnswer
	Says   Statement // with {field} where a value stands
	Ends   Statement // the same, and {ended}
	File   string
	Lines  map[string]int
}

// EmergencyField is what an official fills in.
type EmergencyField struct {
	ID       string
	Label    string
	Kind     string // TextField or TimeField
	Max      int    // characters of a text
	Optional bool
	Said     string // what stands in place of the value; "" for the value itself
	Unsaid   string // what stands where an optional field is left out
	Sample   string // that the template is checked with
}

// The kinds of fields.
const (
	TextField = "text"
	TimeField = "time"
)

// EmergencyAnswer is the question that residents ask. Its text is that of a Statement.
type EmergencyAnswer struct {
	Title      string
	Utterances []string
	Words      []string // whoever says one of them asks about this, while it lasts
}

// Over is the question once it is over: of the words those stay that texts say, the notices of its beginning and its end. Who says another
// may speak of something new.
func (a EmergencyAnswer) Over(texts ...string) EmergencyAnswer {
	words := slices.DeleteFunc(slices.Clone(a.Words), func(w string) bool {
		return !slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(t, w) })
	})
	if len(words) > 0 {
		a.Words = words
	}
	return a
}

// Statement is what is said at once in a notice, as an answer and by messages.
type Statement struct {
	Headline string
	Issuer   string
	Passages []string // numbered from 1
	Answer   string   // {1} is the first passage
	Messages []DraftMessage
	Silent   []Silence `json:",omitempty"` // of a template; the answer of what is filled says it
}

// Silence is what residents ask besides, and what a passage holds that speaks of it.
type Silence struct {
	About  string // 赔偿
	Unless []string
}

const emergenciesFolder = "emergencies"

// loadEmergencies reads emergencies/*.yaml after everything else.
func loadEmergencies(fsys fs.FS, lib *Library, problems *problem.List) map[string]*EmergencyTemplate {
	all := map[string]*EmergencyTemplate{}
	for _, file := range list(fsys, emergenciesFolder, ".yaml", problems) {
		src, ok := read(fsys, file, problems)
		if !ok {
			continue
		}
		root := parseYAML(file, src, problems)
		if root == nil {
			continue
		}
		before := problems.Faults()
		r := emergencyReader{draftReader: newDraftReader(lib, problems), file: file}
		if t := r.template(root); t != nil && problems.Faults() == before {
			all[t.ID] = t
		}
	}
	return all
}

// emergencyReader reads one template.
type emergencyReader struct {
	draftReader
	file string
	t    *EmergencyTemplate
}

func (r emergencyReader) template(root ast.Node) *EmergencyTemplate {
	m, ok := newMapping(r.file, root, r.problems, "id", "title", "topic", "fields", "headline", "issuer", "passages", "silent", "answer", "messages", "ended")
	if !ok {
		return nil
	}
	r.t = &EmergencyTemplate{File: r.file, Lines: m.lines(), ID: m.text("id"), Title: m.text("title"), Topic: m.text("topic")}
	if want := strings.TrimSuffix(path.Base(r.file), ".yaml"); r.t.ID != want {
		r.problems.Addf(r.file, m.at("id"), "编号%s与文件名不一致：请写 id: %s，或者改文件名", plaintext.Quote(r.t.ID), want)
	} else if !topicID.MatchString(r.t.ID) {
		r.problems.Addf(r.file, m.at("id"), "编号%s不对：用1到32个小写字母、数字和 _，并以字母开头", plaintext.Quote(r.t.ID))
	}
	if n := len([]rune(r.t.Title)); n > maxDraftTitle/2 {
		r.problems.Addf(r.file, m.at("title"), "标题有%d个字，最多%d个字：请缩短", n, maxDraftTitle/2)
	}
	r.t.Topic = r.topic(m, r.t.Topic)
	for _, node := range m.list("fields") {
		r.field(node)
	}
	if len(r.t.Fields) == 0 {
		r.problems.Addf(r.file, m.at("fields"), "fields（要填的项目）是空的：例如 {id: where, label: 哪里停水, max: 20, sample: 示例路}")
	}
	before := r.problems.Faults()
	r.answer(m)
	r.t.Says = r.statement(m, []string{"declared"})
	if ended, ok := newMapping(r.file, m.value("ended"), r.problems, "headline", "passages", "silent", "answer", "messages"); ok {
		r.t.Ends = r.statement(ended, []string{"declared", "ended"})
		r.t.Ends.Issuer = r.t.Says.Issuer
	}
	if r.problems.Faults() == before && !strings.Contains(strings.Join(r.t.Ends.Passages, ""), "{ended") {
		r.problems.Addf(r.file, m.at("ended"), "ended（结束时）的段落里要有结束的时间：请写 {ended}")
	}
	return r.t
}

// maxField keeps one value well within a sentence, in characters.
const maxField = 60

func (r emergencyReader) field(node ast.Node) {
	m, ok := newMapping(r.file, node, r.problems, "id", "label", "kind", "max", "optional", "said", "unsaid", "sample")
	if !ok {
		return
	}
	f := EmergencyField{ID: m.text("id"), Label: m.text("label"), Sample: m.text("sample"), Kind: TextField, Max: m.number("max", 1, maxField, 20)}
	if kind, _ := m.optional("kind"); kind != "" {
		f.Kind = kind
	}
	f.Said, _ = m.optional("said")
	f.Unsaid, _ = m.optional("unsaid")
	if _, ok := m.fields["optional"]; ok {
		f.Optional = m.flag("optional")
	}
	_, taken := r.t.Field(f.ID)
	switch {
	case f.ID == "":
	case !topicID.MatchString(f.ID) || f.ID == "declared" || f.ID == "ended":
		r.problems.Addf(r.file, m.at("id"), "项目编号%s不对：用1到32个小写字母、数字和 _，并以字母开头，不能是 declared 和 ended", plaintext.Quote(f.ID))
	case taken:
		r.problems.Addf(r.file, m.at("id"), "项目%s写了两次：请换一个编号", f.ID)
	case f.Kind != TextField && f.Kind != TimeField:
		r.problems.Addf(r.file, m.at("kind"), "类别%s不对：请写 text（文字）或 time（时间）", plaintext.Quote(f.Kind))
	case f.Optional != (f.Unsaid != ""):
		r.problems.Addf(r.file, m.at("unsaid"), "optional: true（可以不填）和 unsaid（不填时说什么）要一起写")
	case f.Said != "" && !strings.Contains(f.Said, "{"+f.ID):
		r.problems.Addf(r.file, m.at("said"), "said 里要有填写的内容：请写 {%s}", f.ID)
	default:
		r.t.Fields = append(r.t.Fields, f)
	}
}

// Field finds a field by its id or its label.
func (t *EmergencyTemplate) Field(called string) (EmergencyField, bool) {
	for _, f := range t.Fields {
		if f.ID == called || f.Label == called {
			return f, true
		}
	}
	return EmergencyField{}, false
}

func (r emergencyReader) answer(of mapping) {
	m, ok := newMapping(r.file, of.value("answer"), r.problems, "title", "words", "utterances", "text")
	if !ok {
		return
	}
	r.t.Answer = EmergencyAnswer{Title: m.text("title"), Words: r.texts(m, "words", 2), Utterances: r.texts(m, "utterances", 2)}
	r.t.Says.Answer = m.text("text")
}

// texts are the entries of a list, each of so many characters at least.
func (r emergencyReader) texts(m mapping, key string, least int) (all []string) {
	if _, ok := m.fields[key]; !ok {
		r.problems.Addf(r.file, m.line, "没有写 %s：请补上", key)
	}
	for _, node := range m.list(key) {
		s, ok := node.(*ast.StringNode)
		if !ok || len([]rune(strings.TrimSpace(s.Value))) < least {
			r.problems.Addf(r.file, lineOf(node), "%s 的每一项写至少%d个字的文字", key, least)
			continue
		}
		all = append(all, strings.TrimSpace(s.Value))
	}
	return all
}

// statement reads what is said of a mapping that has it. known are the times beside the fields that it may name.
func (r emergencyReader) statement(m mapping, known []string) Statement {
	s := Statement{Headline: m.text("headline"), Passages: r.texts(m, "passages", 2), Silent: r.silences(m), Answer: r.t.Says.Answer}
	if len(known) > 1 {
		s.Answer = m.text("answer")
	} else {
		s.Issuer = m.text("issuer")
	}
	r.places(m.at("headline"), known, s.Headline, s.Issuer)
	r.places(m.at("passages"), known, s.Passages...)
	r.places(m.at("answer"), append(s.numbers(), known...), s.Answer)
	for _, channel := range channels {
		if f, ok := m.messages(channel); ok {
			r.message(&s, channel, f, known)
		}
	}
	if len(s.Messages) == 0 && r.templates {
		r.problems.Addf(r.file, m.at("messages"), "messages（各渠道的内容）是空的：请至少写一个渠道：%s", strings.Join(channels, "、"))
	}
	return s
}

// silences read what a statement says that it does not say.
func (r emergencyReader) silences(of mapping) (all []Silence) {
	for _, node := range of.list("silent") {
		if m, ok := newMapping(r.file, node, r.problems, "about", "unless"); ok {
			about := m.text("about")
			if strings.ContainsAny(about, "{}") {
				r.problems.Addf(r.file, m.at("about"), "about 里不能有花括号：请写一个词，如 赔偿")
			}
			all = append(all, Silence{About: about, Unless: r.texts(m, "unless", 1)})
		}
	}
	return all
}

// numbers are those of the passages.
func (s Statement) numbers() (all []string) {
	for i := range s.Passages {
		all = append(all, strconv.Itoa(i+1))
	}
	return all
}

func (r emergencyReader) message(s *Statement, channel string, f field, known []string) {
	keys := []string{"template", "data", "url"}
	if channel == SMSChannel {
		keys = keys[:2]
	}
	m, ok := newMapping(r.file, f.value, r.problems, keys...)
	if !ok {
		return
	}
	msg := DraftMessage{Channel: channel, Template: m.text("template"), Data: map[string]string{}}
	if _, ok := m.fields["url"]; ok {
		msg.URL = m.text("url")
	}
	t := r.lib.Templates[msg.Template]
	switch {
	case msg.Template == "" || !r.templates:
		return
	case t == nil:
		r.problems.Addf(r.file, m.at("template"), "%s 里没有模板%s：请核对编号", templatesFile, plaintext.Quote(msg.Template))
		return
	case t.ForStaff():
		r.problems.Addf(r.file, m.at("template"), "模板%s只用来提醒工作人员，不能发给居民：请换一个", t.ID)
		return
	case t.Channel != channel:
		r.problems.Addf(r.file, m.at("template"), "模板%s是%s的，不是%s的：请换一个", t.ID, ChannelLabels[t.Channel], ChannelLabels[channel])
		return
	}
	if data, ok := newMapping(r.file, m.value("data"), r.problems, t.names()...); ok {
		for _, v := range t.Vars {
			msg.Data[v.Name], _ = data.optional(v.Name)
			r.places(data.at(v.Name), known, msg.Data[v.Name])
		}
	}
	s.Messages = append(s.Messages, msg)
}

// valuePlace is where a value stands: {where}, {since.clock}, or {1} for a passage.
var valuePlace = regexp.MustCompile(`\{([a-z0-9_]*)(\.[a-z]*)?\}`)

// places refuses places for which there is nothing.
func (r emergencyReader) places(line int, known []string, texts ...string) {
	for _, text := range texts {
		if strings.ContainsAny(valuePlace.ReplaceAllString(text, ""), "{}") {
			r.problems.Addf(r.file, line, "有多余的花括号：项目写成 {where} 这样")
		}
		for _, p := range valuePlace.FindAllStringSubmatch(text, -1) {
			f, ok := r.t.Field(p[1])
			moment := f.Kind == TimeField || p[1] == "declared" || p[1] == "ended"
			switch {
			case p[2] == "" && (ok && f.ID == p[1] || slices.Contains(known, p[1])):
			case p[2] != "" && moment && (ok || slices.Contains(known, p[1])) && timeForms[p[2]] != nil:
			default:
				r.problems.Addf(r.file, line, "这个模板没有%s这一项：时间后面可以加 .full、.day 和 .clock", plaintext.Quote(p[0]))
			}
		}
	}
}

// value is what stands at a key, an empty mapping where nothing does.
func (m mapping) value(key string) ast.Node {
	if f, ok := m.fields[key]; ok {
		return f.value
	}
	m.problems.Addf(m.file, m.line, "没有写 %s：请补上", key)
	return nil
}

// messages is what stands below messages for a channel.
func (m mapping) messages(channel string) (field, bool) {
	f, ok := m.fields["messages"]
	if !ok {
		return field{}, false
	}
	var ignored problem.List // it is read once for each channel
	problems := m.problems
	if channel != channels[0] {
		problems = &ignored
	}
	by, ok := newMapping(m.file, f.value, problems, channels...)
	if !ok {
		return field{}, false
	}
	f, ok = by.fields[channel]
	return f, ok
}

// number is a whole number that may be missing.
func (m mapping) number(key string, least, most, missing int) int {
	f, ok := m.fields[key]
	if !ok {
		return missing
	}
	n, err := strconv.Atoi(f.value.GetToken().Value)
	if err != nil || n < least || n > most {
		m.problems.Addf(m.file, f.line, "%s 应为%d到%d的数字", key, least, most)
	}
	return n
}

// ErrNoEmergencyTemplate is for a template that a city does not have.
var ErrNoEmergencyTemplate = problem.NotFound("没有这个应急模板：请核对名称，见应急模板列表")

// EmergencyCalled is the template with an id or a title.
func (l *Library) EmergencyCalled(said string) (*EmergencyTemplate, error) {
	if t := l.Emergencies[said]; t != nil {
		return t, nil
	}
	for _, t := range l.Emergencies {
		if t.Title == said {
			return t, nil
		}
	}
	return nil, ErrNoEmergencyTemplate
}
