package broadcast

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"towncrier/content"
)

// maxSMS is how long a text may be, its sign included, in characters.
const maxSMS = 500

// Lint lists what a platform or the house would refuse in b, and what is worth a look. What a template's variables may hold is
// content's knowledge.
func (s *Service) Lint(b Broadcast) []Fault {
	return append(s.standing(b), s.reservations(b, s.sending(b))...)
}

// standing is the part of Lint that is asked of what was approved, too, whenever somebody lets it go on.
func (s *Service) standing(b Broadcast) []Fault {
	lib := s.Content()
	faults := append(topicFaults(lib, b.Topic), citeFaults(lib, b.Cites)...)
	if len(b.Messages) == 0 {
		faults = append(faults, Fault{Field: "messages", Text: "没有内容：至少为一个渠道选择模板并填写"})
	}
	for _, m := range b.Messages {
		faults = append(faults, s.messageFaults(lib, m)...)
	}
	if b.Committee == "" && len(b.Audience.Lists()) == 0 && b.Audience.All && !b.Emergency {
		faults = append(faults, Fault{Field: "audience", Text: "发送范围是全体居民，请确认确有必要", Warning: true})
	}
	return faults
}

// audienceFaults is what is wrong with b's audience: conditions that name nothing there is, or nothing that the official may know of,
// and lists that would single somebody out. A condition without a name chooses nobody, and behind a not everybody.
func (s *Service) audienceFaults(ctx context.Context, by Official, b Broadcast) ([]Fault, error) {
	if b.Audience.none() {
		return []Fault{{Field: "audience", Text: "没有选择发给谁：请至少选一个条件，或者选全体居民"}}, nil
	}
	if b.Audience.mixesLists() {
		return []Fault{{Field: "audience", Text: mixedLists}}, nil
	}
	faults, err := s.nameFaults(ctx, by, b)
	if err != nil || len(faults) > 0 || b.Audience.List == "" {
		return faults, err
	}
	lists, err := s.Store.ListContents(ctx, b.Audience.Lists())
	if err != nil {
		return nil, err
	}
	if len(lists) == 1 && lists[0].Numbers < minList {
		faults = append(faults, Fault{Field: "audience", Text: fmt.Sprintf("名单里不同的号码不足%d个：名单至少要有%d个号码", minList, minList)})
	}
	return faults, nil
}

const mixedLists = "名单只能单独作为发送范围，不能与其他条件组合：请去掉其他条件，或不用名单"

func (s *Service) nameFaults(ctx context.Context, by Official, b Broadcast) ([]Fault, error) {
	var named []Rule
	var faults []Fault
	b.Audience.walk(func(part Rule) {
		switch {
		case part.List != "", part.Committee != "", part.Street != "", part.Area != "":
			named = append(named, part)
		case part.Topic != "" && topicFaults(s.Content(), part.Topic) != nil:
			faults = append(faults, Fault{Field: "audience", Text: "发送范围里的主题" + part.Topic + "不在本市的主题表里，请修改范围"})
		}
	})
	absent, err := s.Store.Absent(ctx, named, by.Committee)
	if err != nil {
		return nil, err
	}
	for _, part := range absent {
		text := "没有哪个社区属于街道" + part.Street
		switch {
		case part.List != "":
			text = "发送范围里的名单" + part.List + "不存在"
		case part.Committee != "":
			text = "发送范围里的社区代码" + part.Committee + "不存在"
		case part.Area != "":
			text = "没有哪个社区属于" + part.Area
		}
		faults = append(faults, Fault{Field: "audience", Text: text + "，请修改范围"})
	}
	return faults, nil
}

// timeFaults is what is wrong with b's times, seen from now.
func (s *Service) timeFaults(b Broadcast) []Fault {
	now := s.instant()
	switch {
	case !b.ExpireAt.IsZero() && !now.Before(b.ExpireAt), !b.SendAt.IsZero() && !now.Before(b.Deadline()):
		return []Fault{{Field: "expire_at", Text: "截止时间" + b.Deadline().In(Zone).Format("2006-01-02 15:04") + "已过，来不及发送，请修改发送时间或截止时间"}}
	case !b.SendAt.IsZero() && !b.due().Before(b.Deadline()):
		return []Fault{{Field: "send_at", Text: "还没到允许发送的时段（" + b.Window.String() + "）就已截止，请修改时间或时段"}}
	}
	return nil
}

