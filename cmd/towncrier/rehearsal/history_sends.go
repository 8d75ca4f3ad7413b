package rehearsal

import (
	"context"
	"fmt"
	"time"

	"towncrier/broadcast"
	"towncrier/phone"
)

// letter is the content of a broadcast on each channel, with nothing in it that its passages do not print.
type letter struct {
	title, topic string
	cites        []broadcast.Cite
	from, date   string
	what, says   string // in WeChat: at most 20 characters each
	text         string // by SMS: at most 35
}

const (
	district, police, assembly = "盐湖区", "运城市公安局", "全市生态环境保护大会"
	november13, november14     = "2023年11月13日", "2023年11月14日"
)

func cite(notice string, passages ...int) []broadcast.Cite {
	all := make([]broadcast.Cite, len(passages))
	for i, p := range passages {
		all[i] = broadcast.Cite{Notice: notice, Passage: p}
	}
	return all
}

var (
	renovated = letter{"老旧小区改造进展", "renovation", cite("N3b", 8, 9), district, november13,
		"老旧小区改造进展", "改造计划分5年，已改造107个小区", "改造计划分5年实施完成，到发布时已改造107个老旧小区"}
	renovating = letter{"老旧小区主要改什么", "renovation", cite("N3b", 3, 7), district, november13,
		"老旧小区改造内容", "改建筑本体和基础设施、公共环境等", "老旧小区主要改建筑本体、基础设施、公共服务设施、公共环境等"}
	strays = letter{"流浪犬收容整治行动", "dogs", cite("N2", 1, 7), police, november13,
		"流浪犬收容整治行动", "重点是公园、广场等人员密集场所", "流浪犬收容整治行动持续开展，重点是公园、广场"}
	leash = letter{"文明养犬提醒", "civility", cite("N2", 1, 5, 8), police, november13,
		"文明养犬提醒", "遛狗请牵好绳，不要让狗随地便溺", "遛狗请牵好绳，不要让狗随地便溺"}
	pilot = letter{"养犬登记管理试点提醒", "dogs", cite("N2", 1, 4), police, november13,
		"养犬登记管理试点", "将于当年11月底前在盐湖区开展", "养犬登记管理试点将于当年11月底前在盐湖区开展"}
	centres = letter{"社区卫生服务中心的特色项目", "health", cite("N3c", 1, 2, 3), district, november13,
		"社区卫生服务中心特色", "中城、西城、南城各有特色项目", "中城有康复治疗，西城有中医药，南城有骨科术后康复治疗"}
	doctors = letter{"家庭医生建档签约", "health", cite("N3c", 8), district, november13,
		"家庭医生建档签约", "进单位、入机关，持续开展", "家庭医生建档签约活动进单位、入机关，持续开展"}
	checkups = letter{"老年人体检", "health", cite("N3c", 9), district, november13,
		"老年人体检", "体检时间和地点请咨询12345", "老年人体检正在推进，时间和地点请咨询12345"}
	rescue = letter{"15分钟急救圈", "health", cite("N3c", 4), district, november13,
		"区域15分钟急救圈", "缩短急救半径，覆盖盐湖全域", "为缩短急救半径，打造区域15分钟急救圈，覆盖盐湖全域"}
	sheds = letter{"小区新增车棚要经业主同意", "charging", cite("N3a", 1, 2), district, november13,
		"小区新增车棚", "占用公共区域，需经大多数业主同意", "小区新增车棚要占用公共区域，需经大多数业主同意"}
	capacity = letter{"充电扩容由物业公司征求意见", "charging", cite("N3a", 1, 5), district, november13,
		"充电设施扩容", "由物业公司征求业主意见，报批准", "充电设施要扩容增压的，由物业公司征求业主意见，报有关部门批准"}
	battles = letter{"污染防治的3个标志性战役", "environment", cite("N1", 1, 3), assembly, november14,
		"污染防治", "要打好3个标志性战役", "污染防治要集中力量打好3个标志性战役"}
)

