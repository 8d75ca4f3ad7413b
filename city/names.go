package city

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// institutions are the last words of official names. The longest that fits ends the name.
var institutions = words(`社区卫生服务中心 卫生服务中心 服务中心 管理中心 指挥中心 救助中心 中心 卫生院 卫生室 医院 诊所 疗养院 养老院
	办公室 联席会议 热线 管理局 监督局 分局 局 委员会 居委会 村委会 业委会 街道办事处 办事处 街道办 人民政府 政府 派出所 公安厅
	卫健委 发改委 住建委 市委 区委 县委 省委 纪委 支队 大队 总队 消防队 消防站 法院 检察院 协会 基金会 公司 集团 银行 学校
	监督所 管理所 服务站 管理站 救助站 收容所 收容中心 大厅 指挥部 街道 社区`)

// kinds are institutions that an answer may send people to without naming one: 当地派出所, 小区物业公司.
var kinds = words(`医院 诊所 卫生院 卫生室 社区卫生服务中心 派出所 居委会 村委会 业委会 街道办事处 办事处 街道办
	街道 社区 政府 公司 学校 服务中心 委员会`)

// institutionWords are everyday words that hold the last word of an institution.
var institutionWords = words(`中心城区 中心地 中心区 中心思想 中心任务 中心位置 局面 局部 局限 局势 局长 大局 结局 布局 格局 全局 僵局 委托 委员 市委书记 区委书记 县委书记`)

// places are the last characters of an area's name, and placeWords the everyday words that hold them.
var (
	places     = words(`区 市 县 镇 乡 村`)
	placeWords = words(`社区 小区 城区 辖区 地区 片区 园区 景区 市区 郊区 街区 校区 区域 分区 全区 各区 本区 我区 区里 区级 区长 区委
		城市 全市 我市 本市 各市 市里 市民 市级 市场 市政 市长 市委 超市 都市 门市 上市 县级 各县 全县 本县 我县 县里 县长 县委 乡镇 乡村
		农村 城镇 城乡 家乡 村民 村里 全村 各村 本村 村庄 集镇 小镇 古镇 街道 外区 外市 外县 市直 区直 市公安局 市委书记
		夜市 早市 集市 菜市 花市 楼市 股市 闹市 入市 开市 收市 休市 山区 灾区 林区 库区 矿区 厂区 院区 病区 汛区 禁区 摊区 管控区 警戒区 保护区 禁燃区 禁放区
		禁停区 施工区 作业区 服务区 休息区 等候区 候车区 就餐区 用餐区 停车区 停放区 经营区 功能区 生活区 居民区 住宅区 办公区 教学区 活动区 公共区 危险区`)
)

// joints are characters that stand between a name and the words before it.
const joints = "的各到去在由向和与及或是把对找为给让请从按经可问打拨往被跟据以并也都等至同将各该即有无没令使用如就归属靠看寻"

// modifiers stand before a kind of institution without naming one.
var modifiers = words(`当地 辖区 所在 所在地 附近 就近 社区 街道 小区 您 正规 专业 本地 上级 有关 相关 各级 所属 基层 乡镇 村 镇 物业 户籍地 居住地 住地 专科 综合 定点 公立`)

// titles stand before a person's name.
var titles = words(`市委书记 区委书记 县委书记 书记 市长 区长 县长 局长 主任 主席 部长 院长`)

