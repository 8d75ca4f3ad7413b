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
	"towncrier/lookup"
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
	sum := sha256.Sum256(b.canonical(reading{lib: lib, sign: sign}).Bytes())
	return sum[:]
}

// hash is over one occurrence without its time, and when occurrences come.
func (series Series) hash(lib *content.Library, sign string) []byte {
	sum := sha256.Sum256(series.canonical(reading{lib: lib, sign: sign}).Bytes())
	return sum[:]
}

// canonical is the encoding of version 2, and the same fields for people.
func (b Broadcast) canonical(r reading) *encoder {
	e := &encoder{reading: r}
	b.encode(e, "broadcast", "群发")
	return e
}

func (series Series) canonical(r reading) *encoder {
	e := &encoder{reading: r}
	series.occurrence(time.Time{}).encode(e, "series", "定期发送")
	e.under(OfTime, "")
	e.field("cron", series.Cron, "重复", series.Schedule()+"（"+series.Cron+"）")
	e.time("until", series.Until, "最后一次不晚于", "")
	e.wait("expire", series.expire(), "每次过多久还没有发出就不再发", "")
	return e
}

// encode writes the fields below, in this order. Their names are not those of the code, which may change.
func (b Broadcast) encode(e *encoder, what, label string) {
	e.under(OfMatter, "")
	e.field("towncrier approval of a "+what, strconv.Itoa(hashVersion), "签批的是", fmt.Sprintf("%s（第%d版格式）", label, hashVersion))
	e.field("nonce", string(b.Nonce), "防猜测的随机数", digestOf("nonce", string(b.Nonce)))
	e.text("title", b.Title, "标题")
	e.field("topic", b.Topic, "主题", e.names.Topic(b.Topic))
	e.under(OfBasis, "")
	e.number("cites", len(b.Cites), "引用", "%d段")
	for _, c := range b.Cites {
		e.cite(c)
	}
	e.under(OfContent, "")
	e.number("messages", len(b.Messages), "渠道", "%d个")
	for _, m := range b.Messages {
		e.message(m)
	}
	e.under(OfAudience, "")
	e.rule(b.Audience)
	e.number("lists", len(b.Lists), "上传的名单", "%d份")
	for _, l := range b.Lists {
		e.list(l, b.Nonce)
	}
	shown := b.shown(e.price)
	e.under(OfAudience, "")
	e.field("size", strconv.Itoa(b.Size), "送审时的人数", shown.size)
	e.under(OfCost, "")
	e.number("parts", b.Expected.Parts, "每条短信按几条计费", "%d条")
	e.money("cost", b.Expected.Cost, "预计费用", shown.cost)
	e.money("cost most", b.Expected.CostMost, "最多费用", shown.costMost)
	e.money("saved", b.Expected.Saved, "由微信代替而省下", shown.saved)
	window := b.Window.orDefault()
	e.under(OfTime, "")
	e.field("window from", strconv.Itoa(window.From), "每天几点起发", clock(window.From))
	e.field("window to", strconv.Itoa(window.To), "每天发到几点", clock(window.To))
	e.time("send at", b.SendAt, "不早于", "排期后随即发送")
	e.time("expire at", b.ExpireAt, "到期不再发", "开始后一天")
	e.under(OfFallback, "")
	e.wait("fallback wait", b.Fallback.Wait, "多久没有回执就改走下一渠道", "不因没有回执而改走")
	e.flag("fallback doubtful", b.Fallback.Doubtful, "结果不明的也改走下一渠道", "是，有人可能收到两次", "否")
	e.under(OfMatter, "")
	e.flag("emergency", b.Emergency, "紧急", "是，不受时段和次数限制", "否")
	e.under(OfAudience, "")
	sender := "市里"
	if b.Committee != "" {
		sender = e.names.Committee(b.Committee) + "，只发给它的居民"
	}
	e.field("committee", b.Committee, "由谁发送", sender)
	e.under(OfMatter, "")
	e.text("series", b.Series, "属于定期发送")
	e.under(OfTime, "")
	e.time("due at", b.DueAt, "定期发送的这一次", "不是定期发送")
	if len(b.Accepted) > 0 { // came later
		e.under(OfMatter, "")
		e.number("accepted", len(b.Accepted), "送审时接受的提醒", "%d条")
		for _, name := range b.Accepted {
			e.field("warning", name, "接受的提醒", acceptedLabel(name))
		}
	}
}

