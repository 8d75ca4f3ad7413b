package parts

import (
	"path"
	"slices"
	"strings"

	"towncrier/content"
)

// Kind is a kind of parts, all of which have the same fields.
type Kind struct {
	Name, Label string
	Path        string // of the file; with *, a file a part; of .txt, a line a part
	Under       string // the key of the file under which the parts stand; "" when they are the whole file
	Key         string // the field that names a part
	Fields      []Field
}

// Field is one of the fields of a part, or of what stands within one.
type Field struct {
	Name, Label string
	Needed      bool
	Many        bool    // it is a list
	YesNo       bool    // it is true or false
	Words       []Word  // of one that is one of a few
	Within      []Field // of one that has fields itself, or a list of what has
	Open        bool    // it has fields that a city names
}

// Word is what a field may be; forms take the label too.
type Word struct{ Name, Label string }

// The fields in the order in which a file has them.
var kinds = []Kind{
	{"notices", "公告", noticesPath, "", "id", []Field{
		needed("id", "编号"), needed("headline", "标题"), needed("issuer", "发布单位"), needed("publisher", "刊登处"), needed("date", "日期"),
		yesNo(needed("year_inferred", "年份是否推定")), needed("area", "适用地域"), needed("review_by", "复核日期"), oneOf(needed("status", "状态"), statuses), optional("superseded_by", "接替的公告"),
		many(needed(passagesField, "条目"), optional("number", "编号"), optional("text", "文字"))}},
	{"intents", "问答", "intents/*.yaml", "", "id", []Field{
		needed("id", "编号"), needed("title", "标题"), many(optional("utterances", "问法")), many(optional("proposed", "提出的问法")), needed("answer", "答复"), many(optional("citations", "依据")),
		many(optional("follow_ups", "相关问题")), yesNo(optional("silent", "公告是否没有写明")), optional("action", "动作"),
		many(optional("slots", "查表"), optional("name", "名称"), optional("table", "查询表"), optional("ask", "怎样追问"), optional("found", "查到时说"), optional("unknown", "查不到时说")),
		many(optional("whole", "整份公告的叫法")), many(optional("urgent", "应急的词"))}},
	{"negatives", "不答的问题", "matching/negatives.txt", "", "text", []Field{needed("text", "文字")}},
	{"lexicon", "同义词", "matching/lexicon.txt", "", "word", []Field{needed("word", "词"), many(needed("variants", "别的说法"))}},
	{"fillers", "不计的字词", "matching/fillers.txt", "", "text", []Field{needed("text", "文字")}},
	{"topics", "主题", "city.yaml", "topics", "id", []Field{
		needed("id", "编号"), needed("name", "名称"), many(optional("also", "别的叫法"))}},
	{"contacts", "联系方式", "contacts.yaml", "", "id", []Field{
		needed("id", "编号"), needed("name", "名称"), needed("phone", "电话"), needed("for", "用途"), needed("source", "号码出处")}},
	{"menu", "菜单", "menu.yaml", "", "name", []Field{
		needed("name", "名称"), optional("topic", "点击后的问答"), optional("url", "点击后的网页"),
		many(optional("buttons", "下级按钮"), optional("name", "名称"), optional("topic", "点击后的问答"), optional("url", "点击后的网页"))}},
	{"templates", "模板", "templates.yaml", "", "id", []Field{
		needed("id", "编号"), oneOf(needed("channel", "渠道"), channels), needed("code", "平台上的编号"), needed("title", "标题"), optional("text", "短信全文"),
		many(optional("vars", "变量"), optional("name", "变量名"), optional("label", "叫法"), oneOf(optional("type", "类型"), variableTypes), many(optional("values", "批准过的值")))}},
	{"prepared", "备好的群发稿", "broadcasts/*.yaml", "", "id", []Field{
		needed("id", "编号"), needed("title", "标题"), needed("topic", "主题"), many(needed("cites", "依据")), with(needed("audience", "发送范围"), audience...),
		with(needed("messages", "消息"), messages...)}},
	{"emergencies", "应急模板", "emergencies/*.yaml", "", "id", []Field{
		needed("id", "编号"), needed("title", "标题"), needed("topic", "主题"),
		many(needed("fields", "要填的项目"), optional("id", "编号"), optional("label", "叫法"), oneOf(optional("kind", "类别"), []Word{{content.TextField, "文字"}, {content.TimeField, "时间"}}),
			optional("max", "最多几个字"), yesNo(optional("optional", "可以不填")), optional("said", "填了怎样说"), optional("unsaid", "不填怎样说"), optional("sample", "示例")),
		needed("headline", "公告标题"), needed("issuer", "发布单位"), many(needed(passagesField, "条目")),
		with(needed("answer", "答复"), optional("title", "标题"), many(optional("words", "应急的词")), many(optional("utterances", "问法")), optional("text", "文字")),
		many(optional("silent", "没写就说明"), unwritten...), with(optional("messages", "消息"), messages...),
		with(needed("ended", "结束时"), optional("headline", "公告标题"), many(optional(passagesField, "条目")), optional("answer", "答复"),
			many(optional("silent", "没写就说明"), unwritten...), with(optional("messages", "消息"), messages...))}},
	{phrasesKind, "机器人用语", "phrases.yaml", "", "id", []Field{
		needed("id", "编号"), needed("text", "文字")}},
}