// to is the proposal of a letter to an audience.
func (l letter) to(audience broadcast.Rule, committee string) broadcast.Proposal {
	notice := map[string]string{"thing1": l.what, "thing2": l.says, "thing3": l.from + "，见《运城晚报》", "date4": l.date, "thing5": "年份为推定；咨询请拨打12345"}
	return broadcast.Proposal{
		Title: l.title, Topic: l.topic, Cites: l.cites, Audience: audience, Committee: committee,
		Messages: []broadcast.Message{
			{Channel: broadcast.Subscription, Template: "notice-subscription", Data: notice},
			{Channel: broadcast.Template, Template: "notice-template", Data: notice},
			{Channel: broadcast.SMS, Template: "notice-sms", Data: map[string]string{"committee": l.from + l.date + "（年份为推定）", "title": l.text}},
		},
	}
}

// Whom a history's broadcasts are for.
var (
	toAll       = broadcast.Rule{All: true}
	toDistrict  = broadcast.Rule{Area: "盐湖区"}
	toFirst     = broadcast.Rule{Committee: "demo-1"}
	toThird     = broadcast.Rule{Committee: "demo-3"}
	toCommunity = broadcast.Rule{Community: "演示小区戊"}
	toOwners    = broadcast.Rule{Topic: "dogs"}
)

const (
	approverID, approver2ID, committeeID = "rehearsal-approver", "rehearsal-approver2", "rehearsal-committee"
	homeOfCommittee                      = "demo-1"
)

// sends are a history's broadcasts and its series: some in each state.
func (h *history) sends() {
	h.sent(15, "10:00", renovated, toAll, authorID)
	h.sent(12, "09:30", strays, toDistrict, authorID)
	h.sent(9, "10:30", centres, toThird, authorID)
	h.sent(7, "15:00", pilot, toOwners, authorID)
	h.sent(4, "09:00", checkups, toFirst, committeeID)
	h.weekly()
	h.optOut()

	var sending, paused, held, lapsed, called broadcast.Broadcast
	h.released(&called, 6, doctors, toDistrict, authorID, h.workday(4, "10:00"))
	h.at(h.workday(5, "16:00"), func(ctx context.Context) error {
		_, err := h.texts.Cancel(ctx, officialOf(authorID, ""), called.ID, "活动安排有变，先不发，等单位确认后重新起草")
		return err
	})
	h.released(&lapsed, 4, battles, toFirst, authorID, h.workday(3, "11:00"))
	h.at(h.workday(3, "14:00"), h.carry(false)) // nobody confirms it
	h.at(h.workday(2, "10:00"), h.carry(false))
	h.released(&held, 2, rescue, toFirst, authorID, h.daysAgo(1, "10:00"))
	h.at(h.daysAgo(1, "13:00"), h.carry(false))
	h.released(&paused, 2, capacity, toFirst, authorID, h.daysAgo(1, "15:00"))
	h.at(h.daysAgo(1, "15:00"), func(ctx context.Context) error { return h.half(ctx, &paused) })
	h.released(&sending, 2, sheds, toThird, authorID, h.daysAgo(1, "16:30"))
	h.at(h.daysAgo(1, "16:30"), h.carry(true))

	h.prepared()
}

// sent is a broadcast that went to its audience and is done.
func (h *history) sent(workday int, clock string, l letter, audience broadcast.Rule, author string) {
	at := h.workday(workday, clock)
	h.released(new(broadcast.Broadcast), workday, l, audience, author, at)
	h.at(at, h.carry(false))
}

