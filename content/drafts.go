package content

import (
	"fmt"
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

// Draft is a broadcast that a city keeps ready: broadcasts/ID.yaml. Nothing is sent from it: an official makes a broadcast of it,
// and another approves that.
type Draft struct {
	ID       string
	Title    string // for colleagues
	Topic    string // an id of City.Topics
	Cites    []Citation
	Messages []DraftMessage // at most one a channel: subscription, template, sms
	Audience Audience
	File     string
	Lines    map[string]int // of each key in File, as in messages.sms.data.title, and of cites[0]
}

// Citation names a passage.
type Citation struct {
	Notice  string
	Passage int
}

// String is the form of the files, N2#5.
func (c Citation) String() string { return fmt.Sprintf("%s#%d", c.Notice, c.Passage) }

// DraftMessage is what one channel carries.
type DraftMessage struct {
	Channel  string
	Template string            // an id of Library.Templates, of the same channel
	Data     map[string]string // a value for every variable of the template
	URL      string            // opened by a tap, WeChat only; may be ""
}

const (
	draftsFolder = "broadcasts"
	// maxDraftTitle keeps a title on one line of a list, in characters.
	maxDraftTitle = 40
	// maxDraftURL is what WeChat takes for a menu's page, in bytes; it documents none for a message's.
	maxDraftURL = 1024
)

var citationForm = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9_-]*)#([1-9][0-9]{0,3})$`)

// draftReader compares drafts with the files that they name, unless those are at fault themselves: what is missing in a broken
// file is reported once, there.
type draftReader struct {
	lib                        *Library
	problems                   *problem.List
	topics, notices, templates bool // are sound
}

func newDraftReader(lib *Library, problems *problem.List) draftReader {
	sound := func(name string) bool {
		return !slices.ContainsFunc(*problems, func(p problem.Problem) bool { return !p.Warning && strings.HasPrefix(p.File, name) })
	}
	return draftReader{lib, problems, sound("city.yaml"), sound("notices"), sound(templatesFile)}
}

// loadDrafts reads broadcasts/*.yaml after everything else.
func loadDrafts(fsys fs.FS, lib *Library, problems *problem.List) map[string]*Draft {
	r := newDraftReader(lib, problems)
	drafts := map[string]*Draft{}
	for _, file := range list(fsys, draftsFolder, ".yaml", problems) {
		src, ok := read(fsys, file, problems)
		if !ok {
			continue
		}
		root := parseYAML(file, src, problems)
		if root == nil {
			continue
		}
		if d, ok := r.draft(file, root); ok && d.ID != "" {
			drafts[d.ID] = d // the file's name, so that no two have it
		}
	}
	return drafts
}

func (r draftReader) draft(file string, root ast.Node) (*Draft, bool) {
	problems := r.problems
	m, ok := newMapping(file, root, problems, "id", "title", "topic", "cites", "audience", "messages")
	if !ok {
		return nil, false
	}
	d := &Draft{File: file, Lines: m.lines(), ID: m.text("id"), Title: m.text("title"), Topic: m.text("topic")}
	if want := strings.TrimSuffix(path.Base(file), ".yaml"); d.ID != "" && d.ID != want {
		problems.Addf(file, m.at("id"), "编号%s与文件名不一致：请写 id: %s，或者改文件名", plaintext.Quote(d.ID), want)
		d.ID = ""
	} else if d.ID != "" && !noticeID.MatchString(d.ID) {
		problems.Addf(file, m.at("id"), "编号%s只能用字母、数字、- 和 _，并以字母或数字开头", plaintext.Quote(d.ID))
	}
	if n := len([]rune(d.Title)); n > maxDraftTitle {
		problems.Addf(file, m.at("title"), "标题有%d个字，最多%d个字：请缩短", n, maxDraftTitle)
	}
	d.Topic = r.topic(m, d.Topic)
	r.cites(m, d)
	if f, ok := m.fields["audience"]; ok {
		d.Audience = r.audience(file, f.value)
	} else {
		problems.Addf(file, m.line, "没有写 audience（发送范围）：请写发给谁，例如 all: true")
	}
	r.messages(m, d)
	return d, true
}

// cites reads NOTICE#NUMBER entries.
func (r draftReader) cites(m mapping, d *Draft) {
	if _, ok := m.fields["cites"]; !ok {
		m.problems.Addf(d.File, m.line, "没有写 cites（依据）：请写公告的段落，例如 [N2#5]")
		return
	}
	before := m.problems.Faults()
	nodes := m.list("cites")
	if len(nodes) == 0 && m.problems.Faults() == before {
		m.problems.Addf(d.File, m.at("cites"), "cites（依据）是空的：请写公告的段落，例如 [N2#5]")
	}
	for _, node := range nodes {
		line := lineOf(node)
		s, ok := node.(*ast.StringNode)
		var parts []string
		if ok {
			parts = citationForm.FindStringSubmatch(strings.TrimSpace(s.Value))
		}
		if parts == nil {
			m.problems.Addf(d.File, line, "cites（依据）的每一项写公告编号和段落号，例如 N2#5")
			continue
		}
		number, _ := strconv.Atoi(parts[2]) // the form has at most four digits
		cite := Citation{parts[1], number}
		if why := r.missing(cite); why != "" {
			m.problems.Addf(d.File, line, "依据 %s 不对：%s", cite, why)
			continue
		}
		if slices.Contains(d.Cites, cite) {
			m.problems.Addf(d.File, line, "依据 %s 写了两次：请只留一个", cite)
			continue
		}
		d.Lines[fmt.Sprintf("cites[%d]", len(d.Cites))] = line
		d.Cites = append(d.Cites, cite)
	}
}

