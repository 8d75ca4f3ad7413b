package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/plaintext"
	"towncrier/roster"
)

func printResidents(w io.Writer, page wire.Page[wire.Resident]) error {
	l := list[wire.Resident]{
		headings: []string{"编号", "手机号", "居委会", "小区", "标签", "微信", "短信", "更新"},
		row: func(r wire.Resident) []string {
			return []string{r.ID, orDash(r.Phone), orDash(named(r.CommitteeName, r.Committee)), plaintext.OneLine(r.Community, 40), plaintext.OneLine(strings.Join(r.Tags, "、"), 40),
				wechatState(r), smsState(r), formatTime(r.UpdatedAt)}
		},
		none: "没有符合条件的居民。",
	}
	if err := l.print(w, page.Items); err != nil || page.Next == "" {
		return err
	}
	_, err := fmt.Fprintf(w, "还有更多：加 --after %s 继续。\n", page.Next)
	return err
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func wechatState(r wire.Resident) string {
	if r.WeChat {
		return "已关注"
	}
	return "未关注"
}

func smsState(r wire.Resident) string {
	switch {
	case r.SMSStopped:
		return "已退订"
	case r.Phone == "":
		return "无号码"
	case slices.ContainsFunc(r.Preferences, func(p wire.Preference) bool { return p.Topic == "" && !p.Wants && p.Channel != string(roster.WeChat) }):
		return "不接收"
	case slices.ContainsFunc(r.Consents, func(c wire.Consent) bool { return c.What == roster.Notices }),
		slices.ContainsFunc(r.Preferences, func(p wire.Preference) bool { return p.Wants }):
		return "可发"
	}
	return "未同意"
}

// sources are where a number or a place comes from.
var sources = map[string]string{string(roster.FromImport): "导入", string(roster.FromStaff): "工作人员登记", string(roster.FromChat): "本人在微信填写"}

func printResident(w io.Writer, r wire.Resident) error {
	var b strings.Builder
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s：%s\n", name, plaintext.OneLine(value, 300))
		}
	}
	from := func(value, source string) string {
		if name := sources[source]; value != "" && name != "" {
			return value + "，" + name
		}
		return value
	}
	field("编号", r.ID)
	field("手机号", from(r.Phone, r.PhoneFrom))
	field("短信", smsState(r))
	field("微信", wechatState(r))
	field("居委会", from(named(r.CommitteeName, r.Committee), r.PlaceFrom))
	field("小区", r.Community)
	field("标签", strings.Join(r.Tags, "、"))
	for _, c := range r.Consents {
		field("同意", fmt.Sprintf("%s，依据%s，%s，%s", roster.ConsentLabel(c.What), roster.Basis(c.Basis).Label(), roster.HowLabel(c.How),
			c.At.In(broadcast.Zone).Format(time.DateOnly)))
	}
	for _, p := range r.Preferences {
		field("偏好", preference(p))
	}
	field("登记", formatTime(r.CreatedAt))
	field("更新", formatTime(r.UpdatedAt))
	for _, warning := range r.Warnings {
		field("请留意", warning)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func preference(p wire.Preference) string {
	topic, channel, wants := "全部主题", "全部渠道", "不接收"
	if p.Topic != "" {
		topic = "主题" + named(p.TopicName, p.Topic)
	}
	if p.Channel != "" {
		channel = roster.Channel(p.Channel).Label()
	}
	if p.Wants {
		wants = "接收"
	}
	return topic + "，" + channel + "，" + wants
}

func printTexts(w io.Writer, page wire.Page[wire.SentMessage]) error {
	return list[wire.SentMessage]{
		headings: []string{"时间", "渠道", "内容", "状态"},
		row: func(m wire.SentMessage) []string {
			return []string{formatTime(m.At), roster.Channel(m.Channel).Label(), plaintext.OneLine(m.What, 60), m.State}
		},
		none: "没有发过消息。",
	}.print(w, page.Items)
}
