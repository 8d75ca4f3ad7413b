package propose

import (
	"regexp"
	"slices"
	"strings"

	"towncrier/intents"
)

// enoughAlike is how many utterances an answer has with those that are proposed: more than it must have, so that some may be taken away.
const enoughAlike = 14

// Alike are other ways to ask what an intent's utterances ask: other frames of the same question, and everyday words for formal ones. Words of
// the lexicon are left to the matcher, which knows them. What the city teaches already, of this answer or of another, and what another answers now, is left out.
func Alike(in intents.Intent, city City) []string {
	seen := map[string]bool{}
	note := func(all []string) {
		for _, u := range all {
			seen[intents.Key(u)] = true
		}
	}
	if city.Set != nil {
		note(city.Set.Negatives)
		for _, other := range city.Set.Intents {
			note(other.Utterances)
		}
	}
	note(in.Utterances)
	var all []string
	add := func(u string) {
		key := intents.Key(u)
		if len(in.Utterances)+len(all) >= enoughAlike || key == "" || seen[key] {
			return
		}
		seen[key] = true
		if city.Answers != nil {
			if id, sure := city.Answers(u); sure && id != in.ID {
				return
			}
		}
		all = append(all, u)
	}
	asked := make([]string, len(in.Utterances))
	for i, u := range in.Utterances {
		asked[i] = bare(u)
	}
	for range 2 { // of each question in turn, and then of what was made of them
		var next []string
		for _, said := range inTurn(asked, reworded) {
			add(said)
			next = append(next, said)
		}
		asked = next[:min(len(next), enoughAlike)]
	}
	for _, polite := range polite { // when nothing else is left to say
		if len(in.Utterances)+len(all) < intents.MinUtterances && len(in.Utterances) > 0 {
			add(strings.ReplaceAll(polite, "%s", bare(in.Utterances[0])))
		}
	}
	return all
}

// inTurn is the first of what each gives, then the second of each, and so on.
func inTurn(of []string, give func(string) []string) (all []string) {
	given := make([][]string, len(of))
	most := 0
	for i, u := range of {
		given[i] = give(u)
		most = max(most, len(given[i]))
	}
	for i := range most {
		for _, some := range given {
			if i < len(some) {
				all = append(all, some[i])
			}
		}
	}
	return all
}

var polite = []string{"请问%s", "俺想问问%s", "%s，麻烦说一下", "我想问一下%s", "%s你知道不", "咨询一下%s"}

var (
	politeness = regexp.MustCompile(`^(请问(一下)?|你好|您好|麻烦问(一下)?|(我|俺)?想?(问|咨询)(一下|下|问)?|那个)[，,、 ]*`)
	ending     = regexp.MustCompile(`[。？！?!，,、~～ ]+$|[啊呀呢哦]+[。？！?! ]*$`)
)

// bare is a question without the words and marks around it.
func bare(u string) string {
	u = strings.TrimSpace(u)
	for {
		cut := ending.ReplaceAllString(politeness.ReplaceAllString(u, ""), "")
		if cut == "" || cut == u {
			return u
		}
		u = cut
	}
}

// reworded are the ways to ask what a question asks that are one step away.
func reworded(u string) (all []string) {
	for _, family := range frames {
		for _, f := range family {
			parts := f.asks.FindStringSubmatch(u)
			if parts == nil || fixed.MatchString(parts[2]) || dangling.MatchString(parts[1]) {
				continue
			}
			for _, other := range family {
				if other.form != f.form && (parts[1] != "" || other.bare) {
					all = append(all, strings.ReplaceAll(strings.NewReplacer("A", parts[1], "B", parts[2]).Replace(other.form), "的的", "的"))
				}
			}
			break
		}
	}
	if parts := whether.FindStringSubmatch(u); parts != nil && parts[3] != "了" {
		all = append(all, parts[1]+parts[2]+"不"+parts[2]+parts[3])
	}
	for _, words := range interchangeable {
		all = append(all, swapped(u, words)...)
	}
	for _, hour := range []string{"几点钟", "几点"} { // a wider word may stand for it, and it for none
		if before, after, ok := strings.Cut(u, hour); ok {
			for _, word := range []string{"什么时候", "啥时候", "多会儿", "几时"} {
				all = append(all, before+word+after)
			}
			break
		}
	}
	return slices.DeleteFunc(all, func(said string) bool { return said == u })
}

// swapped is a question with one of the words in the place of another, of which it has the first that stands in it.
func swapped(u string, words []string) (all []string) {
	for _, word := range words {
		if !strings.Contains(u, word) {
			continue
		}
		for _, other := range words {
			if other != word && !strings.Contains(u, other) {
				all = append(all, strings.Replace(u, word, other, 1))
			}
		}
		break
	}
	return all
}

var (
	// fixed begins what makes another question of 怎么 and its like: 怎么办, 咋回事.
	fixed = regexp.MustCompile(`^(办|回事|样|弄|整|的)`)
	// whether is a verb with its object, of which people say 开不开门 for 开门不.
	whether = regexp.MustCompile(`^(.+)([开关收招办上停放打交报买卖养住租领换修])(\p{Han})[吗不]$`)
	// dangling ends what a shorter frame would cut within its words.
	dangling = regexp.MustCompile(`(找|归|该|由|要|还|没|不)$`)
)

