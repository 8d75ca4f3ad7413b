// Package content holds what a city has published: notices with numbered passages, the contacts to turn to, the look-up
// tables that officials keep, and what its broadcasts are made of: approved templates and drafts. A folder is loaded and checked whole; the result is immutable and safe for
// concurrent use. The package knows no platform and no storage.
package content

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"towncrier/plaintext"
)

// City is the city that speaks, as city.yaml describes it.
type City struct {
	Name     string // the service's name, shown to residents
	Area     string // the administrative area that it serves
	Timezone string // Asia/Shanghai, the one civil time of the country; dates and freshness are reckoned in it
	Privacy  string // the short privacy notice of the greeting
	// PrivacyBinding is shown before a phone is bound: who keeps the number and how to reach them, what for, which data, for how
	// long, and the resident's rights (个人信息保护法, article 17). Without it no phone is bound.
	PrivacyBinding string
	Topics         []Topic // of notices, in the order of the menu
	Example        string  // a question that it answers, offered where somebody tries the service out; may be empty
	// SensitiveTags are tags that say something of a person which the law protects more than the rest (个人信息保护法, article 28):
	// they are shown only to staff who keep residents' entries.
	SensitiveTags []string
	// Hosts are the city's own on the web, in small letters: a link of a broadcast to any other host is accepted by two people.
	Hosts []string
	// Phrases are ready to be put into an answer to a resident's ticket.
	Phrases []string
	// Tables say what officials call the tables and their columns.
	Tables []TableForm
}

// Sensitive reports whether a tag is one of the sensitive ones.
func (c City) Sensitive(tag string) bool { return slices.Contains(c.SensitiveTags, tag) }

// Topic is a subject of notices that a resident can subscribe to or stop.
type Topic struct {
	ID   string   // kept in what residents chose: never given to another subject
	Name string   // as a menu shows it
	Also []string // what else residents call it
}

// TopicCalled is the topic with an id or a name.
func (c City) TopicCalled(said string) (Topic, bool) {
	for _, is := range []func(Topic) bool{func(t Topic) bool { return t.ID == said }, func(t Topic) bool { return t.Name == said }} {
		if i := slices.IndexFunc(c.Topics, is); i >= 0 {
			return c.Topics[i], true
		}
	}
	return Topic{}, false
}

// Status says whether a notice may still be relied on.
type Status string

const (
	InForce    Status = "in_force"
	Superseded Status = "superseded" // SupersededBy names what replaced it
	Withdrawn  Status = "withdrawn"  // nothing may be answered from it
)

// Label is what an official reads.
func (s Status) Label() string {
	return map[Status]string{InForce: "有效", Superseded: "已被取代", Withdrawn: "已撤回"}[s]
}

// Notice is one published paper, or one part of it, in our own plain words.
type Notice struct {
	ID           string
	Headline     string
	Issuer       string // in whose name it is
	Publisher    string // where it was printed
	Date         Date
	YearInferred bool // the paper prints no year; an official may correct it
	Area         string
	ReviewBy     Date // after this day answers carry a freshness line
	Status       Status
	SupersededBy string // a notice ID, when Status is Superseded
	Passages     []Passage
	File         string
	Lines        map[string]int // line of each front matter key in File, for messages
}

// Passage is a numbered statement; citations point at it as NOTICE#NUMBER.
type Passage struct {
	Number int
	Text   string
	Line   int
}

// Passage finds a passage by its number.
func (n *Notice) Passage(number int) (Passage, bool) {
	for _, p := range n.Passages {
		if p.Number == number {
			return p, true
		}
	}
	return Passage{}, false
}

// Numbers are those of the passages, as a message names them: 1到8, or 1、2、9、4.
func (n *Notice) Numbers() string {
	var all []string
	counted := true
	for i, p := range n.Passages {
		counted = counted && p.Number == i+1
		all = append(all, strconv.Itoa(p.Number))
	}
	if counted {
		return fmt.Sprintf("1到%d", len(all))
	}
	return strings.Join(all, "、")
}

// Contact is where a resident can turn.
type Contact struct {
	ID, Name, Phone string
	For             string // what it is for
	Source          string // where the number is published
}

// Table is a look-up table kept by officials: tables/NAME.csv. The columns name, aliases (separated by |) and source
// are required, CommitteeColumn says whose a row is; every other column is the city's own and may be named in an intent's slot templates.
type Table struct {
	Name    string
	Columns []string
	Rows    []Row
	File    string
}

// Row is one line of a Table, by column name.
type Row struct {
	Line   int
	Values map[string]string
}

// Library is one city's published material.
type Library struct {
	City     City
	Notices  map[string]*Notice
	Contacts []Contact // the first is where to turn when nothing else is said
	Tables   map[string]*Table
	Menu     []MenuButton // of the Official Account; empty when the city has no menu.yaml

	Phrases     map[string]string // what the bot says otherwise than it would by itself, by ID of Phrase
	PhraseLines map[string]int    // of each in phrases.yaml, for messages

	Templates map[string]*Template // by ID; empty when the city has no templates.yaml
	Drafts    map[string]*Draft    // by ID

	Emergencies map[string]*EmergencyTemplate // by ID
}

// Date is a civil date without a clock or zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// String is the Chinese form, 2023年11月13日.
func (d Date) String() string { return fmt.Sprintf("%d年%d月%d日", d.Year, int(d.Month), d.Day) }

// ISO is the form of front matter and JSON, 2023-11-13.
func (d Date) ISO() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day) }

// ParseDate reads the ISO form and refuses days that do not exist. The error is for officials.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("%s不是日期：请写成 2023-11-13", plaintext.Quote(s))
	}
	return DateOf(t), nil
}

// DateOf is the civil date of t in t's own zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// Before reports whether d is an earlier day than e.
func (d Date) Before(e Date) bool {
	return d.Year < e.Year || d.Year == e.Year && (d.Month < e.Month || d.Month == e.Month && d.Day < e.Day)
}
