package api

import (
	"cmp"
	"strings"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/roster"
	"towncrier/staff"
)

// detailKeys are what officials read for the keys of an audit entry's detail, which is key=value and words with blanks between. What has no label
// is shown as it is.
var detailKeys = map[string]string{
	"operation": "接口", "right": "权限", "alike": "此前同类次数", "rows": "行数", "left_out": "略过行数", "communities": "小区数", "kind": "类别", "written": "已写入行数",
	"residents": "居民数", "committee": "居委会", "deliveries": "投递数", "sample": "抽样人数", "format": "格式", "numbers": "号码", "undo": "撤销退订的申请",
	"invitation": "邀请", "key": "密钥", "tickets": "留言数", "like": "同类留言数", "topic": "主题", "channel": "渠道", "wants": "愿意接收", "role": "角色", "name": "姓名",
	"new": "新登记", "audience": "范围", "added": "新增", "changed": "更新", "unchanged": "未变", "erased": "已删除的", "stopped": "已退订的", "held": "不能由本居委会导入的",
	"state": "状态", "of": "属于", "values": "条数", "damaged": "损坏", "deleted": "删除", "entries": "条数", "last": "最后一条", "proposal": "拟稿", "proof": "核实方式", "number-by": "号码由谁填写",
	"version": "版本", "hash": "校验值", "size": "人数", "to": "发给", "address": "地址的校验值", "log": "退订日志", "why": "原因",
	"session": "登录", "factor": "第二因素", "outcome": "原因", "ended": "同时结束的登录", "unused": "未使用天数", "again": "重复提交",
	"since": "起始日期", "before": "此日期以前", "actor": "谁", "action": "操作", "subject": "关于",
}

// detailValues are what officials read for values that stand for something.
var detailValues = map[string]string{
	"true": "是", "false": "否", "yes": "是", "no": "否", "-": "无", "*": "全部", "masked": "隐去中间四位", "full": "完整", "in-person": "当面", "sms": "短信", "committees": "居委会",
	"totp": "验证器", "recovery": "恢复码", "made": "演练", "rehearsal": "演练一键登录",
	"no-login": "账号不能登录", "passphrase": "密码不对", "code": "验证码不对", "step-up": "再次核实时验证码不对",
	"activation": "激活码无效", "network": "不在允许的网络", "host": "用别的地址访问", "cross-site": "别的网站的页面提交", "key": "拿密钥访问页面",
}

// detailWords are whole details in words, and fields of a resident that changed.
var detailWords = map[string]string{
	"entry": "查看登记信息", "entry by number": "按手机号查看登记信息", "texts": "查看发给本人的消息", "found nobody": "没有查到", "number held": "号码已被占用",
	"phone": "手机号", "committee": "居委会", "community": "小区", "tags": "标签", "consents": "同意", "begun": "开始", "unfollowed": "已取消关注",
}

// detailLabel is what officials read for an audit entry's detail.
func detailLabel(detail string) string {
	if label := detailWords[detail]; label != "" {
		return label
	}
	parts := strings.Fields(detail)
	for i, part := range parts {
		key, value, ok := strings.Cut(part, "=")
		label := detailKeys[key]
		if !ok || label == "" {
			parts[i] = cmp.Or(detailWords[part], part)
			continue
		}
		from, to, both := strings.Cut(value, ">")
		if value = detailValue(key, from); both {
			value += "改为" + detailValue(key, to)
		}
		parts[i] = label + "：" + value
	}
	return strings.Join(parts, "，")
}

func detailValue(key, value string) string {
	switch key {
	case "action":
		return audit.Label(value)
	case "right":
		return cmp.Or(staff.Right(value).Label(), value)
	case "role":
		return cmp.Or(staff.Role(value).Label(), value)
	case "channel":
		return cmp.Or(broadcast.Channel(value).Label(), roster.Channel(value).Label(), detailValues[value], value)
	case "kind":
		if value == "residents" {
			return "居民"
		}
	}
	return cmp.Or(detailValues[value], value)
}
