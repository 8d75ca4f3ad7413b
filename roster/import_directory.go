package roster

import (
	"strings"

	"towncrier/phone"
)

// directory finds committees as files name them.
type directory struct {
	own   string // the only one that may be named; "" for any
	codes map[string]Committee
	names map[string][]string // codes, by name without its usual ending
}

func newDirectory(all []Committee, own string) directory {
	d := directory{own, map[string]Committee{}, map[string][]string{}}
	for _, c := range all {
		d.codes[c.Code] = c
		key := shortName(c.Name)
		d.names[key] = append(d.names[key], c.Code)
	}
	return d
}

// find takes a code or a name. Of what is not its own, a committee is told one thing, whatever is there.
func (d directory) find(text string) (code, wrong string) {
	if code, wrong = d.findAny(text); d.own != "" && code != d.own {
		return "", "不是本居委会：只能导入本居委会（" + d.own + "）的居民"
	}
	return code, wrong
}

func (d directory) findAny(text string) (code, wrong string) {
	if _, known := d.codes[text]; known {
		return text, ""
	}
	text, wrong = readCode(text)
	if wrong != "" {
		return "", wrong
	}
	if _, known := d.codes[text]; known {
		return text, ""
	}
	const most = 5
	switch codes := d.names[shortName(text)]; {
	case len(codes) == 0:
		return "", "没有这个居委会：请核对代码或名称，还没有登记的请先登记"
	case len(codes) == 1:
		return codes[0], ""
	case len(codes) > most:
		return "", "有几个居委会同名：请改填居委会代码，" + strings.Join(codes[:most], "、") + "等"
	default:
		return "", "有几个居委会同名：请改填居委会代码，" + strings.Join(codes, " 或 ")
	}
}

func (d directory) lacks(committee, community string) bool {
	return d.codes[committee].Lacks(community)
}

// readCode writes out a code that a spreadsheet took for a quantity. No code has a dot or a plus.
func readCode(text string) (code, wrong string) {
	if !strings.ContainsAny(text, ".+") {
		return text, ""
	}
	code, ok := phone.WholeNumber(text, 0)
	if !ok {
		return "", "代码被表格软件舍入，末几位已丢失：请把该列设为文本格式后重新填写"
	}
	return code, ""
}

// shortName is what stays of 示例社区居民委员会 and 示例社区居委会 alike: 示例.
func shortName(name string) string {
	for _, ending := range []string{"居民委员会", "居委会", "社区"} {
		name = strings.TrimSuffix(name, ending)
	}
	return name
}
