package roster

import "strings"

// directory finds committees as files name them.
type directory struct {
	codes map[string]bool
	names map[string][]string // codes, by name without its usual ending
}

func newDirectory(all []Committee) directory {
	d := directory{map[string]bool{}, map[string][]string{}}
	for _, c := range all {
		d.codes[c.Code] = true
		key := shortName(c.Name)
		d.names[key] = append(d.names[key], c.Code)
	}
	return d
}

// find takes a code or a name.
func (d directory) find(text string) (code, wrong string) {
	if d.codes[text] {
		return text, ""
	}
	switch codes := d.names[shortName(text)]; len(codes) {
	case 0:
		return "", "没有这个居委会：请先用 towncrier committee import 或 add 登记"
	case 1:
		return codes[0], ""
	}
	return "", "有几个居委会同名：请改填居委会代码"
}

// shortName is what stays of 示例社区居民委员会 and 示例社区居委会 alike: 示例.
func shortName(name string) string {
	for _, ending := range []string{"居民委员会", "居委会", "社区"} {
		name = strings.TrimSuffix(name, ending)
	}
	return name
}
