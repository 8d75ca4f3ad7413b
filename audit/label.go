package audit

var damageLabels = map[Damage]string{
	Changed: "内容与写入时不符",
	Missing: "记录被删除",
	Added:   "记录是事后插入的",
	Cut:     "从这一条起的记录被删除",
	Moved:   "日志起止标记被改动",
	Other:   "与另行保存的记录不符：日志被换回旧的，或末尾被删后重写",
}

// Label is what an official reads for it, in Chinese.
func (d Damage) Label() string { return damageLabels[d] }