// unsupportedNames are the official names of a folded answer that its support does not print: what stands between
// title or quotation marks, names of institutions, areas and persons, and the proper names of the city's own notices.
func (s *support) unsupportedNames(answer string, proper []string) []string {
	var missing []string
	add := func(name string) {
		covered := func(m string) bool { return strings.Contains(m, name) }
		if !slices.ContainsFunc(missing, covered) {
			missing = append(missing, name)
		}
	}
	names := between(answer, "《", "》")
	if s.cited { // a greeting quotes example questions
		names = append(names, quoted(answer)...)
	}
	for _, name := range proper {
		if strings.Contains(answer, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if !s.prints(name) {
			add(name)
		}
	}
	rs := []rune(answer)
	for end := 1; end <= len(rs); end++ {
		if name, ok := s.nameEnding(rs, end); !ok {
			add(name)
		}
	}
	for _, title := range titles {
		for rest := answer; ; {
			_, after, ok := strings.Cut(rest, title)
			if !ok {
				break
			}
			rest = after
			if name, ok := s.personAfter(title, after); !ok {
				add(name)
			}
		}
	}
	return missing
}

// commands end what comes before a quoted word that a resident is told to send, as in 回复“菜单”: no name.
var commands = words(`回复 发送 输入 发 说 写`)

// quoted are the names between “” or 「」.
func quoted(text string) []string {
	return append(between(text, "“", "”"), between(text, "「", "」")...)
}

func between(text, opening, closing string) []string {
	var names []string
	for {
		before, after, ok := strings.Cut(text, opening)
		if !ok {
			return names
		}
		name, rest, ok := strings.Cut(after, closing)
		if !ok {
			return names
		}
		text = rest
		if longestSuffix(before, commands) == "" {
			names = append(names, name)
		}
	}
}

// nameEnding looks at a name that ends at rs[:end]. It is supported when the longest part of it that the support prints
// is the whole name: the character before it is no part of a name, here or where it is printed.
func (s *support) nameEnding(rs []rune, end int) (name string, ok bool) {
	head := string(rs[max(0, end-12):end])
	suffix := longestSuffix(head, institutions)
	if suffix == "" {
		suffix = longestSuffix(head, places)
		if suffix == "" || within(rs, end, placeWords, 0) {
			return "", true
		}
	} else if within(rs, end, institutionWords, 0) || within(rs, end, institutions, 1) {
		return "", true // in the second case a longer name ends further on, and is looked at there
	}
	start := end - len([]rune(suffix))
	printed := s.prints(suffix)
	for printed && !joint(lastRune(rs[:start])) && s.prints(string(rs[start-1:end])) {
		start--
	}
	stands := joint(lastRune(rs[:start]))
	if slices.Contains(kinds, suffix) && (stands || longestSuffix(string(rs[max(0, start-4):start]), modifiers) != "") {
		return "", true
	}
	// The bare last word, as in 县（市）, is nobody's name.
	whole := end-start > len([]rune(suffix)) && s.beginsName(string(rs[start:end]))
	if printed && (stands || whole) {
		return "", true
	}
	for start > max(0, end-10) && !joint(lastRune(rs[:start])) {
		start--
	}
	return string(rs[start:end]), false
}

// joint reports whether no name goes on at r.
func joint(r rune) bool { return !isHan(r) || strings.ContainsRune(joints, r) }

// lastRune is 0, which is no Chinese character, when there is none.
func lastRune(rs []rune) rune {
	if len(rs) == 0 {
		return 0
	}
	return rs[len(rs)-1]
}

// beginsName reports whether the support prints name where a name begins.
func (s *support) beginsName(name string) bool {
	for _, text := range s.texts {
		for at := 0; ; {
			i := strings.Index(text[at:], name)
			if i < 0 {
				break
			}
			if before, _ := utf8.DecodeLastRuneInString(text[:at+i]); joint(before) {
				return true
			}
			at += i + len(name)
		}
	}
	return false
}

// within reports whether the character before end belongs to one of the words, which runs on for beyond characters or
// more.
func within(rs []rune, end int, words []string, beyond int) bool {
	for _, word := range words {
		n := utf8.RuneCountInString(word)
		for from := max(0, end+beyond-n); from < end && from+n <= len(rs); from++ {
			if string(rs[from:from+n]) == word {
				return true
			}
		}
	}
	return false
}

// personAfter checks the two characters after a title, when they can be a name.
func (s *support) personAfter(title, after string) (string, bool) {
	first, size := utf8.DecodeRuneInString(after)
	second, more := utf8.DecodeRuneInString(after[size:])
	isWord := func(w string) bool { return strings.HasPrefix(after, w) }
	if !isHan(first) || !isHan(second) || strings.ContainsRune(joints, first) || slices.ContainsFunc(personless, isWord) {
		return "", true
	}
	name := title + after[:size+more]
	return name, s.prints(name)
}

// personless are words that follow a title and are no name.
var personless = words(`出席 主持 讲话 要求 强调 指出 负责 热线 信箱 办公 接待 会议`)

func longestSuffix(s string, suffixes []string) string {
	best := ""
	for _, suffix := range suffixes {
		if len(suffix) > len(best) && strings.HasSuffix(s, suffix) {
			best = suffix
		}
	}
	return best
}
