package api

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"
)

// oneOf begins what is said of a word that is none of several.
const oneOf = "没有这个选项，可以写："

// init puts what officials read in place of huma's messages, which it keeps in variables and reads as operations are registered.
func init() {
	validation.MsgUnexpectedProperty = "没有这一项，请核对名称，或者去掉"
	validation.MsgExpectedRFC3339DateTime = badTime
	validation.MsgExpectedBoolean = "应为 true 或 false"
	validation.MsgExpectedNumber = "应为数字"
	validation.MsgExpectedInteger = "应为整数"
	validation.MsgExpectedString = "应为文字，写在引号里"
	validation.MsgExpectedArray = "应为列表，写在方括号里"
	validation.MsgExpectedObject = "应为一组项目，写在花括号里"
	validation.MsgExpectedOneOf = oneOf + "%s"
	validation.MsgExpectedMinimumNumber = "太小：应不小于%v"
	validation.MsgExpectedMaximumNumber = "太大：应不大于%v"
	validation.MsgExpectedMinLength = "太短：至少%d个字"
	validation.MsgExpectedMaxLength = "太长：最多%d个字"
	validation.MsgExpectedMinItems = "太少：至少%d项"
	validation.MsgExpectedMaxItems = "太多：最多%d项"
	huma.ErrorFormatter = message
}

const badTime = "不是时间：应写成 2026-01-05T09:00:00+08:00 这样"

// message is huma's ErrorFormatter: a missing field has a name, and the form of a text is described.
func message(template string, args ...any) string {
	if len(args) == 0 {
		return template
	}
	text, _ := args[0].(string)
	switch template {
	case validation.MsgExpectedRequiredProperty:
		return missing(text)
	case validation.MsgExpectedBePattern, validation.MsgExpectedMatchPattern:
		return "格式不对：应为" + forms[text]
	case validation.MsgExpectedMinLength:
		if args[0] == 1 {
			return "没有填写"
		}
	}
	return fmt.Sprintf(template, args...)
}

func missing(field string) string {
	if name := fieldNames[field]; name != "" {
		return fmt.Sprintf("缺少“%s”（%s），请填写", name, field)
	}
	return "缺少" + field + "，请填写"
}

// forms says what the patterns of fields want, by the pattern's description or by the pattern itself.
var forms = map[string]string{
	"32 hex digits":                            "32位的居民编号（数字0到9、字母a到f）",
	"64 hex digits":                            "64位的校验值（数字0到9、字母a到f）",
	"B and 10 letters and digits":              "群发的编号：B加10位大写字母或数字",
	"S and 10 letters and digits":              "定期发送的编号：S加10位大写字母或数字",
	"L and 10 letters and digits":              "名单的编号：L加10位大写字母或数字",
	"E and 10 letters and digits":              "应急公告的编号：E加10位大写字母或数字",
	"D and a number":                           "内容稿的编号：D加数字",
	"Q and a number":                           "一组提问的编号：Q加数字",
	"a notice's id":                            "公告的编号：例如 N2",
	"small letters, digits and -":              "小写字母、数字和连字符，以字母开头",
	"12 to 64 hex digits":                      "校验值，至少前12位（数字0到9、字母a到f）",
	"^[0-9]{2}:[0-9]{2}$":                      "几点几分，例如 09:00",
	"at least the first 12 digits of the hash": "校验值，至少前12位（数字0到9、字母a到f）",
	"a ticket's number":                        "留言的编号：例如 20260105-0001",
	"a kind of alarm":                          "警报的类别，见警报列表",
	"an id of feedback":                        "意见的编号，见意见列表",
	"text on one line":                         "一行文字，不能换行",
	"^[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}$":    "起止时间，例如 08:00-20:00",
	"^[A-Za-z0-9_-]{1,32}$":                    "1到32个字母、数字、- 或 _",
	"^[a-z][a-z0-9_-]{0,39}$":                  "主题的编号：小写字母开头，最多40个小写字母、数字、- 或 _",
}

// inChinese is a message of huma's as officials read it. Those that it keeps in no variable are translated here.
func inChinese(text string) string {
	switch {
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }):
		return text
	case text == "unknown query parameter":
		return "没有这个查询条件，请核对名称，或者去掉"
	case strings.HasPrefix(text, "required "):
		return "没有填写"
	case text == "invalid integer":
		return validation.MsgExpectedInteger
	case text == "invalid float":
		return validation.MsgExpectedNumber
	case text == "invalid boolean":
		return validation.MsgExpectedBoolean
	case strings.HasPrefix(text, "invalid date/time"):
		return badTime
	}
	return "填写的形式不对，请对照接口说明检查" // such as what encoding/json says, which names Go types and may hold the value
}
