package audit

import "strings"

// labels are what officials read for actions, those of earlier versions included.
var labels = map[string]string{
	"alarm.acknowledge": "确认警报",
	"api.denied":        "越权操作被拒绝",
	"audience.estimate": "估算发送范围",
	"audit.export":      "导出审计日志",
	"audit.prune":       "清理到期的审计日志",

	"broadcast.approve":    "批准群发",
	"broadcast.cancel":     "取消群发",
	"broadcast.confirm":    "再次确认群发",
	"broadcast.deliveries": "查看投递明细",
	"broadcast.delete":     "删除群发草稿",
	"broadcast.edit":       "修改群发",
	"broadcast.expire":     "群发过期",
	"broadcast.fallback":   "结果不明的换渠道",
	"broadcast.finish":     "群发完成",
	"broadcast.forget":     "清除群发的个人信息",
	"broadcast.freeze":     "确定群发名单",
	"broadcast.halt":       "群发因故障暂停",
	"broadcast.new":        "起草群发",
	"broadcast.pause":      "暂停群发",
	"broadcast.preview":    "预览群发",
	"broadcast.reach":      "下载群发按社区的情况",
	"broadcast.recur":      "生成定期群发",
	"broadcast.reject":     "退回群发",
	"broadcast.reinstate":  "公告恢复，群发待确认",
	"broadcast.report":     "下载群发报告",
	"broadcast.resend":     "补发",
	"broadcast.resume":     "继续群发",
	"broadcast.schedule":   "群发排期",
	"broadcast.start":      "开始发送群发",
	"broadcast.submit":     "群发送审",
	"broadcast.test":       "发送测试消息",
	"broadcast.withdraw":   "公告停用，群发停止",

	"committee.delete":      "删除居委会",
	"committee.import":      "导入居委会",
	"committee.import.done": "导入居委会完成",
	"committee.put":         "添加或修改居委会",

	"content.change":    "修改内容稿",
	"content.draft":     "起草内容稿",
	"content.drop":      "作废内容稿",
	"content.publish":   "发布内容",
	"content.rebase":    "内容稿并入新版本",
	"content.reinstate": "恢复公告",
	"content.return":    "退回内容稿",
	"content.submit":    "内容稿送审",
	"content.withdraw":  "撤回公告",

	"database.restore": "恢复备份",

	"desk.refused": "工作台拒绝的请求",

	"emergency.approve": "批准应急公告",
	"emergency.declare": "写应急公告",
	"emergency.drop":    "作废应急公告",
	"emergency.end":     "结束应急公告",
	"emergency.pause":   "暂停应急公告",
	"emergency.resume":  "继续应急公告",

	"export.ask":      "申请导出完整号码",
	"feedback.give":   "提意见",
	"feedback.answer": "答复意见",
	"export.confirm":  "确认导出完整号码",

	"import.bad-rows": "下载导入中有问题的行",
	"import.delete":   "删除导入的文件",
	"import.mend":     "改正导入中有问题的行",
	"import.resume":   "接着导入",
	"import.rows":     "查看导入中有问题的行",
	"import.stop":     "导入中止",

	"key.rotate":      "更换加密密钥",
	"key.rotate.find": "更换查找密钥",

	"list.add":    "向名单添加号码",
	"list.delete": "删除号码名单",
	"list.new":    "建立号码名单",

	"login.app":        "更换登录用的验证器",
	"login.passphrase": "修改登录密码",
	"login.recovery":   "更换恢复码",
	"login.set":        "设置登录密码和验证器",

	"question.draft": "起草未答提问的答复",
	"question.list":  "导出未答的提问",
	"question.leave": "不处理未答的提问",

	"resident.add":      "登记居民",
	"resident.bind":     "绑定手机号",
	"resident.change":   "修改居民",
	"resident.erase":    "删除居民",
	"resident.list":     "查看居民列表",
	"resident.meet":     "关注公众号",
	"resident.merge":    "合并居民",
	"resident.phone":    "更换手机号",
	"resident.prefer":   "修改接收设置",
	"resident.read":     "查看居民",
	"resident.remove":   "移出居民",
	"resident.resume":   "恢复接收短信",
	"resident.search":   "查找居民",
	"resident.seed":     "生成演示居民",
	"resident.settle":   "选择社区",
	"resident.stop":     "短信退订",
	"resident.take":     "号码转给本人",
	"resident.unfollow": "取消关注",

	"roster.export":        "导出居民",
	"roster.export.full":   "导出居民（完整号码）",
	"roster.export.masked": "导出居民（号码已遮盖）",
	"roster.import":        "导入居民",
	"roster.import.done":   "导入居民完成",

	"series.approve":   "批准定期发送",
	"series.edit":      "修改定期发送",
	"series.new":       "起草定期发送",
	"series.reinstate": "公告恢复，定期发送待审批",
	"series.reject":    "退回定期发送",
	"series.stop":      "停止定期发送",

	"session.ask":     "请求扫码登录",
	"session.begin":   "登录",
	"session.end":     "结束登录",
	"session.fail":    "登录失败",
	"session.leave":   "退出登录",
	"session.step-up": "再次核实本人",

	"staff.activate":   "启用密钥",
	"staff.add":        "添加工作人员",
	"staff.change":     "修改工作人员",
	"staff.confirm":    "确认邀请",
	"staff.disable":    "停用工作人员",
	"staff.enable":     "恢复工作人员",
	"staff.invite":     "邀请工作人员",
	"staff.key":        "初始设置时生成密钥",
	"staff.notices":    "选择在微信里听哪些提醒",
	"staff.phone":      "登记本人手机号",
	"staff.renew":      "在服务器上补发密钥",
	"staff.revoke":     "吊销密钥",
	"staff.setup-over": "初始设置结束",
	"staff.withdraw":   "撤回邀请",

	"stops.ask":  "申请撤销退订",
	"stops.undo": "确认撤销退订",

	"ticket.answer":   "答复留言",
	"ticket.approve":  "批准答复",
	"ticket.close":    "关闭留言",
	"ticket.hand":     "转交留言",
	"ticket.hold":     "接手留言",
	"ticket.list":     "查看留言列表",
	"ticket.note":     "记下留言备注",
	"ticket.propose":  "拟定答复",
	"ticket.read":     "查看留言",
	"ticket.reopen":   "重新打开留言",
	"ticket.separate": "分开不同的留言",
	"ticket.standard": "由留言起草标准答复",
	"ticket.stop":     "停止向来信号码发短信",

	"wechat.bind":    "绑定微信",
	"wechat.confirm": "核对微信，可以扫码登录",
	"wechat.unbind":  "解除微信绑定",
}

// ActionOf is the action that a text names by itself or by its label.
func ActionOf(text string) (action string, ok bool) {
	text = strings.TrimSpace(text)
	if _, ok := labels[text]; ok {
		return text, true
	}
	for action, label := range labels {
		if label == text {
			return action, true
		}
	}
	return "", false
}

// Label is what an official reads for an action; the action itself when there is none.
func Label(action string) string {
	if label := labels[action]; label != "" {
		return label
	}
	return action
}