// missing says why there is no such passage, "" when there is.
func (r draftReader) missing(cite Citation) string {
	n := r.lib.Notices[cite.Notice]
	if !r.notices {
		return ""
	}
	if n == nil {
		return "没有公告" + cite.Notice + "，请核对编号"
	}
	if _, ok := n.Passage(cite.Passage); !ok {
		return fmt.Sprintf("公告%s只有第%s段，请核对段落号", n.ID, n.Numbers())
	}
	return ""
}

func (r draftReader) messages(m mapping, d *Draft) {
	f, ok := m.fields["messages"]
	if !ok {
		m.problems.Addf(d.File, m.line, "没有写 messages（各渠道的内容）：请至少写一个渠道：%s", strings.Join(channels, "、"))
		return
	}
	before := m.problems.Faults()
	keys := slices.Clone(channels)
	for _, channel := range channels {
		keys = append(keys, ChannelLabels[channel])
	}
	by, ok := newMapping(d.File, f.value, m.problems, keys...)
	if !ok {
		return
	}
	if len(by.fields) == 0 && m.problems.Faults() == before {
		m.problems.Addf(d.File, f.line, "messages（各渠道的内容）是空的：请至少写一个渠道：%s", strings.Join(channels, "、"))
	}
	for _, channel := range channels {
		f, ok := by.fields[channel]
		if labelled, also := by.fields[ChannelLabels[channel]]; also && ok {
			m.problems.Addf(d.File, labelled.line, "%s的内容写了两次：第%d行已写，请只留一个", ChannelLabels[channel], f.line)
		} else if also {
			f, ok = labelled, true
		}
		if ok {
			d.Lines["messages."+channel] = f.line
			r.message(d, channel, f.value)
		}
	}
}

func (r draftReader) message(d *Draft, channel string, node ast.Node) {
	problems := r.problems
	keys := []string{"template", "data", "url"}
	if channel == SMSChannel {
		keys = keys[:2]
	}
	m, ok := newMapping(d.File, node, problems, keys...)
	if !ok {
		return
	}
	msg := DraftMessage{Channel: channel, Template: m.text("template"), Data: map[string]string{}}
	if _, ok := m.fields["url"]; ok {
		msg.URL = m.text("url")
		before := problems.Faults()
		m.bounded("url", msg.URL, maxDraftURL)
		if msg.URL != "" && !strings.HasPrefix(msg.URL, "https://") && !strings.HasPrefix(msg.URL, "http://") {
			problems.Addf(d.File, m.at("url"), "url 应以 https:// 开头")
		}
		if problems.Faults() == before {
			r.link(m, msg.URL)
		}
	}
	t := r.lib.Templates[msg.Template]
	switch {
	case msg.Template == "" || !r.templates:
		return
	case t == nil:
		problems.Addf(d.File, m.at("template"), "没有模板%s：请写 %s 里的模板编号", plaintext.Quote(msg.Template), templatesFile)
		return
	case t.ForStaff():
		problems.Addf(d.File, m.at("template"), "模板%s只用来提醒工作人员，不能发给居民：请换一个模板", t.ID)
		return
	case t.Channel != channel:
		problems.Addf(d.File, m.at("template"), "模板%s是%s的，不能用于%s：请换一个模板", t.ID, ChannelLabels[t.Channel], ChannelLabels[channel])
		return
	}
	d.readData(t, m, &msg)
	d.Messages = append(d.Messages, msg)
}

// link warns of an address of which no broadcast can be made as it stands. It refuses nothing: a city must be taken as it was.
func (r draftReader) link(m mapping, url string) {
	if strings.HasPrefix(url, "http://") {
		m.problems.Warnf(m.file, m.at("url"), "url 不是以 https:// 开头：不改就不能照这份群发稿发送")
	}
	if !r.topics { // city.yaml is at fault
		return
	}
	for _, host := range LinkedHosts(url) {
		if !r.lib.City.OwnHost(host) {
			m.problems.Warnf(m.file, m.at("url"), "url 指向 %s，不在 city.yaml 的 hosts 里：群发时撰稿员和审批员都要接受 link:%s", host, host)
		}
	}
}

// readData reads a value for every variable and compares them with what the platform takes.
func (d *Draft) readData(t *Template, m mapping, msg *DraftMessage) {
	f, ok := m.fields["data"]
	if !ok {
		m.problems.Addf(d.File, m.line, "没有写 data（模板的变量）：请填写%s", quoted(t.names()))
		return
	}
	data, ok := newMapping(d.File, f.value, m.problems, t.names()...)
	if !ok {
		return
	}
	before := m.problems.Faults()
	for _, v := range t.Vars {
		if v.Type == constType {
			msg.Data[v.Name], _ = data.optional(v.Name)
		} else {
			msg.Data[v.Name] = data.text(v.Name)
		}
		d.Lines["messages."+t.Channel+".data."+v.Name] = data.at(v.Name)
	}
	if m.problems.Faults() > before {
		return
	}
	for _, unfit := range t.Check(msg.Data) {
		line, of := m.at("data"), "内容"
		if unfit.Var != "" {
			line, of = data.at(unfit.Var), " "+unfit.Var+" "
		}
		m.problems.Addf(d.File, line, "%s的%s发不出去：%s", ChannelLabels[t.Channel], of, unfit)
	}
}

func (t *Template) names() []string {
	names := make([]string, len(t.Vars))
	for i, v := range t.Vars {
		names[i] = v.Name
	}
	return names
}
