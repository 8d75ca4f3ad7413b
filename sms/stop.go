package sms

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The parts that the forms of stopForms are made of, in lower case and without spaces and punctuation.
const (
	// purpose names what is asked for, as residents and as senders of texts write it.
	purpose = `(?:(?:退订|取消订阅|拒收|拒绝接收|停收|停止接收|停止发送|停发|取消接收|不再接收)(?:了|全部|所有)?(?:短信|简讯|信息|通知|消息)?了?|取消(?:短信|简讯))`
	// reply is how an instruction begins; key is what it says to answer with.
	reply   = `(?:请?(?:直接)?(?:短信)?(?:回复?|发送?|编辑))`
	letters = `(?:td?|r|n|qx)`
	key     = `(?:` + letters + `|退订?|取消|拒收|stop)`
)

// stopForms is the one table of words that stop notices. Each of them stops texts when it comes by SMS; those of inChat stop
// notices in WeChat too. The others are what texts tell people to send and mean something else in a conversation: 取消 and 退
// cancel what is being asked there, and N and R may name a choice.
var stopForms = []struct {
	form   string
	inChat bool
}{
	{`td?`, true},
	{`(?:` + purpose + `)+`, true},
	{`我?(?:stop(?:all)?|unsubscribe|unsub|optout|tuiding)`, true},
	{letters + purpose, true},                                // TD退订
	{purpose + `(?:请|可)?` + reply + `?` + letters, true},     // 拒收请回复R, 退订T
	{purpose + `(?:请|可)?` + reply + key, true},               // 退订回复退订
	{reply + key + `(?:即可|可以?|就)?(?:` + purpose + `)`, true}, // 回TD退订
	{reply + `(?:td?|退订|拒收|stop)`, true},                     // 回复TD
	{reply + key, false},                                     // 回复N
	{reply + key + `(?:即可|可以?|就)?取消`, false},                 // 回T取消
	{`[rn]|退|取消|停止?|qx|quxiao|cancel|quit`, false},
}

// Courtesies may stand around a stop word.
const (
	before = `(?:您好|你好|请|麻烦[您你]?|拜托|帮忙|帮我|给我|我要求|我申请|我想?要?|要求|申请|好的?|please|pls)*`
	after  = `(?:多谢|感谢|谢谢|谢了|[您你]|辛苦了?|拜托了?|麻烦了|一下|[吧啊呀哦哈]|thanks?|thankyou|thx|please|pls)*`
)

var (
	stopsBySMS = compileStops(false)
	stopsChat  = compileStops(true)
	courtesy   = regexp.MustCompile(`^` + before + after + `$`)
)

func compileStops(chat bool) *regexp.Regexp {
	var forms []string
	for _, f := range stopForms {
		if f.inChat || !chat {
			forms = append(forms, f.form)
		}
	}
	return regexp.MustCompile(`^` + before + `(?:` + strings.Join(forms, "|") + `)` + after + `$`)
}

// longestStop bounds what is looked at: a longer message is a sentence, whatever words are in it.
const longestStop = 40

// IsStop reports whether a reply by SMS asks for no more texts: nothing but a stop word and courtesies around it, whatever
// its width, case, spaces and punctuation. A sentence that merely holds such a word is left to a person.
func IsStop(content string) bool { return stops(stopsBySMS, content) }

// IsChatStop reports the same of a message in WeChat, where fewer words stop: see stopForms.
func IsChatStop(content string) bool { return stops(stopsChat, content) }

func stops(words *regexp.Regexp, content string) bool {
	parts := stopParts(content)
	whole := strings.Join(parts, "")
	if len([]rune(whole)) > longestStop || strings.Contains(whole, "取消退订") { // it takes a stop back
		return false
	}
	if words.MatchString(whole) {
		return true
	}
	found := false
	for _, part := range parts {
		switch {
		case words.MatchString(part):
			found = true
		case !courtesy.MatchString(part):
			return false
		}
	}
	return found
}

// stopParts are a message's runs of letters and digits, in one width, case and script.
func stopParts(content string) []string {
	plain := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) { // zero-width: invisible, so it separates nothing
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(content))
	return strings.FieldsFunc(simplified.Replace(plain), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// simplified writes the Traditional characters of stopForms and courtesies as the mainland does.
var simplified = strings.NewReplacer("訂", "订", "閱", "阅", "絕", "绝", "發", "发", "復", "复", "覆", "复", "簡", "简", "訊", "讯", "謝", "谢",
	"請", "请", "給", "给", "幫", "帮", "煩", "烦", "託", "托", "編", "编", "輯", "辑")
