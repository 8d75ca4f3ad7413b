package api

import (
	"slices"
	"strings"
)

// fieldNames is what officials read for the fields of requests, by the last part of their location. Every field of the document has one.
var fieldNames = map[string]string{
	// what stands in many operations
	"after": "续查位置", "limit": "条数", "id": "编号", "status": "状态", "kind": "类别", "state": "状态", "channel": "渠道", "committee": "居委会",
	"community": "小区", "area": "区县", "street": "街道", "tag": "标签", "tags": "标签", "topic": "主题", "title": "标题", "why": "原因", "name": "名称",
	"phone": "手机号", "since": "开始时间", "span": "间隔", "until": "截止时间", "body": "内容", "path": "地址", "query": "查询条件", "Idempotency-Key": "请求编号",
	"text": "文字", "from": "起始日期", "to": "截止日期", "date": "日期", "rows": "导入哪些行", "whose": "谁的导入", "confirm": "确认", "search": "查找的文字", "format": "格式", "soon": "不等清点",
	// residents and committees
	"cells": "要改正的单元格", "cell": "单元格", "leave_out": "不导入的行",
	"consent": "同意内容", "consents": "同意", "what": "同意内容", "basis": "依据", "how": "同意方式", "at": "时间", "has_phone": "有无手机号",
	"has_wechat": "是否关注", "updated_since": "更新时间", "wants": "是否接收", "code": "代码", "communities": "小区",
	// content
	"part": "哪一项", "value": "表单", "before": "排在哪一项前面", "keep": "保留本稿文字的文件", "take": "采用新版本文字的文件", "subjects": "主题", "questions": "要试答的问题", "edits": "段落的改动", "cut": "切分处", "merge": "并入的段落", "also": "别的说法", "publisher": "刊登处", "was": "改动前的校验值", "preview": "只预览", "successor": "接替的公告", "reinstate": "恢复的公告", "files": "文件", "fields": "填写的内容",
	// staff
	"role": "角色", "key": "密钥", "session": "登录", "invitation": "邀请", "in_person": "当面核实", "sms_code": "短信验证码", "number": "编号", "actor": "操作人", "action": "操作", "subject": "对象",
	"seq": "序号", "noted": "另行保存的记录", "wanted": "要提醒的", "page": "哪一页",
	// tickets
	"group": "同类", "proposed": "待批准", "answer": "答复", "proposal": "内容",
	"mine": "由我经办", "filed_from": "提交起始日期", "filed_to": "提交截止日期", "due": "到期", "due_by": "期限", "held": "由我在办", "over": "接手",
	// broadcasts
	"series": "定期发送", "author": "撰稿", "approver": "审批", "draft": "底稿", "cites": "依据的公告", "notice": "公告", "passage": "段落", "messages": "消息",
	"template": "模板", "data": "模板内容", "url": "链接", "audience": "发送范围", "all": "全部居民", "and": "“且”条件", "or": "“或”条件", "not": "“非”条件",
	"list": "名单", "window": "发送时段", "send_at": "发送时间", "expire_at": "截止时间", "fallback": "换渠道", "wait_minutes": "等待时间", "doubtful": "结果不明也换渠道",
	"emergency": "应急", "uncounted": "不统计人数", "version": "版本", "accept": "接受的提醒", "hash": "校验值", "round": "轮次", "now": "与现在比较", "cron": "周期",
	"expire_minutes": "有效时间", "channels": "渠道", "parts": "计费条数", "repeat": "重复", "every": "周期", "on": "哪几天", "last": "最后一天", "numbers": "手机号", "csv": "表格", "by_committee": "按居委会",
}

// operationFields are names that hold for one operation only, by its id and the field's location.
var operationFields = map[string]string{
	"add-staff body.id": "账号", "add-staff body.name": "姓名", "change-staff body.name": "姓名", "activate body.code": "激活码", "confirm-phone body.code": "验证码", "confirm-my-wechat body.number": "数字",
	"approve-answer body.proposal": "拟稿", "hand-ticket body.to": "转交给", "note-ticket body.text": "备注", "separate-tickets body.numbers": "要分出的留言", "test-broadcast body.to": "接收人",
	"get-broadcast-difference query.from": "前一版", "get-broadcast-difference query.to": "后一版",
	"get-series-difference query.from": "前一版", "get-series-difference query.to": "后一版",
}

// fieldName is what officials read for the field at a location, "" for none.
func (op operation) fieldName(location string) string {
	if where, _, _ := strings.Cut(location, "."); !slices.Contains([]string{"body", "query", "path", "header"}, where) {
		return "" // a place in a broadcast, of which the text says all
	}
	if strings.HasPrefix(location, "body.fields.") {
		return "" // of an emergency's template, whose label the text has
	}
	location = index.ReplaceAllString(location, "")
	if name := operationFields[op.id+" "+location]; name != "" {
		return name
	}
	parts := strings.Split(location, ".")
	return fieldNames[parts[len(parts)-1]]
}