// unwritten is what an emergency's answer says that its notice does not write.
var unwritten = []Field{optional("about", "什么"), many(optional("unless", "写了这些词就不说"))}

var statuses = labelled([]content.Status{content.InForce, content.Superseded, content.Withdrawn}, content.Status.Label)

var channels = labelled([]string{content.SubscriptionChannel, content.TemplateChannel, content.SMSChannel}, func(c string) string { return content.ChannelLabels[c] })

// variableTypes are those of a text's variables, as the platform has them.
var variableTypes = []Word{{"text", "文字"}, {"name", "名称"}, {"time", "时间"}, {"money", "金额"}, {"number", "数字"}, {"phone", "电话"}}

// messages are a message a channel. Data is by the names of the template's variables.
var messages = func() (all []Field) {
	for _, c := range channels {
		all = append(all, with(optional(c.Name, c.Label), optional("template", "模板"), Field{Name: "data", Label: "内容", Open: true}, optional("url", "链接")))
	}
	return all
}()

// audience is a rule about who is reached; in some stand others.
var audience = func() []Field {
	rule := []Field{yesNo(optional("all", "全体居民")), optional("area", "区县"), optional("street", "街道"), optional("committee", "居委会"), optional("community", "小区"),
		optional("tag", "标签"), optional("topic", "主题"), many(optional("and", "同时符合")), many(optional("or", "符合任一")), optional("not", "除外")}
	for i := range rule[len(rule)-3:] {
		rule[len(rule)-3+i].Within = rule
	}
	return rule
}()

const (
	noticesPath   = "notices/*.md"
	passagesField = "passages"
)

func needed(name, label string) Field   { return Field{Name: name, Label: label, Needed: true} }
func optional(name, label string) Field { return Field{Name: name, Label: label} }

// many is a list of texts, or of what has fields.
func many(f Field, within ...Field) Field {
	f.Many, f.Within = true, within
	return f
}

func with(f Field, within ...Field) Field {
	f.Within = within
	return f
}

func oneOf(f Field, words []Word) Field {
	f.Words = words
	return f
}

func labelled[T ~string](all []T, label func(T) string) (words []Word) {
	for _, v := range all {
		words = append(words, Word{string(v), label(v)})
	}
	return words
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
	return fieldOf(k.Fields, name)
}

// Inner is a field within another, by its name or its label.
func (f Field) Inner(name string) (Field, bool) { return fieldOf(f.Within, name) }

func fieldOf(fields []Field, name string) (Field, bool) {
	i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == name || f.Label == name })
	if i < 0 {
		return Field{}, false
	}
	return fields[i], true
}

// Written is a value as files have it, of one that is a word's label.
func (f Field) Written(value any) any {
	for _, w := range f.Words {
		if value == w.Label {
			return w.Name
		}
	}
	return value
}

// Read is a value as officials read it.
func (f Field) Read(value any) any {
	for _, w := range f.Words {
		if value == w.Name {
			return w.Label
		}
	}
	return value
}

// single says whether each part has a file of its own.
func (k Kind) single() bool { return strings.Contains(k.Path, "*") }

// file is where the part with a key stands.
func (k Kind) file(key string) string { return strings.ReplaceAll(k.Path, "*", key) }

// keyOf is the key of the part in a file of its own.
func (k Kind) keyOf(file string) string { return strings.TrimSuffix(path.Base(file), path.Ext(file)) }

// order is that of all fields, also of those within others, in a file.
var order = strings.Fields(`id name channel code title label type values kind max optional said unsaid sample fields headline issuer publisher date year_inferred area
	review_by status superseded_by phone for source also topic template data url buttons text vars passages words utterances proposed answer citations follow_ups silent action
	slots table ask found unknown whole urgent about unless cites audience messages ended`)

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
