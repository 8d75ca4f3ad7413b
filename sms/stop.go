package sms

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// stopWords are the replies that stop SMS. T, TD, 退订 and 取消 are what people are told to send; R and 拒收 are what
// promotions tell them to ("拒收请回复R"); the rest says the same in other words, or repeats the instruction.
var stopWords = map[string]bool{
	"t": true, "td": true, "退订": true, "取消": true,
	"r": true, "拒收": true,
	"退": true, "退訂": true, "取消订阅": true, "退订短信": true, "取消短信": true, "拒收短信": true, "我要退订": true,
	"回复t": true, "回复td": true, "回复退订": true, "回t": true, "回td": true, "回退订": true, "t退订": true, "td退订": true,
}

// IsStop reports whether a reply asks for no more texts: nothing but a stop word, whatever its width, case, spaces and
// punctuation. A sentence that merely holds one is left to a person.
func IsStop(content string) bool {
	plain := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, width.Fold.String(content))
	return stopWords[plain]
}
