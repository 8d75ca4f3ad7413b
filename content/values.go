package content

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"towncrier/hans"
	"towncrier/plaintext"
)

// Unfit says why a platform would refuse what a template is filled with.
type Unfit struct {
	Var   string // of the value that is meant; "" for the whole text
	Label string // of the variable; "" for one that the template does not have
	Text  string // for the official who wrote the value; it repeats nothing of the value
}

// String names the variable as officials know it.
func (u Unfit) String() string {
	if u.Label == "" {
		return u.Text
	}
	return "“" + u.Label + "”" + u.Text
}

// kind is what the platform takes for a type of variable.
type kind struct {
	most int            // characters; 0 when the form bounds them
	form *regexp.Regexp // nil for any text
	says string         // how the form is written
}

const (
	// maxSMS is what a whole text may have, its sign included, in characters: Alibaba Cloud refuses more.
	maxSMS = 500
	// maxSign is the longest sign with the brackets that are put around it: which one is used is no part of the content.
	maxSign = 12 + 2
	// maxSMSValue is what a variable of a notice may have.
	maxSMSValue = 35
	// maxLandlines is how many numbers to call a notice may print.
	maxLandlines = 2
)

const (
	clockForm = `([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?`
	dayForm   = `[0-9]{4}(年(0?[1-9]|1[0-2])月(0?[1-9]|[12][0-9]|3[01])日|[-/.](0?[1-9]|1[0-2])[-/.](0?[1-9]|[12][0-9]|3[01]))`
)

