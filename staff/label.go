package staff

var roleLabels = map[Role]string{Author: "撰稿员", Approver: "审批员", Committee: "社区工作者", Auditor: "审计员", Admin: "管理员"}

// Label is what an official reads for it, in Chinese.
func (r Role) Label() string { return roleLabels[r] }
