package propose

import (
	"regexp"
	"strings"
	"unicode"
)

// Raised are the questions of a city's negatives, which nothing answered, that a notice speaks of: taught as unanswerable any longer, they
// would keep its answers back. A negative is raised when nearly all that it asks about stands in the notice, or is an everyday word for what
// stands there.
func Raised(negatives []string, n Notice, subjects []Subject) (all []string) {
	printed := n.Headline
	for _, p := range n.Passages {
		printed += "\n" + p.Text
	}
	var words strings.Builder
	words.WriteString(printed)
	for _, s := range subjects {
		words.WriteString("\n" + s.Name + "\n" + strings.Join(s.Also, "\n"))
	}
	for _, s := range everyday {
		if strings.Contains(printed, s.printed) {
			words.WriteString("\n" + strings.Join(s.said, "\n"))
		}
	}
	for _, negative := range negatives {
		if covered(negative, words.String()) >= nearlyAll {
			all = append(all, negative)
		}
	}
	return all
}

const (
	nearlyAll  = 0.9 // the share of what is asked about
	leastAsked = 3   // characters, to tell what is asked about
)

// anyNotice are papers and offices, of which most notices speak and few are about.
var anyNotice = regexp.MustCompile(`身份证|户口本|居住证|暂住证|社保卡|医保卡|银行卡|派出所|街道办|税务局|车管所|银行|医院|低保户|五保户|补助`)

// asksOnly are the words of a question that say nothing of what it is about.
var asksOnly = regexp.MustCompile(`什么时候|啥时候|什么|怎么样|怎么|咋样|咋|如何|哪里|哪儿|哪个|哪些|哪天|哪|多少|多长|多久|几[个天点号次]|几|啥|谁|吗|呢|啊|吧|了|的|能不能|可不可以|可以|能|要不要|要|有没有|有|是不是|是|不|没|得|我|我们|你们|咱|这|那|在|去|到|给|还|就|都|也|个|一下|一|请问|想|问|打|电话|钱`)

// covered is the share of what a question asks about that stands in words: of its pairs of characters, and of what stands alone.
func covered(question, words string) float64 {
	in, all := 0, 0
	for _, part := range asksOnly.Split(anyNotice.ReplaceAllString(question, " "), -1) {
		runes := []rune(part)
		for i, r := range runes {
			if !unicode.Is(unicode.Han, r) {
				continue
			}
			all++
			if i+1 < len(runes) && strings.Contains(words, string(runes[i:i+2])) || i > 0 && strings.Contains(words, string(runes[i-1:i+1])) ||
				len(runes) == 1 && strings.Contains(words, "\n"+string(r)+"\n") {
				in++
			}
		}
	}
	if all < leastAsked {
		return 0
	}
	return float64(in) / float64(all)
}
