package plaintext

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// markup is what a chat shows as a link, as nothing, or as the signs that it is written with.
var markup = regexp.MustCompile("(?m)<[A-Za-z/!?]|&(#[0-9xX]|[A-Za-z]{2,8};)|\\*\\*|\\]\\(|```|^[ \t]*#{1,6} ")

// Unfit says in Chinese why text is none that people read in a chat as it is written, "" when it is one: it holds no markup, and no
// character that does not show, but for ends of lines and tabs.
func Unfit(text string) string {
	if found := markup.FindString(text); found != "" {
		return fmt.Sprintf("有网页或 Markdown 标记（%s）：微信里不会照样显示，请只写文字", strings.TrimSpace(found))
	}
	if i := strings.IndexFunc(text, hidden); i >= 0 {
		r := []rune(text[i:])[0]
		return fmt.Sprintf("有看不见的字符（U+%04X）：请删去，或者重新输入", r)
	}
	return ""
}

// Braces says whether a text has braces, which stay where nothing is filled in.
func Braces(text string) bool { return strings.ContainsAny(text, "{}｛｝") }

// hidden is a character that does not show: controls, marks of direction and width, separators, private ones, and letters that are blank.
func hidden(r rune) bool {
	return r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp) || strings.ContainsRune("ㅤᅟᅠﾠ⠀", r)
}