func (e *encoder) cite(c Cite) {
	e.under(OfBasis, fmt.Sprintf("%s#%d", c.Notice, c.Passage))
	title, text := "", ""
	if n := e.lib.Notices[c.Notice]; n != nil {
		title = n.Headline
		if p, ok := n.Passage(c.Passage); ok {
			text = p.Text
		}
	}
	e.field("notice", c.Notice, "公告", lookup.Named{Code: c.Notice, Name: title}.String())
	e.number("passage", c.Passage, "段落", "第%d段")
	e.text("reads", text, "原文")
}

func (e *encoder) message(m Message) {
	e.under(OfContent, m.Channel.Label())
	e.field("channel", string(m.Channel), "渠道", m.Channel.Label())
	e.text("template", m.Template, "模板")
	t := e.lib.Templates[m.Template]
	e.number("data", len(m.Data), "填写的内容", "%d项")
	for _, name := range slices.Sorted(maps.Keys(m.Data)) {
		label := name
		if t != nil {
			if v, ok := t.Var(name); ok {
				label = lookup.Named{Code: name, Name: v.Label}.String()
			}
		}
		e.field("variable", name, "填写", label)
		e.text("value", m.Data[name], "写的是")
	}
	e.text("url", m.URL, "点开的网址")
	e.flag("known", t != nil, "模板在本市的模板表里", "是", "否")
	if t == nil {
		return
	}
	e.field("of channel", t.Channel, "模板所属渠道", Channel(t.Channel).Label())
	e.text("code", t.Code, "平台的模板编号")
	e.text("form title", t.Title, "模板标题")
	e.text("form", t.Text, "模板文字")
	e.text("reads", read(t, m, e.sign), "居民读到的")
}

// list shows no more than what people are told of a list: how many numbers differ would tell whose are not kept.
func (e *encoder) list(l ListContent, nonce []byte) {
	e.under(OfAudience, "名单"+l.ID)
	e.field("list", l.ID, "名单", lookup.Named{Code: l.ID, Name: e.names.lists[l.ID]}.String())
	e.number("lines", l.Lines, "有号码的行", "%d行")
	e.field("numbers", strconv.Itoa(l.Numbers), "不同的号码", "不显示，已计入下面的校验")
	e.field("digest", string(l.Digest), "名单的校验", digestOf(string(nonce), l.ID, strconv.Itoa(l.Lines), strconv.Itoa(l.Numbers), string(l.Digest)))
}

// rule writes the conditions that are set, and an end: which ones there are is told by their names.
func (e *encoder) rule(r Rule) {
	if r.All {
		e.flag("all", true, "全体", "全体居民", "")
	}
	for _, operand := range []struct{ name, value, label, shown string }{
		{"area", r.Area, "区县", r.Area}, {"street", r.Street, "街道", r.Street},
		{"of committee", r.Committee, "社区居委会", e.names.Committee(r.Committee)}, {"community", r.Community, "小区", r.Community},
		{"tag", r.Tag, "标签", r.Tag}, {"subscribed", r.Topic, "订阅的主题", e.names.Topic(r.Topic)},
		{"on list", r.List, "在名单上", lookup.Named{Code: r.List, Name: e.names.lists[r.List]}.String()},
	} {
		if operand.value != "" {
			e.field(operand.name, operand.value, operand.label, operand.shown)
		}
	}
	for _, parts := range []struct {
		name, label string
		rules       []Rule
	}{{"and", "都要符合", r.And}, {"or", "符合一项就行", r.Or}} {
		if len(parts.rules) == 0 {
			continue
		}
		e.number(parts.name, len(parts.rules), parts.label, "下面%d项")
		for _, part := range parts.rules {
			e.inner(part)
		}
	}
	if r.Not != nil {
		e.flag("not", true, "不要", "下面这项的居民", "")
		e.inner(*r.Not)
	}
	e.end()
}

func (e *encoder) inner(r Rule) {
	e.at.Depth++
	e.rule(r)
	e.at.Depth--
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
