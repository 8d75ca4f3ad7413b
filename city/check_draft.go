package city

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"towncrier/content"
	"towncrier/intents"
	"towncrier/plaintext"
)

// drafts holds broadcasts to what answers are held to: they state what their cited passages print, and say where it stands.
func (k *checker) drafts() {
	for _, id := range slices.Sorted(maps.Keys(k.city.Library.Drafts)) {
		d := k.city.Library.Drafts[id]
		k.currency(d)
		var cites []intents.Citation
		var notices []*content.Notice
		faulty := k.before.In(contactsFile)
		for _, cite := range d.Cites {
			faulty = faulty || k.before.In(noticeFile(cite.Notice))
			cites = append(cites, intents.Citation{Notice: cite.Notice, Passage: cite.Passage})
			if n := k.city.Library.Notices[cite.Notice]; n != nil && !slices.Contains(notices, n) {
				notices = append(notices, n)
			}
		}
		if faulty || len(notices) == 0 {
			continue // content reports it, and against nothing every figure would look invented
		}
		s := k.city.common().citing(cites)
		for _, msg := range d.Messages {
			if t := k.city.Library.Templates[msg.Template]; t != nil {
				k.message(d, msg, t, s, notices)
			}
		}
	}
}

// currency warns of notices that have had their day. It refuses nothing: a folder in which a notice was just withdrawn must be
// taken at once, and no broadcast can be made that rests on one.
func (k *checker) currency(d *content.Draft) {
	today := content.DateOf(k.now.In(k.city.zone))
	var seen []string
	for i, cite := range d.Cites {
		n := k.city.Library.Notices[cite.Notice]
		if n == nil {
			continue
		}
		line := d.Lines[fmt.Sprintf("cites[%d]", i)]
		if p, ok := n.Passage(cite.Passage); ok {
			if last, ok := n.Deadline(p); ok && last.Before(today) {
				k.problems.Warnf(d.File, line, "依据 %s 写的期限 %s 已过", cite, last.ISO())
			}
		}
		if slices.Contains(seen, n.ID) {
			continue
		}
		seen = append(seen, n.ID)
		switch {
		case n.Status == content.Withdrawn:
			k.problems.Warnf(d.File, line, "公告%s已撤回：不能照这份群发稿发送", n.ID)
		case n.Status == content.Superseded:
			k.problems.Warnf(d.File, line, "公告%s已被%s取代：请重写这份群发稿", n.ID, n.SupersededBy)
		case n.ReviewBy != (content.Date{}) && n.ReviewBy.Before(today):
			k.problems.Warnf(d.File, line, "公告%s的复核日期 %s 已过：居民会把旧消息当成新消息", n.ID, n.ReviewBy.ISO())
		}
	}
}

// message checks what residents would read on one channel.
func (k *checker) message(d *content.Draft, msg content.DraftMessage, t *content.Template, s *support, notices []*content.Notice) {
	place := "messages." + msg.Channel
	for _, u := range s.unprinted(t, msg.Data, k.city.proper()) {
		line := d.Lines[place] // the template's own words
		if at := d.Lines[place+".data."+u.Var]; at > 0 {
			line = at
		}
		k.problems.Addf(d.File, line, "%s写了%s：%s", content.ChannelLabels[msg.Channel], plaintext.Quote(u.Text), unprinted)
	}
	text := fold(t.Render(msg.Data))
	for _, n := range notices {
		if why := unsourced(text, n); why != "" {
			k.problems.Addf(d.File, d.Lines[place], "%s没有写明%s：居民要看得出依据哪份公告", content.ChannelLabels[msg.Channel], why)
		}
	}
}

// unsourced names what a folded text leaves out of a notice's publisher and date; "" for nothing.
func unsourced(text string, n *content.Notice) string {
	if !strings.Contains(text, fold(n.Issuer)) && !strings.Contains(text, fold(n.Publisher)) {
		return fmt.Sprintf("来自%s或%s", n.Issuer, n.Publisher)
	}
	told := date{strconv.Itoa(n.Date.Year), strconv.Itoa(int(n.Date.Month)), strconv.Itoa(n.Date.Day)}
	dates, _ := joinDates(figures(text))
	dated, year := false, false
	for d := range dates {
		if d[1] != "" && d[2] != "" && d.within(told) {
			dated, year = true, year || d[0] != ""
		}
	}
	switch {
	case !dated:
		return fmt.Sprintf("公告%s的日期%s", n.ID, n.Date)
	case year && n.YearInferred && !strings.Contains(text, "推定"):
		return fmt.Sprintf("公告%s的年份是推定的（请写“推定”）", n.ID)
	}
	return ""
}

var (
	fullHour = regexp.MustCompile(`\b([01]?[0-9]|2[0-3])[:：]00\b`)
	minutes  = regexp.MustCompile(`\b([01]?[0-9]|2[0-3])[:：]([0-5][0-9])\b`)
	dashed   = regexp.MustCompile(`\b([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})\b`)
)

// spoken writes the times and dates of WeChat's forms as most notices print them: 08:00 is 8时. Most texts have none of their marks,
// which is seen sooner than that no pattern fits.
func spoken(text string) string {
	if strings.ContainsAny(text, ":：") {
		text = fullHour.ReplaceAllString(text, "${1}时")
		text = minutes.ReplaceAllString(text, "${1}时${2}分")
	}
	if strings.ContainsAny(text, "-/.") {
		text = dashed.ReplaceAllString(text, "${1}年${2}月${3}日")
	}
	return text
}

// noticeFile is where a notice stands, or should.
func noticeFile(id string) string { return "notices/" + id + ".md" }