// wechatKinds are the types of a category template's keys. A value outside is refused with 47003, not cut.
var wechatKinds = map[string]kind{
	"thing":            {most: 20},
	"number":           {32, regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`), "只能是数字"},
	"letter":           {32, regexp.MustCompile(`^[A-Za-z]+$`), "只能是字母"},
	"symbol":           {5, regexp.MustCompile(`^[\p{P}\p{S}]+$`), "只能是符号"},
	"character_string": {32, regexp.MustCompile(`^\P{Han}+$`), "只能是数字、字母和符号，不能有汉字"},
	"time":             {0, timeForm(`(` + dayForm + ` ?)?` + clockForm), "应写成“2030年5月8日 09:00”，两个时间之间用“~”"},
	"date":             {0, timeForm(dayForm + `( ?` + clockForm + `)?`), "应写成“2030年5月8日”，两个日期之间用“~”"},
	"amount":           {0, regexp.MustCompile(`^\p{Sc}?([0-9]{1,10}|[0-9]{1,7}\.[0-9]{1,2})元?$`), "应写成“12.5元”，最多10位数字"},
	"phone_number":     {17, regexp.MustCompile(`^[0-9+()-]+$`), "只能是数字和符号"},
	"car_number":       {most: 8},
	"name":             {0, regexp.MustCompile(`^([\p{Han}·]{1,10}|[A-Za-z .'-]{1,20})$`), "最多10个汉字或20个字母"},
	"phrase":           {5, regexp.MustCompile(`^\p{Han}+$`), "只能是汉字"},
	constType:          {most: 20},
}

// constType takes only what was approved in advance, or nothing.
const constType = "const"

// smsKinds are the types of a notice's variables.
var smsKinds = map[string]kind{
	"text":   {most: maxSMSValue},
	"name":   {most: maxSMSValue},
	"time":   {most: maxSMSValue},
	"money":  {most: maxSMSValue},
	"number": {most: maxSMSValue},
	"phone":  {15, regexp.MustCompile(`^[0-9-]+$`), "只能是数字和连字符"},
}

func timeForm(one string) *regexp.Regexp { return regexp.MustCompile(`^` + one + `(~` + one + `)?$`) }

func kinds(channel string) map[string]kind {
	if channel == SMSChannel {
		return smsKinds
	}
	return wechatKinds
}

// Limits says what the platform takes for a variable: at most so many characters, 0 where the form bounds them, and in which form, "" for
// any text.
func (t *Template) Limits(v TemplateVar) (most int, form string) {
	k := kinds(t.Channel)[v.Type]
	return k.most, k.says
}

// Check lists what the platform would refuse of data: a variable without a value or a value without a variable, one that its
// type does not allow, and an SMS that is too long with the longest sign. In the order of the variables; empty when all fits.
func (t *Template) Check(data map[string]string) []Unfit {
	var all []Unfit
	for _, v := range t.Vars {
		if value := data[v.Name]; value != "" || v.Type != constType {
			all = append(all, t.value(v, value)...)
		}
	}
	var strange []string
	for name := range data {
		if _, ok := t.Var(name); !ok {
			strange = append(strange, name)
		}
	}
	slices.Sort(strange)
	for _, name := range strange {
		all = append(all, Unfit{name, "", "模板里没有这个变量，请删去"})
	}
	if t.Channel == SMSChannel {
		text := t.Render(data)
		if n := utf8.RuneCountInString(text) + maxSign; n > maxSMS {
			all = append(all, Unfit{"", "", fmt.Sprintf("短信连签名最长有%d个字，最多%d个字", n, maxSMS)})
		}
		if n := len(landline.FindAllString(text, -1)); n > maxLandlines {
			all = append(all, Unfit{"", "", fmt.Sprintf("短信里有%d个电话号码，通知短信最多%d个", n, maxLandlines)})
		}
	}
	return all
}

// value checks one variable.
func (t *Template) value(v TemplateVar, value string) []Unfit {
	var all []Unfit
	add := func(text string) { all = append(all, Unfit{v.Name, v.Label, text}) }
	if strings.TrimSpace(value) == "" {
		add("没有填写")
		return all
	}
	k := kinds(t.Channel)[v.Type]
	if n := utf8.RuneCountInString(value); k.most > 0 && n > k.most {
		add(fmt.Sprintf("有%d个字，最多%d个字", n, k.most))
	}
	if k.form != nil && !k.form.MatchString(value) {
		add(k.says)
	}
	if v.Type == constType && !slices.Contains(v.Values, value) {
		add("只能是批准过的值：" + strings.Join(v.Values, "、"))
	}
	if strings.ContainsFunc(value, unprintable) {
		add("有换行或看不见的字符")
	} else if why := plaintext.Unfit(value); why != "" {
		add(why)
	} else if plaintext.Braces(value) {
		add("有花括号：程序不会在这里填内容，请改成文字")
	}
	if t.Channel == SMSChannel {
		if address.MatchString(narrow(value)) {
			add("有网址，短信变量里不能有网址")
		}
		for _, r := range textRules {
			if r.found(value) {
				add(r.says)
			}
		}
	}
	return all
}

// A phone makes a link of a name without its scheme, too. latinName is one in letters of an alphabet, whatever it ends in: there are more than
// a thousand ends, and makers of short links use the rarest. topLevels are the ends before which a name in other letters stands.
const (
	latinName = `(?:[a-z0-9-]+\.)+[a-z]{2,}`
	topLevels = `com|cn|net|org|gov|edu|top|vip|cc|me|io|xyz|info|site|shop|club|ltd|tv|biz|link|online|mobi|中国|公司|网络|网址|政务`
)

// narrow writes letters, digits and signs of full width as phones read them in an address.
func narrow(text string) string {
	return strings.Map(func(r rune) rune {
		if '！' <= r && r <= '～' {
			return r - '！' + '!'
		}
		return r
	}, text)
}

// What an SMS is searched for. The words of unsubscribing belong to promotion: with them a notice is refused.
var (
	address   = regexp.MustCompile(`(?i)https?:|www\.|` + latinName + `(\W|$)|[\p{L}\p{N}]\.(` + topLevels + `)(\W|$)|([0-9]{1,3}\.){3}[0-9]{1,3}[/:]`)
	mobile    = regexp.MustCompile(`(^|[^0-9])1[3-9][0-9]([- ]?[0-9]{4}){2}([^0-9]|$)`)
	landline  = regexp.MustCompile(`\b(0[0-9]{2,3}-?[0-9]{7,8}|400-?[0-9]{3}-?[0-9]{4}|95[0-9]{3,6})\b`)
	messenger = regexp.MustCompile(`(?i)qq|微信`)
	leaving   = regexp.MustCompile(`(?i)退订|拒收|回复?\s?(TD|T|R|N)([^a-z]|$)`)
)

// textRule is something that neither the text of an SMS nor a value may have.
type textRule struct {
	found func(text string) bool
	says  string
}

var textRules = []textRule{
	{func(s string) bool { return strings.ContainsAny(s, "【】") }, "有“【”或“】”，它们只用于签名"},
	{mobile.MatchString, "有手机号，通知短信里只能有座机、400或95开头的号码"},
	{messenger.MatchString, "提到QQ或微信，通知短信里不能有"},
	{leaving.MatchString, "有退订的说法，它只用于推广短信，通知短信会因此被拒"},
	{func(s string) bool { return strings.ContainsFunc(s, pictorial) }, "有表情或特殊符号"},
	{traditional, "有繁体字，请写简体字"},
}

func pictorial(r rune) bool { return unicode.In(r, unicode.So) }

func traditional(text string) bool { return strings.ContainsFunc(text, hans.Traditional) }
