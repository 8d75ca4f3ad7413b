package rehearsal

import (
	"context"
	"fmt"
	"time"

	"towncrier/audit"
	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/unanswered"
)

// matter is what one or several residents wrote about one thing, and what became of it.
type matter struct {
	kind  inbox.Kind
	topic string // the nearest intent
	texts []string
	where string
	filed time.Time // the first; the others follow, some hours apart
	ends  end
	by    time.Time // when it ended, or was proposed how
	says  string    // the answer
}

// end is what became of a matter.
type end int

const (
	waits end = iota
	answered
	closed
	proposed
)

const (
	notSaid = "公告里没有写这一项，我们没有更多可以提供的。请拨打政务服务便民热线12345咨询，登记后由主管部门答复您。"
	thanks  = "您的建议收到了，已转给有关部门参考。感谢您关心本市。"
)

// asks are a history's forty tickets, and what residents asked in vain without filing it.
func (h *history) asks() {
	ago := func(d time.Duration) time.Time { return h.now.Add(-d) }
	asker := 0
	for _, m := range []matter{
		{inbox.Question, "dog.registration.how", []string{"养犬登记在哪里办", "请问养犬登记在哪里办？", "养犬登记在哪里办呀", "您好，养犬登记在哪里办", "养犬登记在哪里办呢"},
			"", h.workday(14, "09:20"), answered, h.workday(12, "10:10"), "公告说盐湖区将开展养犬登记管理试点，没有写登记的地点、材料和费用。请拨打政务服务便民热线12345咨询。"},
		{inbox.Question, "health.family_doctor", []string{"家庭医生怎么签约", "请问家庭医生怎么签约", "家庭医生怎么签约呢"},
			"", h.workday(13, "11:05"), answered, h.workday(11, "16:20"), "家庭医生建档签约活动正在“进单位、入机关”，公告没有写居民个人怎样签约。请拨打12345咨询。"},
		{inbox.Question, "renovation.progress", []string{"我们院子排到哪一年改造"}, "", h.workday(12, "20:40"), answered, h.workday(11, "09:00"),
			"改造计划分5年实施完成，公告没有列出小区名单，所以查不到您的小区排在哪一年。请拨打12345咨询。"},
		{inbox.Suggestion, "", []string{"公园的长椅旁边能不能多放几个垃圾桶"}, "公园", h.workday(11, "08:10"), answered, h.workday(9, "10:30"), thanks},
		{inbox.Handoff, "", []string{"想找人问一下体检的事"}, "", h.workday(10, "10:00"), closed, h.workday(10, "11:30"), ""},
		{inbox.Question, "charging.fire", []string{"楼道里给电动车充电谁来管"}, "", h.workday(10, "19:15"), answered, h.workday(8, "09:40"), notSaid},
		{inbox.Suggestion, "", []string{"建议把通知的字再放大一些，老人看不清"}, "", h.workday(9, "15:00"), answered, h.workday(8, "14:00"), thanks},
		{inbox.Question, "", []string{"随便问问"}, "", h.workday(9, "21:10"), closed, h.workday(8, "09:10"), ""},

		{inbox.Question, "charging.shelter", []string{"遮雨棚什么时候装", "请问遮雨棚什么时候装", "遮雨棚啥时候装呢"}, "", h.workday(8, "10:15"), waits, time.Time{}, ""},
		{inbox.Suggestion, "", []string{"路口的红绿灯时间太短，老人走不过去"}, "演示一街路口", h.workday(7, "17:30"), waits, time.Time{}, ""},
		{inbox.Question, "dog.stray", []string{"流浪狗咬人了找谁"}, "", h.workday(7, "22:05"), waits, time.Time{}, ""},
		{inbox.Question, "health.checkup", []string{"老年人体检在哪里做", "请问老年人体检在哪里做", "老年人体检在哪里做啊"}, "", h.workday(5, "09:30"), waits, time.Time{}, ""},
		{inbox.Handoff, "", []string{"转人工"}, "", h.workday(5, "14:45"), waits, time.Time{}, ""},
		{inbox.Question, "renovation.fee", []string{"老小区改造居民要不要出钱", "老小区改造居民出钱吗"}, "", h.workday(4, "12:20"), proposed, h.workday(2, "15:10"),
			"公告没有写居民个人是否出资，只写了申报要结合地方财政承受能力和居民改造意愿。请拨打12345咨询。"},
		{inbox.Question, "dog.multiple", []string{"一家可以养几只狗", "一家能养几只狗"}, "", h.workday(3, "08:50"), proposed, h.workday(1, "16:30"),
			"公告说将加大对一户多犬的监督力度，没有写每户可养的数量。请拨打12345咨询。"},
		{inbox.Question, "charging.cost", []string{"新建车棚的钱谁出"}, "", h.workday(3, "13:40"), answered, h.workday(2, "10:20"),
			"费用有两个来路：物业公司申请住宅专项维修资金，或者引进第三方投资。"},
		{inbox.Suggestion, "", []string{"希望社区多办几次文明养犬的宣讲"}, "演示小区甲", h.workday(2, "16:00"), waits, time.Time{}, ""},
		{inbox.Question, "health.ortho", []string{"骨科术后康复要带什么材料"}, "", h.workday(2, "18:35"), waits, time.Time{}, ""},
		{inbox.Question, "charging.transformer", []string{"小区变压器电不够，充电桩总跳闸怎么办"}, "", h.workday(1, "07:55"), waits, time.Time{}, ""},
		{inbox.Suggestion, "", []string{"小区门口的路灯坏了好几天"}, "演示小区乙南门", h.workday(1, "20:30"), waits, time.Time{}, ""},
		{inbox.Question, "renovation.community", []string{"演示小区戊什么时候改造"}, "", ago(5 * time.Hour), waits, time.Time{}, ""},
		{inbox.Handoff, "", []string{"机器人答得不对，请人工看一下"}, "", ago(2 * time.Hour), waits, time.Time{}, ""},
		{inbox.Question, "health.tcm", []string{"新九针在哪家社区医院做"}, "", ago(70 * time.Minute), waits, time.Time{}, ""},
		{inbox.Question, "dog.leash", []string{"遛狗不牵绳罚多少钱", "请问遛狗不牵绳罚多少钱"}, "", ago(40 * time.Minute), waits, time.Time{}, ""},
	} {
		asker += h.matter(m, asker)
	}
	for i, reply := range []struct {
		at   time.Time
		text string
	}{
		{h.workday(12, "09:41"), "收到，谢谢"},
		{h.workday(4, "09:12"), "体检具体是哪一天"},
		{h.daysAgo(1, "16:58"), "我已经搬走了"},
	} {
		number := phone.Number(h.people[min(61+20*i, len(h.people)-1)].Phone)
		h.at(reply.at, func(ctx context.Context) error {
			t, err := h.tickets.FileReply(ctx, inbox.SMSReply{From: number, Text: reply.text, Message: fmt.Sprintf("rehearsal-reply-%d", i)})
			if err == nil && i == 0 { // it says nothing that anybody could do
				_, err = h.tickets.Close(ctx, audit.Staff(authorID), t.Number, nameOf(authorID))
			}
			return err
		})
	}
	h.vain()
}

