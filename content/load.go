package content

import (
	"embed"
	"io/fs"
	"regexp"
	"strings"
	_ "time/tzdata" // city.yaml names a timezone, and small container images carry none

	"github.com/goccy/go-yaml/ast"

	"towncrier/plaintext"
	"towncrier/problem"
)

//go:embed yuncheng
var embedded embed.FS

// Embedded is the city folder that the program carries, served when no other is configured.
func Embedded() fs.FS {
	// Sub fails only for a path that is not valid, and this one is a constant.
	sub, _ := fs.Sub(embedded, "yuncheng")
	return sub
}

// Load reads a city folder: city.yaml, contacts.yaml, notices/*.md, tables/*.csv and, where they are, menu.yaml, phrases.yaml,
// templates.yaml, broadcasts/*.yaml and emergencies/*.yaml.
// Every problem is reported at once, sorted; the Library is usable only when none of them is a fault.
func Load(fsys fs.FS) (*Library, problem.List) {
	var problems problem.List
	lib := &Library{Notices: map[string]*Notice{}, Tables: map[string]*Table{}}
	lib.City = loadCity(fsys, &problems)
	lib.Contacts = loadContacts(fsys, &problems)
	lib.Menu = loadMenu(fsys, &problems)
	for _, file := range list(fsys, "notices", ".md", &problems) {
		src, ok := read(fsys, file, &problems)
		if !ok {
			continue
		}
		n := parseNotice(file, src, &problems)
		if other, taken := lib.Notices[n.ID]; taken && n.ID != "" {
			problems.Addf(file, n.Lines["id"], "公告编号%s已用于 %s：请换一个编号", n.ID, other.File)
			continue
		}
		lib.Notices[n.ID] = n
	}
	if len(lib.Notices) == 0 {
		problems.Warnf("notices", 0, "还没有公告：每份公告写成一个文件，例如 notices/N1.md")
	}
	checkSuccessors(lib, &problems)
	for _, file := range list(fsys, "tables", ".csv", &problems) {
		if src, ok := read(fsys, file, &problems); ok {
			t := parseTable(file, src, &problems)
			lib.Tables[t.Name] = t
		}
	}
	lib.Phrases, lib.PhraseLines = loadPhrases(fsys, &problems)
	lib.Templates = loadTemplates(fsys, &problems)
	lib.Drafts = loadDrafts(fsys, lib, &problems)
	lib.Emergencies = loadEmergencies(fsys, lib, &problems)
	problems.Sort()
	return lib, problems
}

// ReadCity is what city.yaml describes, as far as it can be read.
func ReadCity(fsys fs.FS) City {
	var problems problem.List
	return loadCity(fsys, &problems)
}

func loadCity(fsys fs.FS, problems *problem.List) City {
	const file = "city.yaml"
	src, ok := read(fsys, file, problems)
	if !ok {
		return City{}
	}
	root := parseYAML(file, src, problems)
	if root == nil {
		return City{}
	}
	m, ok := newMapping(file, root, problems, "name", "area", "timezone", "privacy", "privacy_binding", "topics", "example", "sensitive_tags", "hosts", "phrases", "tables")
	if !ok {
		return City{}
	}
	c := City{Name: m.plain("name"), Area: m.plain("area"), Timezone: m.text("timezone"), Privacy: m.plain("privacy")}
	if _, ok := m.fields["example"]; ok {
		c.Example = m.plain("example")
	}
	if _, ok := m.fields["privacy_binding"]; ok {
		c.PrivacyBinding = m.plain("privacy_binding")
	}
	if n := len(c.PrivacyBinding); n > maxBinding {
		problems.Addf(file, m.at("privacy_binding"), "privacy_binding 有%d字节，一条回复最多放%d字节（一个汉字3字节）：请缩短", n, maxBinding)
	}
	c.Topics = m.topics()
	for _, node := range m.list("sensitive_tags") {
		if tag, ok := node.(*ast.StringNode); ok && strings.TrimSpace(tag.Value) != "" {
			c.SensitiveTags = append(c.SensitiveTags, strings.TrimSpace(tag.Value))
		} else {
			problems.Addf(file, lineOf(node), "sensitive_tags 的每一项写居民登记里的标签，例如 低保")
		}
	}
	c.Hosts, c.Phrases = m.hosts(), m.phrases()
	c.Tables = m.tables()
	// "Local" would make dates depend on the machine.
	if c.Timezone != "" && c.Timezone != "Asia/Shanghai" {
		problems.Addf(file, m.at("timezone"), "timezone 不能写%s：请写 Asia/Shanghai，日期和时段都按北京时间", plaintext.Quote(c.Timezone))
	}
	return c
}

// phone is a number as people dial it: digits, with a leading + and hyphens between the groups allowed.
var phone = regexp.MustCompile(`^\+?[0-9]+(-[0-9]+)*$`)

func loadContacts(fsys fs.FS, problems *problem.List) []Contact {
	const file = "contacts.yaml"
	src, ok := read(fsys, file, problems)
	if !ok {
		return nil
	}
	root := parseYAML(file, src, problems)
	if root == nil {
		return nil
	}
	var contacts []Contact
	lines := map[string]int{}
	for _, node := range sequence(file, "整个文件", root, problems) {
		m, ok := newMapping(file, node, problems, "id", "name", "phone", "for", "source")
		if !ok {
			continue
		}
		c := Contact{ID: m.text("id"), Name: m.plain("name"), Phone: m.text("phone"), For: m.plain("for"), Source: m.source()}
		if c.Phone != "" && !phone.MatchString(c.Phone) {
			problems.Addf(file, m.at("phone"), "phone 只写数字，各段之间用 -，例如 0359-1234567")
		}
		if first, taken := lines[c.ID]; taken && c.ID != "" {
			problems.Addf(file, m.at("id"), "编号%s写了两次：第%d行已写，请换一个编号", c.ID, first)
			continue
		}
		lines[c.ID] = m.at("id")
		contacts = append(contacts, c)
	}
	return contacts
}

// source is the one key of a contact whose absence needs its reason.
func (m mapping) source() string {
	if s, ok := m.optional("source"); s != "" || !ok {
		return s
	}
	m.problems.Addf(m.file, m.at("phone"), "写了 phone，没有写 source：请写明号码在哪里公布")
	return ""
}
