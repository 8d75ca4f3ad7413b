package bot

import (
	"regexp"
	"strings"
	"unicode"
)

// What WeChat writes into the text of a message in place of something that the receiving side cannot show.
var (
	// placeholder: [收到不支持的消息类型，暂无法显示].
	placeholder = regexp.MustCompile(`[\[【［][^\[\]【】［］]*(?:不支持|无法显示|不能显示|不能展示|无法展示|请在手机上?查看|[Uu]nsupported|[Cc]an(?:no|')t be displayed)[^\[\]【】［］]*[\]】］]`)
	// onlyFaces is a message of nothing but faces from the panel, whose names are in the sender's language: [流泪], [Smile].
	onlyFaces = regexp.MustCompile(`^(?:\s*\[[^\[\]\s\d][^\[\]\n]{0,15}\])+\s*$`)
	// slashFace is a face of the older panel: /::), /:rose, /:8-). What stands before it keeps it apart from an address.
	slashFace = regexp.MustCompile(`(^|[^:/\w.])(?:/:[!-.0-~]{1,9})+`)
	// knownFace is a face by its Chinese name, which may stand within a sentence.
	knownFace = regexp.MustCompile(`\[(?:微笑|撇嘴|色|发呆|得意|流泪|害羞|闭嘴|睡|大哭|尴尬|发怒|调皮|呲牙|惊讶|难过|囧|抓狂|吐|偷笑|愉快|白眼|傲慢|困|惊恐|憨笑|悠闲|咒骂|疑问|嘘|晕|衰|骷髅|敲打|再见|擦汗|抠鼻|鼓掌|坏笑|右哼哼|鄙视|委屈|快哭了|阴险|亲亲|可怜|笑脸|生病|脸红|破涕为笑|恐惧|失望|无语|嘿哈|捂脸|奸笑|机智|皱眉|耶|吃瓜|加油|汗|天啊|Emm|社会社会|旺柴|好的|打脸|哇|翻白眼|666|让我看看|叹气|苦涩|裂开|嘴唇|爱心|心碎|拥抱|强|弱|握手|胜利|抱拳|勾引|拳头|OK|合十|啤酒|咖啡|蛋糕|玫瑰|凋谢|菜刀|炸弹|便便|月亮|太阳|庆祝|礼物|红包|發|福|烟花|爆竹|猪头|跳跳|发抖|转圈)\]`)
)

// withoutStandIns is what a resident said: a text without what the platform wrote in place of pictures, and "" when that, or what
// nobody can see, is all of it.
func withoutStandIns(text string) string {
	text = placeholder.ReplaceAllString(text, " ")
	if onlyFaces.MatchString(text) {
		return ""
	}
	text = knownFace.ReplaceAllString(text, " ")
	text = slashFace.ReplaceAllString(text, "$1 ")
	return strings.Map(func(r rune) rune {
		switch r {
		case '\u115f', '\u1160', '\u3164', '\uffa0', '\u2800', '\u034f': // letters and signs that show nothing
			return ' '
		}
		if unicode.IsOneOf([]*unicode.RangeTable{unicode.Zs, unicode.Zl, unicode.Zp}, r) {
			return ' '
		}
		return r
	}, text)
}
