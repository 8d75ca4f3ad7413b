package broadcast

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"towncrier/content"
)

// hashVersion is of the encoding that new approvals are hashed by. The version is kept with each hash; 0 beside a hash is version 1.
//
// A field that is added to what is approved is written last, and only when it is set: then older hashes of version 2 stay what they
// are. Any other change of the encoding is a new version, beside which this one is kept.
const hashVersion = 2

// ListContent is what was on an uploaded list when an audience that names it was submitted.
type ListContent struct {
	ID      string
	Lines   int    // with a number, that were read into it
	Numbers int    // different ones
	Digest  []byte // SHA-256 over what is stored of them
}

// hash is over all that an approver agrees to. sign is that of texts, as residents read it. Two broadcasts that mean the same, such as
// one without a window and one with the default window, hash alike.
func (b Broadcast) hash(lib *content.Library, sign string) []byte {
	sum := sha256.Sum256(b.canonical("broadcast", lib, sign).Bytes())
	return sum[:]
}

// hash is over one occurrence without its time, and when occurrences come.
func (series Series) hash(lib *content.Library, sign string) []byte {
	e := series.occurrence(time.Time{}).canonical("series", lib, sign)
	e.text("cron", series.Cron)
	e.time("until", series.Until)
	e.number("expire", int64(series.expire()))
	sum := sha256.Sum256(e.Bytes())
	return sum[:]
}

// canonical is the encoding of version 2: the fields below, in this order. Its names are not those of the code, which may change.
func (b Broadcast) canonical(what string, lib *content.Library, sign string) *encoder {
	e := &encoder{}
	e.number("towncrier approval of a "+what, hashVersion)
	e.text("nonce", string(b.Nonce))
	e.text("title", b.Title)
	e.text("topic", b.Topic)
	e.number("cites", int64(len(b.Cites)))
	for _, c := range b.Cites {
		e.cite(c, lib)
	}
	e.number("messages", int64(len(b.Messages)))
	for _, m := range b.Messages {
		e.message(m, lib, sign)
	}
	e.rule(b.Audience)
	e.number("lists", int64(len(b.Lists)))
	for _, l := range b.Lists {
		e.text("list", l.ID)
		e.number("lines", int64(l.Lines))
		e.number("numbers", int64(l.Numbers))
		e.text("digest", string(l.Digest))
	}
	e.number("size", int64(b.Size))
	e.number("parts", int64(b.Expected.Parts))
	e.number("cost", int64(b.Expected.Cost))
	e.number("cost most", int64(b.Expected.CostMost))
	e.number("saved", int64(b.Expected.Saved))
	window := b.Window.orDefault()
	e.number("window from", int64(window.From))
	e.number("window to", int64(window.To))
	e.time("send at", b.SendAt)
	e.time("expire at", b.ExpireAt)
	e.number("fallback wait", int64(b.Fallback.Wait))
	e.flag("fallback doubtful", b.Fallback.Doubtful)
	e.flag("emergency", b.Emergency)
	e.text("committee", b.Committee)
	e.text("series", b.Series)
	e.time("due at", b.DueAt)
	if len(b.Accepted) > 0 { // came later
		e.number("accepted", int64(len(b.Accepted)))
		for _, name := range b.Accepted {
			e.text("warning", name)
		}
	}
	return e
}

// encoder writes fields as "name length:value" and a line feed. The length, in bytes, keeps one field's value from being read as the
// next field, so that two different sequences of fields never have the same encoding.
type encoder struct{ bytes.Buffer }

func (e *encoder) text(name, value string) { fmt.Fprintf(e, "%s %d:%s\n", name, len(value), value) }

func (e *encoder) number(name string, n int64) { e.text(name, strconv.FormatInt(n, 10)) }

func (e *encoder) flag(name string, is bool) { e.text(name, strconv.FormatBool(is)) }

// time is to the millisecond, as it is kept; no time is empty.
func (e *encoder) time(name string, t time.Time) {
	if t.IsZero() {
		e.text(name, "")
		return
	}
	e.number(name, t.UnixMilli())
}

func (e *encoder) cite(c Cite, lib *content.Library) {
	e.text("notice", c.Notice)
	e.number("passage", int64(c.Passage))
	text := ""
	if n := lib.Notices[c.Notice]; n != nil {
		if p, ok := n.Passage(c.Passage); ok {
			text = p.Text
		}
	}
	e.text("reads", text)
}

func (e *encoder) message(m Message, lib *content.Library, sign string) {
	e.text("channel", string(m.Channel))
	e.text("template", m.Template)
	e.number("data", int64(len(m.Data)))
	for _, name := range slices.Sorted(maps.Keys(m.Data)) {
		e.text("variable", name)
		e.text("value", m.Data[name])
	}
	e.text("url", m.URL)
	t := lib.Templates[m.Template]
	e.flag("known", t != nil)
	if t == nil {
		return
	}
	e.text("of channel", t.Channel)
	e.text("code", t.Code)
	e.text("form title", t.Title)
	e.text("form", t.Text)
	e.text("reads", read(t, m, sign))
}

// rule writes the conditions that are set, and an end: which ones there are is told by their names.
func (e *encoder) rule(r Rule) {
	if r.All {
		e.flag("all", true)
	}
	for _, operand := range []struct{ name, value string }{
		{"area", r.Area}, {"street", r.Street}, {"of committee", r.Committee}, {"community", r.Community}, {"tag", r.Tag},
		{"subscribed", r.Topic}, {"on list", r.List},
	} {
		if operand.value != "" {
			e.text(operand.name, operand.value)
		}
	}
	for _, parts := range []struct {
		name  string
		rules []Rule
	}{{"and", r.And}, {"or", r.Or}} {
		if len(parts.rules) == 0 {
			continue
		}
		e.number(parts.name, int64(len(parts.rules)))
		for _, part := range parts.rules {
			e.rule(part)
		}
	}
	if r.Not != nil {
		e.flag("not", true)
		e.rule(*r.Not)
	}
	e.text("end", "")
}

// intact says that nothing of what the hash stands for has changed, the city's templates and cited passages included.
func (s *Service) intact(b Broadcast) bool {
	now := hashV1
	if b.HashVersion == hashVersion {
		now = func(b Broadcast, lib *content.Library) []byte { return b.hash(lib, s.Sign) }
	}
	return len(b.Hash) > 0 && b.HashVersion <= hashVersion && bytes.Equal(b.Hash, now(b, s.Content()))
}

// intactSeries is intact for a series.
func (s *Service) intactSeries(series Series) bool {
	now := seriesHashV1
	if series.HashVersion == hashVersion {
		now = func(series Series, lib *content.Library) []byte { return series.hash(lib, s.Sign) }
	}
	return len(series.Hash) > 0 && series.HashVersion <= hashVersion && bytes.Equal(series.Hash, now(series, s.Content()))
}

// shortHash is how many hex digits name a hash among those of one broadcast's versions: 48 bits, over random ones that nobody is shown.
const shortHash = 12

// NamedHash is the hash whose first 12 hex digits or more were given; nil when they are another's.
func NamedHash(hash []byte, digits string) []byte {
	if len(digits) < shortHash || !strings.HasPrefix(hex.EncodeToString(hash), digits) {
		return nil
	}
	return hash
}
