package broadcast

import (
	"fmt"
	"strconv"
	"time"

	"towncrier/content"
)

var (
	statusLabels = map[Status]string{
		Draft: "草稿", Submitted: "待审批", Approved: "已批准", Scheduled: "已排期", Held: "待再次确认", Freezing: "正在确定名单",
		Sending: "发送中", Paused: "已暂停", Done: "已完成", Cancelled: "已取消", Expired: "已过期",
	}
	stateLabels = map[State]string{
		Planned: "备用", Pending: "待发送", InFlight: "正在提交", Accepted: "已提交，等待回执", Delivered: "已送达",
		Undelivered: "未送达", Failed: "提交失败", InDoubt: "待核实", Unknown: "结果不明", Suppressed: "不发送",
		Withdrawn: "已取消", Lapsed: "已过期",
	}
	stepLabels = map[Step]string{
		Drafts: "起草", Edits: "修改", Submits: "送审", Rejects: "退回", Approves: "批准", Schedules: "排期", Holds: "等待确认", Begins: "开始发送", Sends: "发送",
		Confirms: "再次确认", Pauses: "暂停", Resumes: "继续发送", Refreezes: "继续发送", Finishes: "完成", Resends: "补发", FallsBack: "改走下一渠道",
		PutsBack: "恢复", Withdraws: "因公告停用而停止", Reinstates: "因公告恢复而等待确认", Cancels: "取消", Expires: "结束", Tests: "发送测试消息",
	}
	periodLabels = map[Period]string{EveryDay: "每天", EveryWeek: "每周", EveryMonth: "每月"}
	reasonLabels = map[Reason]string{
		OptedOut: "本人不愿接收", NoConsent: "没有同意接收", NoChannel: "没有可用的渠道", Capped: "近期接收已达上限",
		Gone: "已注销或已离开", Invalid: "号码无效", Reached: "已从其他渠道收到",
	}
	facetLabels = map[FacetKind]string{
		AreaFacet: "区县", StreetFacet: "街道", CommitteeFacet: "社区居委会", CommunityFacet: "小区", TagFacet: "标签", TopicFacet: "主题",
	}
)

// Label is what an official reads for it, in Chinese.
func (c Channel) Label() string { return content.ChannelLabels[string(c)] }

// Label is what an official reads for it, in Chinese.
func (s Status) Label() string { return statusLabels[s] }

// Label is what an official reads for it, in Chinese.
func (s State) Label() string { return stateLabels[s] }

// Label is what an official reads for it, in Chinese.
func (r Reason) Label() string { return reasonLabels[r] }

// Label is what an official reads for it, in Chinese.
func (k FacetKind) Label() string { return facetLabels[k] }

// Label is what an official reads for it, in Chinese.
func (p Period) Label() string { return periodLabels[p] }

// Label is what an official reads for it, in Chinese.
func (s Step) Label() string { return stepLabels[s] }

// spell is a duration as people say it, to the minute below a day.
func spell(d time.Duration) string {
	switch minutes := int(d / time.Minute); {
	case minutes < 60:
		return fmt.Sprintf("%d分钟", minutes)
	case minutes < dayMinutes && minutes%60 == 0:
		return fmt.Sprintf("%d小时", minutes/60)
	case minutes < dayMinutes:
		return fmt.Sprintf("%d小时%d分钟", minutes/60, minutes%60)
	}
	return fmt.Sprintf("%d天", int(d/(24*time.Hour)))
}

func percent(share float64) string { return strconv.FormatFloat(share*100, 'f', -1, 64) + "%" }
