package broadcast

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"towncrier/content"
)

// hashV1 is the approval hash up to database schema 7: SHA-256 over the JSON of the structs below. Nothing here may change: what was
// approved under it is checked by it until it is sent or edited. It covers neither the text of cited passages nor what is on a list.
func hashV1(b Broadcast, lib *content.Library) []byte {
	window := b.Window.orDefault()
	signed := signedV1{
		Title: b.Title, Topic: b.Topic, Cites: []citeV1{}, Audience: ruleV1Of(b.Audience), Window: windowV1(window),
		SendAt: moment(b.SendAt), ExpireAt: moment(b.ExpireAt), Fallback: fallbackV1{b.Fallback.Wait, b.Fallback.Doubtful},
		Emergency: b.Emergency, Committee: b.Committee, Messages: []messageV1{}, Size: b.Size,
		Expected: billV1{b.Expected.Parts, int64(b.Expected.Cost), int64(b.Expected.CostMost), int64(b.Expected.Saved)},
		Series:   b.Series, DueAt: moment(b.DueAt),
	}
	for _, c := range b.Cites {
		signed.Cites = append(signed.Cites, citeV1(c))
	}
	for _, m := range b.Messages {
		entry := messageV1{Channel: string(m.Channel), Template: m.Template, Data: map[string]string{}, URL: m.URL}
		for name, value := range m.Data {
			entry.Data[name] = value
		}
		if t := lib.Templates[m.Template]; t != nil {
			entry.Form = templateV1{ID: t.ID, Channel: t.Channel, Code: t.Code, Title: t.Title, Text: t.Text}
			entry.Reads = t.Render(m.Data)
		}
		signed.Messages = append(signed.Messages, entry)
	}
	text, err := json.Marshal(signed)
	if err != nil {
		return nil // only years beyond 9999 do not marshal, and validate refuses them
	}
	sum := sha256.Sum256(text)
	return sum[:]
}

func seriesHashV1(series Series, lib *content.Library) []byte {
	text := fmt.Appendf(nil, "%x\n%s\n%d\n%d", hashV1(series.occurrence(time.Time{}), lib), series.Cron, series.Until.UnixMilli(), series.expire())
	sum := sha256.Sum256(text)
	return sum[:]
}

type signedV1 struct {
	Title     string      `json:"title"`
	Topic     string      `json:"topic"`
	Cites     []citeV1    `json:"cites"`
	Audience  ruleV1      `json:"audience"`
	Window    windowV1    `json:"window"`
	SendAt    time.Time   `json:"send_at"`
	ExpireAt  time.Time   `json:"expire_at"`
	Fallback  fallbackV1  `json:"fallback"`
	Emergency bool        `json:"emergency"`
	Committee string      `json:"committee"`
	Messages  []messageV1 `json:"messages"`
	Size      int         `json:"Size"`
	Expected  billV1      `json:"Expected"`
	Series    string      `json:"Series"`
	DueAt     time.Time   `json:"DueAt"`
}

type citeV1 struct {
	Notice  string `json:"notice"`
	Passage int    `json:"passage"`
}

type windowV1 struct {
	From int `json:"From"`
	To   int `json:"To"`
}

type fallbackV1 struct {
	Wait     time.Duration `json:"wait,omitempty"`
	Doubtful bool          `json:"doubtful,omitempty"`
}

type billV1 struct {
	Parts    int   `json:"parts"`
	Cost     int64 `json:"cost"`
	CostMost int64 `json:"cost_most"`
	Saved    int64 `json:"saved"`
}

type messageV1 struct {
	Channel  string            `json:"channel"`
	Template string            `json:"template"`
	Data     map[string]string `json:"data"`
	URL      string            `json:"url,omitempty"`
	Form     templateV1        `json:"Template"`
	Reads    string            `json:"Reads"`
}

type templateV1 struct {
	ID      string    `json:"ID"`
	Channel string    `json:"Channel"`
	Code    string    `json:"Code"`
	Title   string    `json:"Title"`
	Text    string    `json:"Text"`
	Vars    *struct{} `json:"Vars"` // was always null, and
	Line    int       `json:"Line"` // always 0
}

type ruleV1 struct {
	All       bool     `json:"all,omitempty"`
	Area      string   `json:"area,omitempty"`
	Street    string   `json:"street,omitempty"`
	Committee string   `json:"committee,omitempty"`
	Community string   `json:"community,omitempty"`
	Tag       string   `json:"tag,omitempty"`
	Topic     string   `json:"topic,omitempty"`
	List      string   `json:"list,omitempty"`
	And       []ruleV1 `json:"and,omitempty"`
	Or        []ruleV1 `json:"or,omitempty"`
	Not       *ruleV1  `json:"not,omitempty"`
}

func ruleV1Of(r Rule) ruleV1 {
	v := ruleV1{All: r.All, Area: r.Area, Street: r.Street, Committee: r.Committee, Community: r.Community, Tag: r.Tag, Topic: r.Topic, List: r.List}
	for _, part := range r.And {
		v.And = append(v.And, ruleV1Of(part))
	}
	for _, part := range r.Or {
		v.Or = append(v.Or, ruleV1Of(part))
	}
	if r.Not != nil {
		not := ruleV1Of(*r.Not)
		v.Not = &not
	}
	return v
}