// released is a broadcast that was written on a day of work, an hour before, approved and scheduled.
func (h *history) released(b *broadcast.Broadcast, workday int, l letter, audience broadcast.Rule, author string, at time.Time) {
	written := h.workday(workday, "08:40")
	p := l.to(audience, committeeOf(author))
	p.SendAt = at
	if h.now.Sub(at) < 48*time.Hour { // it stays where it is
		p.ExpireAt = h.now.AddDate(0, 0, 14)
	}
	h.at(written, func(ctx context.Context) (err error) {
		*b, err = h.submitted(ctx, p, author)
		return err
	})
	h.at(written.Add(8*time.Minute), func(ctx context.Context) (err error) {
		*b, err = h.texts.Approve(ctx, officialOf(approverID, ""), b.ID, b.Hash, b.Accepted...)
		return err
	})
	h.at(written.Add(11*time.Minute), func(ctx context.Context) (err error) {
		*b, err = h.texts.Schedule(ctx, officialOf(author, committeeOf(author)), b.ID)
		return err
	})
}

func committeeOf(author string) string {
	if author == committeeID {
		return homeOfCommittee
	}
	return ""
}

// submitted writes a broadcast and submits it, with all that it warns of accepted.
func (h *history) submitted(ctx context.Context, p broadcast.Proposal, author string) (broadcast.Broadcast, error) {
	by := officialOf(author, committeeOf(author))
	b, err := h.texts.New(ctx, by, p)
	if err != nil {
		return b, err
	}
	return h.texts.Submit(ctx, by, b.ID, namesOf(h.texts.Lint(b))...)
}

func namesOf(faults []broadcast.Fault) (names []string) {
	for _, f := range faults {
		if f.Name != "" {
			names = append(names, f.Name)
		}
	}
	return names
}

// carry has everything that is due sent and reported. A silent platform keeps some of its receipts for itself.
func (h *history) carry(silent bool) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		for {
			if err := h.engine.Tick(ctx); err != nil {
				return err
			}
			chunks := h.platforms.queued()
			if len(chunks) == 0 {
				return nil
			}
			for _, c := range chunks {
				if err := h.give(ctx, c, silent); err != nil {
					return err
				}
			}
		}
	}
}

// give has a chunk sent and reported.
func (h *history) give(ctx context.Context, c broadcast.Chunk, silent bool) error {
	if err := h.engine.Send(ctx, c); err != nil {
		return err
	}
	h.clock.pass(9 * time.Second)
	reports := h.platforms.reports(silent)
	for i, r := range reports {
		reports[i].Class = string(h.texts.Explain(r.Channel, r.Code).Class)
	}
	_, err := h.engine.Store.Receipts(ctx, reports, h.clock.now())
	h.clock.pass(4 * time.Second)
	return err
}

// half begins a broadcast, and pauses it when one channel's share is out.
func (h *history) half(ctx context.Context, b *broadcast.Broadcast) error {
	if err := h.engine.Tick(ctx); err != nil {
		return err
	}
	chunks := h.platforms.queued()
	if len(chunks) == 0 {
		return fmt.Errorf("nothing of %s is to be sent", b.ID)
	}
	if err := h.give(ctx, chunks[0], false); err != nil {
		return err
	}
	h.clock.pass(time.Minute)
	_, err := h.texts.Pause(ctx, officialOf(approverID, ""), b.ID, "居民来电问报批的部门，先核对再发")
	return err
}

