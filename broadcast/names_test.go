package broadcast_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/content"
	"towncrier/problem"
	"towncrier/roster"
)

// named is a fixture whose places, topics and lists have names.
func named(t *testing.T) *cityFixture {
	w := newCityFixture(t)
	w.lib.City.Area = "示例市盐湖区"
	w.lib.City.Topics = []content.Topic{{ID: "dogs", Name: "养犬管理", Also: []string{"养狗"}}, {ID: "fees", Name: "物业收费"}}
	for _, c := range []roster.Committee{
		{Code: "C1", Name: "演示第一社区居委会", Street: "河东街道", Area: "盐湖区", Communities: []string{"锦绣 花园"}},
		{Code: "C2", Name: "演示第二社区居委会", Street: "河西街道", Area: "临河县"},
		{Code: "C3", Name: "幸福社区居委会", Street: "河东街道", Area: "盐湖区"},
		{Code: "C4", Name: "幸福社区居委会", Street: "河西街道", Area: "临河县"},
		{Code: "C5", Name: "幸福村委会", Street: "河西街道", Area: "临河县"},
	} {
		if _, err := w.roster.PutCommittee(t.Context(), audit.System("test"), c); err != nil {
			t.Fatal(err)
		}
	}
	for id, l := range map[string]broadcast.NumberList{
		"LAAAAAAAAAA": {Title: "志愿者"}, "LBBBBBBBBBB": {Title: "一号院 名单", Committee: "C1"}, "LCCCCCCCCCC": {Title: "二号院名单", Committee: "C2"},
		"LDDDDDDDDDD": {Title: "重名"}, "LEEEEEEEEEE": {Title: "重名"},
	} {
		l.ID, l.CreatedAt = id, w.now
		if err := w.store.CreateList(t.Context(), l, w.act("list.new", id)); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (w *cityFixture) writes(by broadcast.Official, rule broadcast.Rule) (broadcast.Broadcast, error) {
	p := proposal()
	p.Audience = rule
	return w.service.New(w.Context(), by, p)
}

// TestAudienceByName: whatever an official calls a place, a topic or a list, its code is what is kept, at any depth.
func TestAudienceByName(t *testing.T) {
	w := named(t)
	type rule = broadcast.Rule
	for _, test := range []struct{ says, kept rule }{
		{rule{Committee: "C1"}, rule{Committee: "C1"}},
		{rule{Committee: " Ｃ１ "}, rule{Committee: "C1"}},
		{rule{Committee: "演示第一社区居委会"}, rule{Committee: "C1"}},
		{rule{Committee: "演示第一 社区居委会"}, rule{Committee: "C1"}},
		{rule{Committee: "演示第二社区居民委员会"}, rule{Committee: "C2"}},
		{rule{Committee: "演示第二社区"}, rule{Committee: "C2"}},
		{rule{Committee: "演示第二"}, rule{Committee: "C2"}},
		{rule{Committee: "幸福村委会"}, rule{Committee: "C5"}}, // the whole name comes before the short forms
		{rule{Area: "盐湖区"}, rule{Area: "盐湖区"}},
		{rule{Area: "示例市盐湖区"}, rule{Area: "盐湖区"}},
		{rule{Area: "某省示例市盐湖区"}, rule{Area: "盐湖区"}},
		{rule{Area: "示例市临河县"}, rule{Area: "临河县"}},
		{rule{Area: "临河"}, rule{Area: "临河县"}},
		{rule{Street: "河东街道办事处"}, rule{Street: "河东街道"}},
		{rule{Street: "河东"}, rule{Street: "河东街道"}},
		{rule{Community: "锦绣花园"}, rule{Community: "锦绣 花园"}},
		{rule{Community: "无人登记的院"}, rule{Community: "无人登记的院"}}, // residents may have written it themselves
		{rule{Topic: "dogs"}, rule{Topic: "dogs"}},
		{rule{Topic: "养犬管理"}, rule{Topic: "dogs"}},
		{rule{Topic: "养狗"}, rule{Topic: "dogs"}},
		{rule{List: "志愿者"}, rule{List: "LAAAAAAAAAA"}},
		{rule{List: "一号院名单"}, rule{List: "LBBBBBBBBBB"}},
		{rule{Tag: "独居 老人"}, rule{Tag: "独居 老人"}},
		{rule{And: []rule{{Area: "示例市盐湖区"}, {Not: &rule{Or: []rule{{Committee: "演示第一"}, {Topic: "养犬管理"}}}}}},
			rule{And: []rule{{Area: "盐湖区"}, {Not: &rule{Or: []rule{{Committee: "C1"}, {Topic: "dogs"}}}}}}},
	} {
		b, err := w.writes(author, test.says)
		if err != nil {
			t.Errorf("%+v: %v", test.says, err)
			continue
		}
		if stored := w.ok(w.store.Get(t.Context(), b.ID)); !reflect.DeepEqual(stored.Audience, test.kept) {
			t.Errorf("%+v is kept as %+v, want %+v", test.says, stored.Audience, test.kept)
		}
	}
}

// TestNamesRefused: what fits several is refused with all of them, what fits none with what is like it, each where it stands.
func TestNamesRefused(t *testing.T) {
	w := named(t)
	type rule = broadcast.Rule
	for _, test := range []struct {
		by    broadcast.Official
		says  rule
		field string
		want  []string
		never string
	}{
		{author, rule{Committee: "幸福社区居委会"}, "audience.committee", []string{"可以指", "幸福社区居委会（C3）", "幸福社区居委会（C4）"}, "C5"},
		{author, rule{Committee: "幸福"}, "audience.committee", []string{"可以指", "（C3）", "（C4）", "幸福村委会（C5）"}, "C1"},
		{author, rule{List: "重名"}, "audience.list", []string{"可以指", "重名（LDDDDDDDDDD）、重名（LEEEEEEEEEE）"}, "LA"},
		{author, rule{Committee: "演示第三社区"}, "audience.committee", []string{"没有名称或代码是“演示第三社区”的社区", "是不是演示第", "（C1）", "（C2）"}, "C3"},
		{author, rule{Committee: "C11"}, "audience.committee", []string{"没有", "演示第一社区居委会（C1）"}, ""},
		{author, rule{Topic: "养犬办证"}, "audience.topic", []string{"没有名称或代码是“养犬办证”的主题"}, "养狗（"},
		{author, rule{Topic: "空气"}, "audience.topic", []string{"可以写养犬管理（dogs）、物业收费（fees）"}, "养狗"},
		{author, rule{Or: []rule{{All: true}, {Not: &rule{Street: "河北街道"}}}}, "audience.or[1].not.street", []string{"“河北街道”的街道", "河东街道、河西街道"}, ""},
		{author, rule{Area: "外市盐湖区"}, "audience.area", []string{"盐湖区"}, ""},
		{author, rule{Committee: "19900001234"}, "audience.committee", []string{"没有"}, "19900001234"},
		// To a committee's official, others and their lists are as if they were not there.
		{ofC1, rule{Committee: "演示第二社区居委会"}, "audience.committee", []string{"没有名称或代码是“演示第二社区居委会”的社区"}, "C2"},
		{ofC1, rule{Committee: "C2"}, "audience.committee", []string{"没有名称或代码是“C2”的社区"}, "演示第二"},
		{ofC1, rule{List: "二号院名单"}, "audience.list", []string{"没有"}, "LCCCCCCCCCC"},
		{ofC1, rule{List: "LAAAAAAAAAA"}, "audience.list", []string{"没有"}, "志愿者"},
		{ofC1, rule{Street: "河西街道"}, "audience.street", []string{"没有"}, ""},
	} {
		_, err := w.writes(test.by, test.says)
		invalid, ok := errors.AsType[*problem.Invalid](err)
		if !ok || invalid.Field != test.field || test.never != "" && strings.Contains(invalid.Reason, test.never) {
			t.Errorf("%+v: %v, want %s, never %q", test.says, err, test.field, test.never)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(invalid.Reason, want) {
				t.Errorf("%+v: %s, want ...%s...", test.says, invalid.Reason, want)
			}
		}
	}
	b, err := w.writes(author, rule{And: []rule{{Committee: "甲"}, {Topic: "乙"}}})
	if err == nil || !strings.Contains(err.Error(), "audience.and[0].committee") || !strings.Contains(err.Error(), "audience.and[1].topic") {
		t.Errorf("two faults: %v, %+v", err, b)
	}
}

// TestNameAndCodeHashAlike: an approver says yes to the same thing, however its author called it.
func TestNameAndCodeHashAlike(t *testing.T) {
	w := named(t)
	byCode, byName := proposal(), proposal()
	byCode.Audience, byCode.Committee = broadcast.Rule{And: []broadcast.Rule{{Area: "盐湖区"}, {Committee: "C1"}}}, "C1"
	byName.Audience, byName.Committee = broadcast.Rule{And: []broadcast.Rule{{Area: "示例市盐湖区"}, {Committee: "演示第一社区"}}}, "演示第一社区居委会"
	byName.Topic, byName.Messages[0].Template = "养犬管理", "短信通知"
	w.lib.Templates["text"].Title = "短信通知"
	b := w.draft(byCode)
	first := w.ok(w.service.Submit(w.Context(), author, b.ID))
	w.ok(w.service.Edit(w.Context(), author, b.ID, 0, byName))
	second := w.ok(w.service.Submit(w.Context(), author, b.ID))
	if second.Size != 8 || !bytes.Equal(first.Hash, second.Hash) || !reflect.DeepEqual(second.Proposal().Audience, byCode.Audience) {
		t.Errorf("by code %x, by name %x of %d: %+v", first.Hash, second.Hash, second.Size, second.Proposal())
	}
	series := func(p broadcast.Proposal) broadcast.Series {
		s, err := w.service.NewSeries(w.Context(), author, broadcast.Series{Cron: "0 9 * * *", Until: at(20, 0, 0), Proposal: p})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := series(byCode)
	edited, err := w.service.EditSeries(w.Context(), author, s.ID, s.Version, broadcast.Series{Cron: s.Cron, Until: s.Until, Proposal: byName})
	if err != nil || !bytes.Equal(s.Hash, edited.Hash) || !reflect.DeepEqual(s.Proposal, edited.Proposal) {
		t.Errorf("series by code %+v, by name %+v, %v", s.Proposal, edited.Proposal, err)
	}
}

// TestStoredRulesStay: a rule that is kept chooses what it chose, also when something else is called like it now.
func TestStoredRulesStay(t *testing.T) {
	w := named(t)
	p := proposal()
	p.Audience = broadcast.Rule{Committee: "C1"}
	b := w.draft(p)
	if _, err := w.roster.PutCommittee(t.Context(), audit.System("test"), roster.Committee{Code: "C2", Name: "C1"}); err != nil {
		t.Fatal(err)
	}
	b = w.ok(w.service.Submit(t.Context(), author, b.ID))
	if b.Size != 8 || b.Audience.Committee != "C1" {
		t.Errorf("%d residents of %+v", b.Size, b.Audience)
	}
}

func TestAudienceLabels(t *testing.T) {
	w := named(t)
	type rule = broadcast.Rule
	for want, p := range map[string]broadcast.Proposal{
		"全体居民": {Audience: rule{All: true}},
		"盐湖区，且 演示第一社区居委会（C1）": {Audience: rule{And: []rule{{Area: "盐湖区"}, {Committee: "C1"}}}},
		"盐湖区，且 不属于【演示第一社区居委会（C1），或 订阅养犬管理（dogs）的居民】": {Audience: rule{And: []rule{{Area: "盐湖区"},
			{Not: &rule{Or: []rule{{Committee: "C1"}, {Topic: "dogs"}}}}}}},
		"C9，或 名单志愿者（LAAAAAAAAAA），或 标签“独居”": {Audience: rule{Or: []rule{{Committee: "C9"}, {List: "LAAAAAAAAAA"}, {Tag: "独居"}}}},
		"演示第一社区居委会（C1）的全体居民":               {Committee: "C1", Audience: rule{All: true}},
		"演示第一社区居委会（C1）的居民，且 小区“一号院”":       {Committee: "C1", Audience: rule{Community: "一号院"}},
	} {
		names, err := w.service.Names(t.Context(), author, p)
		if got := names.Audience(p); err != nil || got != want {
			t.Errorf("%s, want %s: %v", got, want, err)
		}
	}
	p := broadcast.Proposal{Audience: rule{List: "LAAAAAAAAAA"}}
	names, err := w.service.Names(t.Context(), ofC1, p)
	if got := names.Audience(p); err != nil || got != "名单LAAAAAAAAAA" {
		t.Errorf("a committee reads %s of the city's list: %v", got, err)
	}
}
