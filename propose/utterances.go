package propose

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"towncrier/intents"
)

// Subject is what an author proposes answers about.
type Subject struct {
	ID   string   // the beginning of the intents' ids
	Name string   // as residents say it: 停水
	Also []string // other ways to say it
}

// maxWays of saying a subject are used: the first forms say its name, later ones take turns.
const maxWays = 6

// ways are how people say a subject: its name, what its author added, and what the lexicon has for it.
func (s Subject) ways(lexicon []intents.Concept) []string {
	all := append([]string{s.Name}, s.Also...)
	add := func(word string) {
		if word != "" && utf8.RuneCountInString(word) <= 2*maxSubject && !slices.Contains(all, word) {
			all = append(all, word)
		}
	}
	for _, c := range lexicon {
		if c.Name == s.Name || slices.Contains(c.Variants, s.Name) {
			add(c.Name)
			for _, v := range c.Variants {
				add(v)
			}
		}
	}
	if len(all) > maxWays {
		all = all[:maxWays]
	}
	return all
}

// Utterances are what people say when they ask a question of a subject: its words in the forms of the question. said is what
// they say of its details, without naming the subject.
func Utterances(s Subject, q Question, lexicon []intents.Concept, said []string) []string {
	var all []string
	ways := s.ways(lexicon)
	for i, form := range forms[q.ID] {
		all = append(all, strings.ReplaceAll(form, "%s", ways[0]))
		if other := ways[i%len(ways)]; other != ways[0] {
			all = append(all, strings.ReplaceAll(form, "%s", other))
		}
	}
	return distinct(append(all, said...))
}

// asking puts phrases of a statement into the forms in which people ask for a detail.
func asking(q string, phrases []string) (all []string) {
	forms := details[q]
	if len(forms) == 0 {
		return phrases
	}
	for i, phrase := range phrases {
		all = append(all, strings.ReplaceAll(forms[i%len(forms)], "%s", phrase), phrase+"吗")
	}
	return all
}

// details are the forms in which people ask for a detail by its own words.
var details = map[string][]string{
	"when":   {"%s什么时候", "%s几点", "%s是哪天", "%s多久"},
	"where":  {"%s在哪", "%s在不在范围里", "%s是哪里", "去%s吗"},
	"whom":   {"%s算不算", "%s包括吗", "%s行不行", "%s影响吗"},
	"how":    {"%s怎么办", "%s咋弄", "%s可以吗", "%s"},
	"papers": {"要%s吗", "%s要带吗", "%s"},
	"cost":   {"%s多少钱", "%s要钱吗", "%s"},
	"ifnot":  {"%s会怎样", "%s", "%s怎么处理"},
	"why":    {"是不是%s"},
	"what":   {"%s", "%s吗"},
}

func distinct(all []string) (kept []string) {
	seen := map[string]bool{}
	for _, u := range all {
		if !seen[u] {
			kept = append(kept, u)
		}
		seen[u] = true
	}
	return kept
}

// Taken is an utterance that another intent already answers.
type Taken struct{ Utterance, Intent string }

// TakenOf points out what another intent already answers surely.
func TakenOf(utterances []string, answers func(text string) (intent string, sure bool)) (taken []Taken) {
	for _, u := range utterances {
		if id, sure := answers(u); sure {
			taken = append(taken, Taken{u, id})
		}
	}
	return taken
}

// maxPhrases of one clause are taught.
const maxPhrases = 6

// particles part phrases: what stands between them is what people name.
var particles = regexp.MustCompile(`[^\p{Han}A-Za-z0-9“”]+|[0-9]+(?:年|月|日|时|分钟?|小时|元|个|米|公里)?|[一二两三四五六七八九十]+个|的|以及|或者|及其|和|与|并|可以|可(?:由|凭|到|在|通过)|请|须|由|从|至|到|在|向|凭|于|包括|现将`)

// phrases are the words of a statement by which people would ask for it: what stands between particles and punctuation.
func phrases(text string) (all []string) {
	for _, p := range particles.Split(text, -1) {
		p = strings.Trim(p, "“”")
		n := utf8.RuneCountInString(p)
		if n >= 2 && n <= 10 && hanCount(p) >= 2 && !slices.Contains(all, p) && !empty[p] {
			all = append(all, p)
		}
	}
	return all[:min(len(all), maxPhrases)]
}

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
	for _, w := range strings.Fields(`公告 通告 通知 现将 有关 有关事项 如下 有关规定 规定 时间 期间 用户 居民 市民 上述 全部 部分 工作日 另行通知 另行公告 上午 下午 每日 每天
		广大 敬请谅解 咨询电话 咨询 电话 拨打 办理 申请 登记 以下 相关 其中 其他 其余 今年 以来 我县 我市 我区 我镇 本区 本市 本县 本镇 公司 我公司 进行 实施 开展`) {
		m[w] = true
	}
	return m
}()
