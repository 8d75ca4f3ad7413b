package bot

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// picked matches a folded reply that is nothing but a number off a menu: 1, 一, 第二个, 选2, 我要第3条.
var picked = regexp.MustCompile(`^(?:我)?(?:想|要|就)?(?:选|问|看|点|回复|回)?(?:数字|序号)?(?:上面|刚才)?(?:的)?第?(最后一|[0-9]{1,2}|十[一二]|[一二三四五六七八九十])` +
	`(?:个问题|个|条|项|号|题)?(?:怎么样|说说|看看)?(?:吧|的|呢|啊)?(?:谢谢.?)?$`)

// choice reads a number off a menu of size entries: the index from 0, or -1 when the menu has no such number. ok is
// false when the text is not a bare number at all. Numbers of three and more digits (12345, 120) name other things.
func choice(folded string, size int) (index int, ok bool) {
	m := picked.FindStringSubmatch(folded)
	if m == nil {
		return -1, false
	}
	n := 0
	switch s := m[1]; {
	case s == "最后一":
		n = size
	case s[0] >= '0' && s[0] <= '9':
		n, _ = strconv.Atoi(s) // one or two digits: cannot fail
	default:
		n = strings.Index("一二三四五六七八九十", s)/len("一") + 1
		if rest, teen := strings.CutPrefix(s, "十"); teen && rest != "" {
			n = 10 + strings.Index("一二", rest)/len("一") + 1
		}
	}
	if n < 1 || n > size {
		return -1, true
	}
	return n - 1, true
}

// every ends a list of numbers: 1和2都要.
var every = compile(`(?:这?[两二三]个)?(?:都|全)(?:要|想|看|问|说|知道)*(?:吧|的|了)*$`)

// choices reads several numbers off a menu of size entries: 2和3, 1、2都要, 前两个, 全部. Indexes are from 0 and distinct;
// ok is false when the text is no such list. A number that the menu does not have leaves no indexes.
func choices(said, folded string, size int) (indexes []int, ok bool) {
	switch {
	case size != 1 && saysAll(folded):
		for i := range size {
			indexes = append(indexes, i)
		}
		return indexes, true
	case size > 1 && among(folded, "前两个", "前二个", "前2个", "前面两个"):
		return []int{0, 1}, true
	}
	list := every.ReplaceAllString(strings.TrimRight(said, particles), "")
	parts := strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(" ,，、;；和跟与及加+&/\n", r) })
	if len(parts) < 2 {
		return nil, false
	}
	for _, p := range parts {
		i, number := choice(fold(p), size)
		if !number {
			return nil, false
		}
		if i < 0 {
			return nil, true
		}
		if !slices.Contains(indexes, i) {
			indexes = append(indexes, i)
		}
	}
	return indexes, true
}

// onlyDigits reports whether folded is one number and nothing else.
func onlyDigits(folded string) bool {
	return folded != "" && strings.Trim(folded, "0123456789") == ""
}