// frame is a form of a question: A is what it is about, B what is done or had.
type frame struct {
	form string
	asks *regexp.Regexp
	bare bool // it needs no A
}

// frames are families: whoever asks in one of a line may ask in the others and mean the same.
var frames = families(`
	A在哪|A在哪里|A在哪儿|A在啥地方|A在什么地方|A搁哪儿|A的位置在哪
	A在哪B|A在哪里B|A在哪儿B|A在啥地方B|A去哪B|A去哪里B|A去哪儿B|A到哪B|A上哪B|A哪里能B|A哪儿能B|A什么地方能B|A哪能B
	A要多少钱|A多少钱|A多钱|A得多少钱|A几块钱|A要花多少钱|A啥价|A的费用是多少
	A要钱吗|A收费吗|A要不要钱|A收不收费|A要钱不|A收钱不|A用不用交钱|A花不花钱
	A电话是多少|A电话多少|A的电话|A电话号码|A的联系电话|A咋联系|A怎么联系
	A要什么材料|A要啥材料|A需要什么材料|A要带啥|A带什么|A要带什么东西|A要啥手续|A需要哪些材料|A要准备啥
	A什么时候开始|A啥时候开始|A从什么时候开始|A从啥时候开始|A几号开始|A从哪天开始|A多会儿开始
	A什么时候结束|A到什么时候|A到啥时候|A啥时候结束|A截止到什么时候|A到哪天为止|A多会儿结束
	A几点开门|A几点上班|A什么时候开门|A啥时候开门|A的开门时间|A几点钟开门
	A几点关门|A几点下班|A什么时候关门|A啥时候关门|A开到几点|A几点钟关门
	A要多久|A要多长时间|A得多久|A得多长时间|A得等多久|A要等多长时间|A得几天
	A谁管|A归谁管|A找谁|A该找谁|A找哪个部门|A归哪个部门管|A由谁负责|A找哪管
	A找谁B|A该找谁B|A谁来B|A归谁B|A由谁B|A找谁来B|A找哪B
	A太B了|A太B了谁管|A太B了咋办|A太B了找谁|A太B了有没有人管|A太B了怎么办|A咋这么B|A太B了归谁管|A太B了能管管吗
	A不B了|A咋不B了|A怎么不B了|A为啥不B了|A不B了咋办|A不B了怎么回事|A不B了是咋回事|A不B了谁管
	A坏了|A坏了谁修|A坏了找谁|A坏了咋办|A坏了谁管|A坏了给谁说|A坏了找哪修|A坏了归谁修
	A咋回事|A怎么回事|A是怎么回事|A是咋回事|A是啥情况|A是什么情况|A是啥原因|A是什么原因
	A怎么办|A咋办|A咋弄|A咋整|A该怎么办|A怎么弄
	A怎么办理|A咋办理|A如何办理|A的办理流程|A咋个办法|A办理怎么弄
	A是什么意思|A是啥意思|A是什么|A是啥|A指的是什么|A指的是啥
	A什么时候B|A啥时候B|A几时B|A多会儿B
	A为什么B|A为啥B|A为何B|A是为啥B|A是因为啥B
	A怎么B|A咋B|A如何B|A咋样B|A怎样B
	A有没有|A有吗|A有没|A有不
	A有没有B|A有B吗|A有B没有|A有B没|A有B不
	A能不能B|A能B吗|A能B不|A可以B吗|A可不可以B|A可以B不|A让B吗|A让不让B
	A要不要B|A用不用B|A需要B吗|A要B吗|A需不需要B|A得B吗|A要B不
	A会不会B|A会B吗|A会B不
	A是不是B|A是B吗|A是B不
	A有哪些B|A都有哪些B|A有什么B|A有啥B|A都有啥B
	哪些人能B|谁能B|什么人能B|啥人能B|哪些人可以B|谁可以B|啥样的人能B
	A了吗|A了没有|A了没|A了不
	A吗|A不|A么`)

// interchangeable are said for one another.
var interchangeable = [][]string{{"什么时候", "啥时候"}, {"怎么", "咋"}, {"什么", "啥"}, {"哪里", "哪儿"}, {"我们", "俺们", "咱们"}, {"孩子", "娃"}, {"老人", "老年人", "上岁数的人"}, {"晚上", "夜里"}, {"今天", "今儿"},
	{"明天", "明儿"}, {"现在", "这会儿"}, {"为什么", "为啥"}, {"办理", "办"}, {"需要", "要"}, {"哪个", "哪一个"}, {"电动车", "电车"}, {"星期", "礼拜"}}

func families(table string) (all [][]frame) {
	for _, line := range lines(table) {
		var family []frame
		for form := range strings.SplitSeq(line, "|") {
			pattern := strings.Replace(form, "A", `(.{2,})`, 1)
			if strings.Contains(form, "B") {
				pattern = strings.NewReplacer("A", `(.*?)`, "B", `(.+)`).Replace(form)
			} else {
				pattern += `()`
			}
			if !strings.Contains(form, "A") {
				pattern = `()` + pattern
			}
			family = append(family, frame{form, regexp.MustCompile("^" + pattern + "$"), strings.Contains(form, "B")})
		}
		slices.SortStableFunc(family, func(a, b frame) int { return len(b.form) - len(a.form) }) // the longest says most
		all = append(all, family)
	}
	return all
}