// refused is the faults that are not warnings, as an error; nil when there is none.
func refused(faults []Fault) error {
	grave := slices.DeleteFunc(slices.Clone(faults), func(f Fault) bool { return f.Warning })
	if len(grave) == 0 {
		return nil
	}
	return FaultsError(grave)
}

func topicFaults(lib *content.Library, topic string) []Fault {
	if slices.ContainsFunc(lib.City.Topics, func(t content.Topic) bool { return t.ID == topic }) {
		return nil
	}
	ids := make([]string, len(lib.City.Topics))
	for i, t := range lib.City.Topics {
		ids[i] = t.ID + "（" + t.Name + "）"
	}
	return []Fault{{Field: "topic", Text: "主题不在本市的主题表里，请选择：" + strings.Join(ids, "、")}}
}

func citeFaults(lib *content.Library, cites []Cite) []Fault {
	if len(cites) == 0 {
		return []Fault{{Field: "cites", Text: "没有依据：至少引用一条公告，写成公告编号和段落号"}}
	}
	var faults []Fault
	for _, c := range cites {
		name := fmt.Sprintf("%s#%d", c.Notice, c.Passage)
		notice := lib.Notices[c.Notice]
		if notice == nil {
			faults = append(faults, Fault{Field: "cites", Text: "引用的" + name + "不存在：没有这份公告"})
			continue
		}
		if _, ok := notice.Passage(c.Passage); !ok {
			faults = append(faults, Fault{Field: "cites", Text: fmt.Sprintf("引用的%s不存在：这份公告有%d段", name, len(notice.Passages))})
		}
		switch notice.Status {
		case content.Withdrawn:
			faults = append(faults, Fault{Field: "cites", Text: "引用的" + name + "已撤回，不能作为依据，请引用有效的公告"})
		case content.Superseded:
			faults = append(faults, Fault{Field: "cites", Name: supersededName(c.Notice), Text: "引用的" + name + "已被" + notice.SupersededBy + "取代，请确认是否改引新公告", Warning: true})
		}
	}
	return faults
}

func (s *Service) messageFaults(lib *content.Library, m Message) []Fault {
	t := lib.Templates[m.Template]
	if t == nil {
		return []Fault{{Channel: m.Channel, Text: "没有这个模板：请从本市的模板表里选择这个渠道的模板"}}
	}
	if t.ForStaff() {
		return []Fault{{Channel: m.Channel, Text: "模板" + t.ID + "只用来提醒工作人员，不能发给居民：请选择别的模板"}}
	}
	if Channel(t.Channel) != m.Channel {
		return []Fault{{Channel: m.Channel, Text: "模板" + t.ID + "属于渠道" + t.Channel + "，请选择" + string(m.Channel) + "的模板"}}
	}
	var faults []Fault
	for _, unfit := range t.Check(m.Data) {
		faults = append(faults, Fault{Channel: m.Channel, Variable: unfit.Var, Text: unfit.String()})
	}
	if m.Channel == SMS {
		return append(faults, s.smsFaults(t, m)...)
	}
	if err := checkURL(m.URL); err != "" {
		faults = append(faults, Fault{Channel: m.Channel, Variable: "url", Text: err})
	}
	return faults
}

func (s *Service) smsFaults(t *content.Template, m Message) []Fault {
	var faults []Fault
	if s.Sign == "" {
		faults = append(faults, Fault{Channel: SMS, Text: "没有设置短信签名：请联系系统管理员配置签名"})
	}
	if m.URL != "" {
		faults = append(faults, Fault{Channel: SMS, Variable: "url", Text: "短信不带链接：网址只能是模板文字的一部分"})
	}
	text := signed(s.Sign, t.Render(m.Data))
	// Check measures with the longest sign there is; this sign may only be shorter.
	if parts := Parts(text); parts > 1 && utf8.RuneCountInString(text) <= maxSMS {
		advice := fmt.Sprintf("连签名共%d个字，按%d条计费；缩短到%d个字以内只计1条", utf8.RuneCountInString(text), parts, maxSingle)
		faults = append(faults, Fault{Channel: SMS, Text: advice, Warning: true})
	}
	return faults
}

// checkURL is what is wrong with an address that a message of WeChat opens; "" is none, which is right.
func checkURL(address string) string {
	if address == "" {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "不是完整的网址：请写成https://开头的网址"
	}
	if u.User != nil {
		return "网址里带有用户名或密码，请去掉"
	}
	return ""
}
