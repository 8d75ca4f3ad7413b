package staff

import "strings"

var roleLabels = map[Role]string{Author: "撰稿员", Approver: "审批员", Committee: "社区工作者", Auditor: "审计员", Admin: "管理员"}

// Label is what an official reads for it, in Chinese.
func (r Role) Label() string { return roleLabels[r] }

// roleNames are the labels of all roles, as a refusal lists them.
func roleNames() string {
	labels := make([]string, len(Roles))
	for i, r := range Roles {
		labels[i] = r.Label()
	}
	return strings.Join(labels, "、")
}

var rightLabels = map[Right]string{
	ReadResidents: "查看居民", WriteResidents: "登记和修改居民", EraseResidents: "删除居民", ExportResidents: "导出完整手机号",
	ReadCommittees: "查看居委会", WriteCommittees: "管理居委会", ReadStaff: "查看工作人员", ManageStaff: "管理工作人员", ReadAudit: "查看审计日志",
	ReadInbox: "查看留言", AnswerInbox: "答复留言", ApproveAnswers: "批准答复", ReadSettings: "查看设置", ReadAlarms: "查看警报", AcknowledgeAlarms: "处理警报", AnswerFeedback: "答复意见反馈", UndoStops: "撤销退订",
	ReadBroadcasts: "查看群发", WriteBroadcasts: "撰写群发", ApproveBroadcasts: "审批群发", ScheduleBroadcasts: "安排发送", SendEmergency: "发送应急群发", ReadEmergencies: "查看应急公告",
	ReadContent: "查看内容", WriteContent: "撰写内容", WriteRows: "填报本居委会的表", PublishContent: "发布内容", WithdrawContent: "撤回公告",
}

// Label is what an official reads for it, in Chinese.
func (r Right) Label() string { return rightLabels[r] }