// matter files a matter and ends it; it says how many asked.
func (h *history) matter(m matter, asker int) int {
	var first inbox.Ticket
	for i, text := range m.texts {
		from := h.follower(asker + i)
		h.at(m.filed.Add(time.Duration(i)*97*time.Minute), func(ctx context.Context) error {
			t, err := h.tickets.File(ctx, inbox.Filing{From: from, Kind: m.kind, Text: text, Where: m.where, Topic: m.topic})
			if i == 0 {
				first = t
			}
			return err
		})
	}
	author, approver := audit.Staff(authorID), audit.Staff(approverID)
	propose := func(ctx context.Context) (inbox.Proposal, error) {
		return h.tickets.Propose(ctx, author, first.Number, nameOf(authorID), m.says)
	}
	switch {
	case m.ends == proposed:
		h.at(m.by, func(ctx context.Context) error { _, err := propose(ctx); return err })
	case m.ends == closed:
		h.at(m.by, func(ctx context.Context) error {
			_, err := h.tickets.Close(ctx, author, first.Number, nameOf(authorID))
			return err
		})
	case m.ends == answered && len(m.texts) == 1:
		h.at(m.by, func(ctx context.Context) error {
			_, err := h.tickets.Answer(ctx, author, first.Number, nameOf(authorID), m.says)
			return h.told(ctx, err)
		})
	case m.ends == answered:
		var p inbox.Proposal
		h.at(m.by, func(ctx context.Context) (err error) { p, err = propose(ctx); return err })
		h.at(m.by.Add(25*time.Minute), func(ctx context.Context) error {
			_, err := h.tickets.Approve(ctx, approver, first.Number, p.ID)
			return h.told(ctx, err)
		})
	}
	return len(m.texts)
}

// told has askers told at once: nobody is to be told again once the rehearsal serves.
func (h *history) told(ctx context.Context, err error) error {
	if err == nil {
		_, err = h.tickets.Deliver(ctx, pastTeller{})
	}
	return err
}

type pastTeller struct{}

func (pastTeller) Tell(context.Context, string, string) error { return nil }

// follower is the nth resident who follows the account, without those that the phone page shows first.
func (h *history) follower(n int) string {
	var all []string
	for _, p := range h.people[min(len(firstTraits), len(h.people)-1):] {
		if p.known.OpenID != "" {
			all = append(all, p.known.OpenID)
		}
	}
	if len(all) == 0 { // a rehearsal of one or two
		return h.people[0].OpenID
	}
	return all[n%len(all)]
}

// vain is what residents asked and nobody filed: groups that may be shown, and one of too few people.
func (h *history) vain() {
	for g, q := range []struct {
		workday      int
		topic, place string
		texts        []string
	}{
		{13, "dog.registration.how", "", []string{"狗证要花多少钱", "狗证花多少钱", "请问狗证要花多少钱", "狗证要花多少钱啊"}},
		{10, "renovation.community", "演示小区乙", []string{"小区改造什么时候开始", "小区改造啥时候开始", "小区改造什么时候开始呢", "请问小区改造什么时候开始", "小区改造什么时候开始啊"}},
		{6, "health.ortho", "", []string{"康复治疗能报销吗", "康复治疗可以报销吗", "康复治疗能不能报销"}},
		{2, "charging.shelter", "", []string{"充电桩坏了找谁"}},
	} {
		for i, text := range q.texts {
			h.at(h.workday(q.workday, "12:00").Add(time.Duration(i)*29*time.Hour), func(ctx context.Context) error {
				_, err := h.questions.Keep(ctx, unanswered.Asked{
					Asker: fmt.Sprintf("%d-%d", g, i), At: h.clock.now(), Topic: q.topic, Place: q.place, Text: text,
				})
				return err
			})
		}
	}
}
