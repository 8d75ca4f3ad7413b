package unanswered

import (
	"strings"
	"unicode"
)

// likeness is the least share of common characters at which two questions are one piece of work. It is lower than for tickets, whose group is
// answered by one sentence: here somebody reads the examples before anything is written.
const likeness = 0.75

// kinds are what is asked: two questions about the same thing that ask another kind are two.
var kinds = []struct {
	name  string
	words []string
}{
	{"where", strings.Fields("在哪里 在哪儿 哪里 哪儿 哪能 哪个地方 什么地方 啥地方 去哪 在哪 上哪")},
	{"when", strings.Fields("什么时候 啥时候 什么时间 何时 几时 几点 几号 哪天 多久 多长时间")},
	{"cost", strings.Fields("多少钱 收费 费用 要钱 花钱 免费 价格")},
	{"phone", strings.Fields("电话 号码 联系方式 怎么联系")},
	{"who", strings.Fields("谁管 谁负责 找谁 归谁 哪个部门 什么部门 哪个单位 谁来")},
	{"why", strings.Fields("为什么 为啥 为何 怎么还 咋还")},
}

// courteous words and how-words say nothing of what a question is about.
var courteous = strings.NewReplacer("你好", "", "您好", "", "请问", "", "麻烦", "", "一下", "", "谢谢", "", "想问", "", "问问", "", "打听", "", "知道", "",
	"怎么样", "", "怎么办", "", "怎么", "", "怎样", "", "如何", "", "咋办", "", "咋弄", "", "咋", "", "可不可以", "", "能不能", "", "是不是", "", "有没有", "", "可以", "", "需要", "", "我们", "", "办理", "办",
	"×小区", "", "×花园", "", "×家属院", "", "×社区", "", "×街道", "", "×大道", "", "×路", "", "×街", "", "×巷", "", "×村", "", "×镇", "", "×乡", "") // where it is asked of

const particles = "的了吗呢啊吧呀么嘛哦哈请您你我咱俺能会要想得该是在去到这那就还也都个有里上给和跟不没把被让"

// core is what a question is about, and what it asks of that.
func core(text string) (about []rune, kind string) {
	for _, k := range kinds {
		for _, w := range k.words {
			if strings.Contains(text, w) {
				if kind == "" {
					kind = k.name
				}
				text = strings.ReplaceAll(text, w, "")
			}
		}
	}
	for _, r := range courteous.Replace(text) {
		if unicode.IsLetter(r) && !strings.ContainsRune(particles, r) {
			about = append(about, r)
		}
	}
	return about, kind
}

// likest is the head that is asked most alike, the zero Question when none is. A question of which nothing is left is like others of its topic.
func likest(q Question, heads []Question) (like Question) {
	about, kind := core(q.Text)
	best := 0.0
	for _, h := range heads {
		if q.Text == "" && h.Text == "" && h.Topic == q.Topic {
			return h
		}
		other, asks := core(h.Text)
		if kind != asks && kind != "" && asks != "" {
			continue
		}
		if s := share(about, other); s >= likeness && s > best {
			best, like = s, h
		}
	}
	return like
}

// share is the Dice coefficient of two texts' characters, in whatever order: 狂犬疫苗去哪打 is 去哪打狂犬疫苗.
func share(a, b []rune) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	left := map[rune]int{}
	for _, r := range a {
		left[r]++
	}
	common := 0
	for _, r := range b {
		if left[r] > 0 {
			left[r]--
			common++
		}
	}
	return 2 * float64(common) / float64(len(a)+len(b))
}
