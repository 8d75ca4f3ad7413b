package propose

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// thing is what a clause speaks of, in the words that people would ask for it by: a matter (号牌) or an act (携带牲畜).
type thing struct {
	words string
	act   bool
}

const (
	shortestThing = 2 // characters
	longestThing  = 10
	mostThings    = 8 // of one clause
)

// actWords are what people do with what notices speak of.
const actWords = `携带|提交|提供|填写|领取|领回|办理|申请|申领|登记|购买|出售|销售|燃放|佩戴|搭载|驾驶|悬挂|交出|使用|接受|打开|关闭|前往|进入|查询|收取|发放|补领|补办|预约|缴纳|缴清|出示|搭售|收缴|参加|报名|咨询|拨打|投诉|举报|更换|变更|注销|停放|通行|驶入|绕行|换乘|乘坐|储备|安装|拆除|维修|检查|推销|拍照|上传|下载|登录|扫描|选择|归还|外借|借阅|接种|饲养|投放|堆放|丢弃|焚烧|倾倒|搬运|清理|撤离|返回|滞留|转移|报备|避开|冲洗|委托|代办|伪造|变造|骗取|冒领|违反|发现|组织|开展|缴费|乘车|停车|用餐|就餐|洗澡|吸烟|体检|检查`

var (
	// between things stand figures, punctuation and words that join.
	between = regexp.MustCompile(`[^\p{Han}A-Za-z0-9]+|[0-9]+(?:年|月|日|时|分钟?|小时|[万亿]?元|个|米|公里|周岁|岁)?|[一二两三四五六七八九十]+[个名份次张]|的|以及|或者|及其|和|与|或|并|可以|可(?:由|凭|到|在|通过)|请|须|由|从|至|到|在|向|凭|于|包括|现将|不得|不要|不准|不许|不能|请勿|切勿|严禁|禁止|应当|必须|确需|需要|方可|只准|只能|仅限|允许|一律|对`)
	// before and behind a thing stand words that are no part of it.
	before = regexp.MustCompile(`^(?:自觉|自行|继续|已经|已|将|要|还|并|再次|不再|再|本次|凡是|凡|任何|其他|其它|有关|如有|如|按照|按|为|持|因|被|所有|均|都|各|应|需|未|不|有|是|也|仍|提前|统一|及时)+`)
	behind = regexp.MustCompile(`(?:等|者|即可|期间|以内|以外|以上|以下|之前|之后|情况下|后|前|内|时|起|止|中|上|下|及|申|将|为|的)+$`)
	act    = regexp.MustCompile(`^(?:` + actWords + `|烧|打|交|带|去|拆|换|租|借|送|领|摆|住|搬)`)
	verbs  = regexp.MustCompile(actWords)
)

// thingsOf are what a clause speaks of: what stands between words that join, and of an act also its object. What follows a word of duty or
// leave is an act.
func thingsOf(clause string) (all []thing) {
	add := func(words string, isAct bool) {
		n := utf8.RuneCountInString(words)
		t := thing{words, isAct || act.MatchString(words)}
		if n >= shortestThing && n <= longestThing && hanCount(words) >= 2 && !empty[words] && !slices.Contains(all, t) && len(all) < mostThings {
			all = append(all, t)
		}
	}
	trim := func(s string) string { return behind.ReplaceAllString(before.ReplaceAllString(s, ""), "") }
	start, duty := 0, false
	for _, at := range append(between.FindAllStringIndex(clause, -1), []int{len(clause), len(clause)}) {
		p := clause[start:at[0]]
		if m := andSuch.FindStringSubmatch(p); m != nil { // 电视机等旧家电 are both
			add(trim(m[1]), duty)
			p = m[2]
		}
		p = trim(p)
		add(p, duty)
		if verb := act.FindString(p); verb != "" {
			add(before.ReplaceAllString(p[len(verb):], ""), false)
		}
		start, duty = at[1], duties.MatchString(clause[at[0]:at[1]])
	}
	return all
}

var (
	andSuch = regexp.MustCompile(`^(\p{Han}{2,})等([^待候级于]\p{Han}+)$`)
	duties  = regexp.MustCompile(`^(?:可以|请|须|不得|不要|不准|不许|不能|请勿|切勿|严禁|禁止|应当|必须|需要|方可|只准|只能|允许)$`)
)

// verbsOf are the acts that a text speaks of.
func verbsOf(text string) []string {
	var all []string
	for _, v := range verbs.FindAllString(text, -1) {
		if !slices.Contains(all, v) && len(all) < mostVerbs {
			all = append(all, v)
		}
	}
	return all
}

// mostVerbs of a passage are asked with.
const mostVerbs = 3

func hanCount(s string) (n int) {
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}

// empty are phrases that name nothing.
var empty = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`公告 通告 通知 命令 有关 有关事项 如下 有关规定 规定 时间 期间 用户 居民 市民 上述 全部 部分 工作日 另行通知 另行公告 上午 下午 每日 每天 情况 进行 人员 单位 个人 本人
		广大 敬请谅解 咨询电话 咨询 电话 拨打 办理 申请 登记 以下 以上 相关 其中 其他 其余 今年 以来 我县 我市 我区 我镇 本区 本市 本县 本镇 公司 我公司 实施 开展 现就 如下事项 提供 使用 或者 其他问题 年满 周岁 据了解 万元 亿元`) {
		m[w] = true
	}
	return m
}()
