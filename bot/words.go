package bot

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxRunes bounds what is read and what is filed of one message. WeChat itself lets a resident send about 600
// characters; anything longer comes from elsewhere.
const maxRunes = 600

// clean is text made safe to match, keep and file: valid UTF-8, no control characters but line breaks, bounded.
func clean(text string) string {
	var b strings.Builder
	n := 0
	for _, r := range text { // invalid bytes arrive here as U+FFFD
		switch {
		case r == '\n':
		case r == unicode.ReplacementChar, unicode.Is(unicode.Cf, r):
			continue
		case unicode.IsControl(r), unicode.IsSpace(r):
			r = ' '
		}
		if n++; n > maxRunes {
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}

// fold removes what does not change the meaning of a short reply: width, enclosed digits (①), case, spaces, and
// punctuation at both ends.
func fold(text string) string {
	text = simplified.Replace(strings.ToLower(norm.NFKC.String(text)))
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
	return strings.TrimFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// simplified writes the Traditional characters of short replies (記錄, 確認, 第二個) as the mainland does.
var simplified = strings.NewReplacer("記", "记", "錄", "录", "確", "确", "認", "认", "個", "个", "選", "选", "對", "对", "錯", "错", "謝", "谢",
	"還", "还", "說", "说", "問", "问", "題", "题", "號", "号", "條", "条", "棄", "弃", "寫", "写", "過", "过", "沒", "没", "麼", "么",
	"後", "后", "這", "这", "點", "点", "詳", "详", "細", "细", "體", "体", "為", "为", "幫", "帮", "請", "请", "鐘", "钟", "給", "给")

// letters counts what can carry meaning, and how much of it is Chinese.
func letters(text string) (all, han int) {
	for _, r := range text {
		if unicode.Is(unicode.Han, r) {
			han++
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			all++
		}
	}
	return all, han
}

// noise reports a message of so few different signs that nobody can have meant a question by it: 啊啊啊啊, 哈哈哈.
func noise(folded string) bool {
	different := map[rune]bool{}
	for _, r := range folded {
		different[r] = true
	}
	return len(different) < 3 && len([]rune(folded)) > 2 && !strings.ContainsAny(folded, "不没") // 远不远 is a question
}

// particles may stand between and after the words of a short reply.
const particles = "吧了啊呀哈哦的嘛呢,，。.!！~ "

// among reports whether folded is made of nothing but words and particles: 算了不提了 of 算了 and 不提.
func among(folded string, words ...string) bool {
	rest := folded
	for rest != "" {
		longest := ""
		for _, w := range words {
			if len(w) > len(longest) && strings.HasPrefix(rest, w) {
				longest = w
			}
		}
		if longest == "" {
			return false
		}
		rest = strings.TrimLeft(rest[len(longest):], particles)
	}
	return folded != ""
}

func saysYes(folded string) bool {
	return among(folded, "是", "好", "行", "对", "嗯", "可以", "没问题", "同意", "需要", "要", "确认", "确定", "提交",
		"登记", "记录", "记下", "记一下", "帮我记录", "帮我记", "ok", "okay", "yes", "y")
}

func saysNo(folded string) bool {
	return saysCancel(folded) || among(folded, "不", "否", "不用", "不要", "不必", "不需要", "没必要", "别记", "不记录", "不登记", "谢谢", "no", "n") &&
		!among(folded, "谢谢")
}

func saysCancel(folded string) bool {
	return among(folded, "取消", "算了", "不提", "不说", "退出", "放弃", "不填", "不写", "不用", "不交", "不提交", "返回",
		"取消提交", "quxiao", "不想", "我不想提", "不想提", "不想说", "不弄", "撤销", "我不提")
}

// saysWait wants time to think.
func saysWait(folded string) bool {
	return among(folded, "等等", "等一下", "等会", "等会儿", "稍等", "我", "让我", "想想", "再想想", "想一想", "考虑考虑", "考虑一下", "先") &&
		folded != "我" && folded != "先"
}

// saysHeard is an acknowledgement that asks nothing.
func saysHeard(folded string) bool {
	return among(folded, "好", "行", "可以", "知道", "明白", "懂了", "收到", "ok", "okay")
}

// isFiller says that it is a sound that says even less.
func isFiller(folded string) bool { return among(folded, "嗯", "哦", "噢", "唔", "额", "呃") }

// saysMore asks for more of what was just answered, without saying what.
func saysMore(folded string) bool {
	return among(folded, "还有", "还有吗", "还有别的吗", "还有什么", "然后", "继续", "接着说", "详细点", "具体点", "说详细点", "说具体点", "再详细点",
		"详细说说", "具体说说", "再说说", "更多", "就这些", "就这些吗", "没了吗", "为什么", "为啥")
}

// saysAgain asks for the last answer once more.
func saysAgain(folded string) bool {
	return among(folded, "再说一遍", "再说一次", "重复一遍", "再发一遍", "再发一次", "没看清", "刚才说什么")
}

// saysLost did not understand the last answer, or wants it shorter.
func saysLost(folded string) bool {
	return among(folded, "没听懂", "听不懂", "没看懂", "看不懂", "没明白", "不明白", "不懂", "啥意思", "什么意思", "说人话", "简单点", "短一点",
		"太长", "说简单点", "太复杂")
}

// saysElse puts what was talked about aside.
func saysElse(folded string) bool {
	return among(folded, "换个问题", "换一个", "换个", "重新来", "重来", "重新开始", "问别的", "我问别的")
}

func saysAll(folded string) bool {
	return among(folded, "都要", "全要", "全都要", "我都要", "都想知道", "都想问", "都问", "都看", "都看看", "都说说", "都说", "全部", "所有",
		"两个都要", "三个都要", "两个都是", "都是", "一起说", "都选", "全选")
}

func saysSkip(folded string) bool {
	return unknowing.MatchString(folded) || among(folded, "跳过", "不清楚", "不知道", "说不清", "没有", "无", "略", "不方便", "不方便说", "全市", "到处都是")
}

// unknowing matches a resident who cannot say: 俺不知道叫啥名, 说不清在哪.
var unknowing = regexp.MustCompile(`^(?:我|俺|我们|俺们|也)*(?:不知道|不清楚|说不清|说不上来|不晓得|记不清|忘了).{0,6}$`)

// praise is what a thumb says.
const praise = "👍👌🙏❤️💐🌹😊🙂👏🏻🏼🏽🏾🏿 \u200d"

func saysRecord(folded string) bool {
	return among(folded, "记录", "登记", "记下", "记下来", "记一下", "帮我记录", "帮我记录一下", "帮我登记", "帮我记一下", "请记录", "请登记", "要记录")
}

func saysNoneOfThese(folded string) bool {
	return among(folded, "都不是", "都不对", "以上都不是", "都不是我要问的", "没有我要问的", "没有我要的", "没有一个是", "不在里面", "都不沾边")
}

var questioning = setOf("?", "？", "吗", "呢", "怎么", "咋", "如何", "多少", "哪", "什么", "啥", "几", "谁", "多久", "何时", "了没", "能不能", "是否",
	"有没有", "是不是", "要不要", "可不可以")

// looksAsked reports whether text has the form of a question.
func looksAsked(text string) bool { return questioning.in(text) }

// errand is what a resident comes to an office for, without asking: 公积金提取流程.
var errand = setOf("流程", "手续", "材料", "电话", "地址", "办理", "补办", "申请", "领取", "提取", "缴费", "报名", "查询", "咨询", "投诉", "举报",
	"反映")

// abuse is a small list of words that insult in any city, each with what keeps it from being part of another word
// (今日你们, USB, 危险废物). They are taken out first: a resident who swears about a broken lamp still gets an answer about it.
var abuse = compile(`(?i)傻[逼比屄叉]|煞笔|沙比|[操草艹肏]你(?:妈|大爷|祖宗|全家|$)|草泥马|你(?:妈|爹|全家)死|废物东西|[日干]你(?:妈|大爷|祖宗|全家)|你妈[的逼比]|他妈的?|妈的|` +
	`\b(?:sb|tmd|nmsl|cnm|fuck(?:ing)?|shit|bitch)\b|王八蛋|混蛋|滚蛋|滚开|^滚$|你.{0,3}去死|^去死|你.{0,6}废物|白痴|脑残|狗屁|狗官|贱人|婊子`)