// prepared are broadcasts that have not gone: drafts, one that was returned, what waits for an approval, for its release, for its time.
func (h *history) prepared() {
	author, worker, approver := officialOf(authorID, ""), officialOf(committeeID, homeOfCommittee), officialOf(approverID, "")
	for _, d := range []struct {
		at     time.Time
		l      letter
		to     broadcast.Rule
		author string
	}{
		{h.workday(3, "11:20"), renovating, toDistrict, authorID},
		{h.workday(1, "17:05"), leash, toFirst, committeeID},
	} {
		h.at(d.at, func(ctx context.Context) error {
			_, err := h.texts.New(ctx, officialOf(d.author, committeeOf(d.author)), d.l.to(d.to, committeeOf(d.author)))
			return err
		})
	}
	var returned, approved, scheduled broadcast.Broadcast
	h.at(h.workday(2, "14:10"), func(ctx context.Context) (err error) {
		returned, err = h.submitted(ctx, battles.to(toAll, ""), authorID)
		return err
	})
	h.at(h.workday(2, "15:25"), func(ctx context.Context) error {
		_, err := h.texts.Reject(ctx, approver, returned.ID, "发给全体居民没有必要：请只发给订阅了生态环境的居民，并写明是哪一天的会议")
		return err
	})
	h.at(h.workday(2, "16:00"), func(ctx context.Context) (err error) {
		approved, err = h.submitted(ctx, doctors.to(toThird, ""), authorID)
		return err
	})
	h.at(h.workday(2, "16:40"), func(ctx context.Context) error {
		_, err := h.texts.Approve(ctx, officialOf(approver2ID, ""), approved.ID, approved.Hash, approved.Accepted...)
		return err
	})
	h.at(h.workday(1, "09:50"), func(ctx context.Context) error {
		_, err := h.submitted(ctx, h.ahead(strays.to(toDistrict, ""), 3), authorID)
		return err
	})
	h.at(h.workday(1, "10:30"), func(ctx context.Context) error {
		_, err := h.submitted(ctx, h.ahead(centres.to(toFirst, ""), 4), worker.ID)
		return err
	})
	h.at(h.workday(1, "11:00"), func(ctx context.Context) (err error) {
		scheduled, err = h.submitted(ctx, h.ahead(renovated.to(toThird, ""), 2), author.ID)
		return err
	})
	h.at(h.workday(1, "11:15"), func(ctx context.Context) error {
		_, err := h.texts.Approve(ctx, approver, scheduled.ID, scheduled.Hash, scheduled.Accepted...)
		return err
	})
	h.at(h.workday(1, "11:20"), func(ctx context.Context) error {
		_, err := h.texts.Schedule(ctx, author, scheduled.ID)
		return err
	})
}

// ahead is a proposal for ten o'clock some days from today.
func (h *history) ahead(p broadcast.Proposal, days int) broadcast.Proposal {
	p.SendAt = h.daysAgo(-days, "10:00")
	return p
}

// weekly is a series that went twice, on a day of the week that is neither today nor tomorrow; and one that waits for its approval.
func (h *history) weekly() {
	author := officialOf(authorID, "")
	day := h.daysAgo(-3, "09:00")
	var s broadcast.Series
	series := func(l letter, to broadcast.Rule, cron string) broadcast.Series {
		one := broadcast.Series{Cron: cron, Until: h.now.AddDate(0, 6, 0), Proposal: l.to(to, "")}
		one.Accepted = namesOf(h.texts.LintSeries(one))
		return one
	}
	h.at(h.workday(12, "14:00"), func(ctx context.Context) (err error) {
		s, err = h.texts.NewSeries(ctx, author, series(leash, toCommunity, fmt.Sprintf("0 9 * * %d", day.Weekday())))
		return err
	})
	h.at(h.workday(12, "15:30"), func(ctx context.Context) error {
		_, err := h.texts.ApproveSeries(ctx, officialOf(approverID, ""), s.ID, s.Hash, s.Accepted...)
		return err
	})
	for _, weeks := range []int{1, 2} {
		h.at(day.AddDate(0, 0, -7*weeks), h.carry(false))
	}
	h.at(h.workday(1, "15:40"), func(ctx context.Context) error {
		_, err := h.texts.NewSeries(ctx, author, series(checkups, toThird, "30 9 1 * *"))
		return err
	})
}

// optOut has residents take back what they chose, as they do after a broadcast. Those that the phone page shows first stay as they are.
func (h *history) optOut() {
	for i, days := range []int{15, 14, 12, 12, 9, 7, 4} {
		writer, texted := 20*(i+1), 20*(i+1)+1 // by otherTraits: one in WeChat who subscribed, and one with a number alone
		if texted >= len(h.people) {
			return
		}
		h.at(h.workday(days, "18:20"), func(ctx context.Context) error {
			if i%2 == 0 {
				return h.residents.StopSMS(ctx, phone.Number(h.people[texted].Phone), "rehearsal")
			}
			return h.residents.Prefer(ctx, h.people[writer].OpenID, "dogs", "", false)
		})
	}
}
