package parts

import (
	"path"
	"slices"
	"strings"
)

// Kind is a kind of parts, all of which have the same fields.
type Kind struct {
	Name, Label string
	Path        string // of the file; with *, a file a part
	Under       string // the key of the file under which the parts stand; "" when they are the whole file
	Key         string // the field that names a part
	Fields      []Field
}

// Field is one of the fields of a part.
type Field struct {
	Name, Label string
	Needed      bool
	Many        bool // it is a list
	YesNo       bool // it is true or false
}

// The fields in the order in which a file has them.
var kinds = []Kind{
	{"notices", "公告", "notices/*.md", "", "id", []Field{
		needed("id", "编号"), needed("headline", "标题"), needed("issuer", "发布单位"), needed("publisher", "刊登处"), needed("date", "日期"),
		yesNo(needed("year_inferred", "年份是否推定")), needed("area", "适用地域"), needed("review_by", "复核日期"), needed("status", "状态"), optional("superseded_by", "接替的公告"),
		many(needed(passagesField, "条目"))}},
	{"intents", "问答", "intents/*.yaml", "", "id", []Field{
		needed("id", "编号"), needed("title", "标题"), many(needed("utterances", "问法")), needed("answer", "答复"), many(optional("citations", "依据")),
		many(optional("follow_ups", "相关问题")), yesNo(optional("silent", "公告是否没有写明")), optional("action", "动作"), many(optional("slots", "查表"))}},
	{"topics", "主题", "city.yaml", "topics", "id", []Field{
		needed("id", "编号"), needed("name", "名称"), many(optional("also", "别的叫法"))}},
	{"contacts", "联系方式", "contacts.yaml", "", "id", []Field{
		needed("id", "编号"), needed("name", "名称"), needed("phone", "电话"), needed("for", "用途"), needed("source", "号码出处")}},
	{"menu", "菜单", "menu.yaml", "", "name", []Field{
		needed("name", "名称"), optional("topic", "点击后的问答"), optional("url", "点击后的网页"), many(optional("buttons", "下级按钮"))}},
	{"templates", "模板", "templates.yaml", "", "id", []Field{
		needed("id", "编号"), needed("channel", "渠道"), needed("code", "平台上的编号"), needed("title", "标题"), optional("text", "短信全文"),
		many(optional("vars", "变量"))}},
	{"prepared", "备好的群发稿", "broadcasts/*.yaml", "", "id", []Field{
		needed("id", "编号"), needed("title", "标题"), needed("topic", "主题"), many(needed("cites", "依据")), needed("audience", "发送范围"), needed("messages", "消息")}},
	{"phrases", "机器人用语", "phrases.yaml", "", "id", []Field{
		needed("id", "编号"), needed("text", "文字")}},
}

const passagesField = "passages"

func needed(name, label string) Field   { return Field{Name: name, Label: label, Needed: true} }
func optional(name, label string) Field { return Field{Name: name, Label: label} }

func many(f Field) Field {
	f.Many = true
	return f
}

func yesNo(f Field) Field {
	f.YesNo = true
	return f
}

// Kinds are all kinds.
func Kinds() []Kind { return slices.Clone(kinds) }

// Called is the kind with a name or a label.
func Called(name string) (Kind, bool) {
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Name == name || k.Label == name })
	if i < 0 {
		return Kind{}, false
	}
	return kinds[i], true
}

// Field is a field by its name or its label.
func (k Kind) Field(name string) (Field, bool) {
	i := slices.IndexFunc(k.Fields, func(f Field) bool { return f.Name == name || f.Label == name })
	if i < 0 {
		return Field{}, false
	}
	return k.Fields[i], true
}

// single says whether each part has a file of its own.
func (k Kind) single() bool { return strings.Contains(k.Path, "*") }

// file is where the part with a key stands.
func (k Kind) file(key string) string { return strings.ReplaceAll(k.Path, "*", key) }

// keyOf is the key of the part in a file of its own.
func (k Kind) keyOf(file string) string { return strings.TrimSuffix(path.Base(file), path.Ext(file)) }

// order is that of all fields, also of those within others, in a file.
var order = strings.Fields(`id name channel code title label type values headline issuer publisher date year_inferred area review_by status superseded_by
	phone for source also topic template data url buttons text vars utterances answer citations follow_ups silent action slots table ask found unknown cites
	audience messages`)

// ordered are the keys of a mapping in the order of a file; those that a city names, as the variables of a template, are sorted.
func ordered(m map[string]any) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, compareKeys)
	return keys
}

func compareKeys(a, b string) int {
	i, j := slices.Index(order, a), slices.Index(order, b)
	switch {
	case i >= 0 && j >= 0:
		return i - j
	case i < 0 && j < 0:
		return strings.Compare(a, b)
	case i < 0:
		return 1
	}
	return -1
}
