package intents

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// finder recognises the names that slots may take.
type finder struct {
	names   []named
	alike   [][]int32 // names that differ in numbers or Latin letters only, or sound alike: what the tries' values stand for
	written *trie
	spoken  *trie
	place   string // the slot that unlisted names of housing are put in; "" when the set has none
	lexicon *lexicon
	common  *trie // of noName
	heard   *trie // the same by sound
	endings *trie // longSuffixes by sound
}

// named is what a name or an alias stands for.
type named struct {
	slot    string
	entries []string
	values  []uint64 // of its units
	isShort bool     // one syllable before a suffix: 甲小区, which sounds like 家小区
	isStem  bool     // no name of its own: 锦绣苑 of 锦绣苑东区 and 锦绣苑西区
}

// placeSlot is the slot that names of housing estates fill, listed or not.
const placeSlot = "community"

// Suffixes end the name of a housing estate in any Chinese city. The short ones end many other words too and count
// only after at least three characters; the rare ones only when the dialogue is about such a name and the text is
// nothing else.
var longSuffixes = []string{"小区", "花园", "家属院", "家属楼", "家园", "公寓", "宿舍", "大院", "新村", "新城", "佳苑", "嘉苑", "小院"}

const (
	shortSuffixes = "苑府院村"
	rareSuffixes  = "城里楼区园"
	// framedSuffixes end a name of three characters, too, where it is asked of a renovation.
	framedSuffixes = "苑园城岸湾庭居里庄坊"
)

// frames are what follows a name in such a question.
var frames = []string{"改", "能改", "能不能改", "啥时候改", "啥时候能改", "什么时候改", "什么时候能改", "何时改", "多会儿改", "轮到", "排上", "列入"}

// noName is what is said around a name and never part of one: pronouns, question words, verbs, kinds of estate, and
// the beginnings of words that merely end like an estate (医院, 政府, 农村).
var noName = strings.Fields(`我们 你们 他们 咱们 俺们 我 你 他 她 它 咱 俺 您 这个 那个 哪个 这 那 哪些 哪 些 个 的 是 在 有 没有 没 和 跟 与 到 去 从 住 叫 让 说
 请问 想问 问 查 知道 申请 结果 可以 网上 老旧 老小区 旧小区 新建 各 每 所有 整个 全部 其他 别的 多少 多 几 么 什么 啥 怎么 咋 现在 目前 改造 改 要 能 不 了 吗 呢
 吧 啊 呀 给 把 被 对 就 也 都 还 才 又 只 为 因为 如果 或者 单位 隔壁 附近 旁边 对面 楼下 村里 城里 家里
 选择 选一下 登记 设置 更换 换个 换到 修改 绑定 关联 加入 重新选
 医 卫生 学 法 检察 养老 敬老 福利 农 政 示范 住宅 封闭式 无物业 开放式 高层 商品房 安置房 公共 电影 剧 影 科 独门`)

func newFinder(set *Set, gazetteer map[string][]Entry, l *lexicon) *finder {
	f := &finder{lexicon: l, written: newTrie(), spoken: newTrie(), common: newTrie(), heard: newTrie(), endings: newTrie()}
	slots := map[string]string{} // table -> slot
	for _, in := range set.Intents {
		for _, s := range in.Slots {
			if _, ok := slots[s.Table]; !ok {
				slots[s.Table] = s.Name
			}
			if s.Name == placeSlot {
				f.place = placeSlot
			}
		}
	}
	at := map[string]int{}
	for _, table := range slices.Sorted(maps.Keys(slots)) {
		for _, entry := range gazetteer[table] {
			for _, name := range append([]string{entry.Name}, entry.Aliases...) {
				f.learn(at, key(name), slots[table], entry.Name, false)
			}
		}
	}
	for _, table := range slices.Sorted(maps.Keys(slots)) {
		for _, entry := range gazetteer[table] {
			if stem := stemOf(key(entry.Name)); stem != "" {
				f.learn(at, stem, slots[table], entry.Name, true)
			}
		}
	}
	for _, w := range noName {
		add(f.common, []rune(w), 0)
		for _, s := range readings([]rune(w)) {
			add(f.heard, s, 0)
		}
	}
	for i, w := range longSuffixes {
		for _, s := range readings([]rune(w)) {
			add(f.endings, s, int32(i))
		}
	}
	return f
}

// learn has a name stand for an entry, too. A stem that is a name stands for what is called so.
func (f *finder) learn(at map[string]int, name, slot, entry string, isStem bool) {
	if utf8.RuneCountInString(name) < 2 { // a single character stands in too many words
		return
	}
	i, ok := at[name]
	if !ok {
		i = len(f.names)
		at[name] = i
		f.names = append(f.names, named{slot: slot, isStem: isStem})
		f.put([]rune(name), int32(i))
	}
	if n := &f.names[i]; n.isStem == isStem && !slices.Contains(n.entries, entry) {
		n.entries = append(n.entries, entry)
	}
}

// stemOf is what stands before a name's part, "" when there is none of three characters: 锦绣苑 of 锦绣苑东区.
func stemOf(name string) string {
	runes := []rune(name)
	for from := 3; from < len(runes); from++ {
		if units := split(runes[from:], nil, nil); partOf(units) == len(units) {
			return string(runes[:from])
		}
	}
	return ""
}

// put adds a name by its characters and, from three syllables on, by its sound: shorter names have homophones.
func (f *finder) put(name []rune, value int32) {
	units := split(name, nil, nil)
	numberYards(units)
	f.names[value].isShort = slices.ContainsFunc(longSuffixes, func(s string) bool {
		return len(name) == 1+utf8.RuneCountInString(s) && strings.HasSuffix(string(name), s)
	})
	runes := make([]rune, len(units))
	for i, u := range units {
		runes[i] = u.r
		f.names[value].values = append(f.names[value].values, u.value)
	}
	join := func(at int32) {
		if int(at) == len(f.alike) {
			f.alike = append(f.alike, nil)
		}
		f.alike[at] = append(f.alike[at], value)
	}
	if !slices.Contains(runes, soundMark) {
		join(add(f.written, runes, int32(len(f.alike))))
	}
	if len(units) >= 3 {
		for _, w := range readings(name) {
			join(add(f.spoken, w, int32(len(f.alike))))
		}
	}
}

// meant is the one of alike names whose numbers and letters are said, -1 for none: 1号院 is not 2号院.
func (f *finder) meant(said []unit, alike int32) int32 {
	for _, i := range f.alike[alike] {
		if slices.EqualFunc(f.names[i].values, said, func(v uint64, u unit) bool { return v == u.value }) {
			return i
		}
	}
	return -1
}

// mask replaces the names in s.units with marks and returns what it found; nil when nothing was. asked says that the
// dialogue is about a name.
func (f *finder) mask(s *scratch, asked bool) map[string]SlotValue {
	if len(f.names) == 0 && f.place == "" {
		return nil
	}
	var found map[string]SlotValue
	note := func(slot string, v SlotValue) {
		if found == nil {
			found = map[string]SlotValue{}
		}
		switch first, ok := found[slot]; {
		case !ok:
		case len(first.Entries) == 0 && len(v.Entries) > 0:
			v.Others = append(v.Others, first)
		default:
			first.Others = append(first.Others, v)
			v = first
		}
		found[slot] = v
	}
	numberYards(s.units)
	for i := 0; i < len(s.units); i++ {
		n, value := f.listed(s.units, i)
		if n == 0 {
			continue
		}
		name := f.names[value]
		v := SlotValue{Entries: slices.Clone(name.entries)}
		if i > 0 && f.isAnother(s.units[:i]) { // 新阳光花园
			i, n, v.Entries = i-1, n+1, nil
		}
		if part := partOf(s.units[i+n:]); name.isStem && part > 0 { // a part that no entry has
			n, v.Entries = n+part, nil
		}
		v.Text = characters(s.units[i : i+n])
		note(name.slot, v)
		s.replace(i, n)
	}
	if f.place != "" {
		for i := 0; i < len(s.units); i++ {
			if from, n := f.estate(s.units, i, asked); n > 0 {
				note(f.place, SlotValue{Text: characters(s.units[from : from+n])})
				s.replace(from, n)
				i = from
			} else if from, n, ending := f.spelled(s.units, i); n > 0 {
				note(f.place, SlotValue{Text: ending})
				s.replace(from, n)
				i = from
			}
		}
	}
	return found
}

// listed is the longest name that units have at i, and which. A short one is known by its sound only where it is typed in letters, alone.
func (f *finder) listed(units []unit, i int) (n int, value int32) {
	n, value = longestWrittenOf(f.written, units[i:], f.meant)
	heard := func(said []unit, alike int32) int32 {
		value := f.meant(said, alike)
		if value >= 0 && f.names[value].isShort && (slices.ContainsFunc(said, func(u unit) bool { return u.r != soundMark }) || i > 0 && units[i-1].r == soundMark) {
			return -1
		}
		return value
	}
	if k, spoken := longestSpokenOf(f.spoken, units[i:], heard); k > n { // A区 is a syllable, and more than its beginning
		return k, spoken
	}
	return n, value
}

// others are characters that make of a name another.
const others = "新老大小东西南北金"

// isAnother reports whether what stands before a name makes it another: 新阳光花园, and not 河东阳光花园 or 楼下.
func (f *finder) isAnother(before []unit) bool {
	last := len(before) - 1
	return strings.ContainsRune(others, before[last].r) && !f.endsCommon(before) && (last == 0 || !isHan(before[last-1].r) || f.endsCommon(before[:last]))
}

// endsCommon reports whether units end with a word that is said around names, or a concept.
func (f *finder) endsCommon(units []unit) bool {
	for from := range units {
		word, _ := longestWritten(f.common, units[from:])
		concept, _ := longestWritten(f.lexicon.written, units[from:])
		if max(word, concept) == len(units)-from {
			return true
		}
	}
	return false
}

// numberYards makes numbers of the single numerals before 号院: 二号院 is 2号院.
func numberYards(units []unit) {
	for i := 0; i+2 < len(units); i++ {
		if isNumeral(units[i].r) && units[i+1].r == '号' && units[i+2].r == '院' {
			units[i] = number(numeral([]rune{units[i].r}))
		}
	}
}

// characters is what units say in Han characters; syllables typed in letters are left out.
func characters(units []unit) string {
	runes := make([]rune, 0, len(units))
	for _, u := range units {
		if isHan(u.r) {
			runes = append(runes, u.r)
		}
	}
	return string(runes)
}

// replace puts one mark in place of n units.
func (s *scratch) replace(from, n int) {
	s.units[from] = unit{r: nameMark, read: [maxReadings]syllable{nameSound}}
	s.units = slices.Delete(s.units, from+1, from+n)
}

// longestName is the most characters or syllables before a suffix.
const longestName = 6

// estate finds the name that ends with a suffix at unit i: where it starts and how long it is, with the suffix and what numbers its part.
func (f *finder) estate(units []unit, i int, asked bool) (from, n int) {
	suffix, least := 0, 2
	for _, s := range longSuffixes {
		if k := prefix(units[i:], s); k > suffix {
			suffix = k
		}
	}
	numbered := i > 0 && units[i-1].r == '号' && i > 1 && isNumber(units[i-2]) && (suffix > 0 || units[i].r == '院')
	ordered := suffix > 0 && i > 0 && isOrder(units[i-1])
	if suffix == 0 {
		switch r := units[i].r; {
		case numbered:
			suffix = 1
		case strings.ContainsRune(framedSuffixes, r) && slices.ContainsFunc(frames, func(w string) bool { return prefix(units[i+1:], w) > 0 }):
			suffix = 1
		case strings.ContainsRune(shortSuffixes, r):
			suffix, least = 1, 3
		case asked && i == len(units)-1 && i <= longestName && strings.ContainsRune(rareSuffixes, r):
			suffix, least = 1, i
		default:
			return 0, 0
		}
	}
	end := i // of what is a name by its characters
	switch {
	case numbered:
		end, least = i-2, 0
	case ordered:
		end, least = i-1, 0
	}
	from = end
	for from > 0 && end-from < longestName && isHan(units[from-1].r) {
		from--
	}
	// The name starts after the last common word before the suffix.
	for j := from; j < end; {
		word, _ := longestWritten(f.common, units[j:end])
		concept, _ := longestWritten(f.lexicon.written, units[j:end])
		switch n := max(word, concept); {
		case n == 0:
			j++
		case word == 0 && j+n == end && j-from >= 2: // 星河广场小区
			j = end
		default:
			j += n
			from = j
		}
	}
	switch {
	case numbered, ordered:
	case i-from < max(least, 2) || strings.ContainsRune("老旧新本全", units[i-1].r): // a kind of estate: 老小区, 全院
		return 0, 0
	}
	return from, i - from + suffix + partOf(units[i+suffix:])
}

// spelled finds the name that was typed in letters and ends with a suffix at unit i, and the suffix.
func (f *finder) spelled(units []unit, i int) (from, n int, ending string) {
	isTyped := func(u unit) bool { return u.r == soundMark }
	length, which := longestSpoken(f.endings, units[i:])
	if length == 0 || !isTyped(units[i]) {
		return 0, 0, ""
	}
	from = i
	for from > 0 && i-from < longestName && isTyped(units[from-1]) {
		from--
	}
	for j := from; j < i; {
		word, _ := longestSpoken(f.heard, units[j:i])
		if concept, _ := longestSpoken(f.lexicon.spoken, units[j:]); concept > 0 {
			if j+concept > i { // lao jiu xiao qu
				return 0, 0, ""
			}
			word = max(word, concept)
		}
		if word > 0 {
			j += word
			from = j
		} else {
			j++
		}
	}
	if i-from < 2 {
		return 0, 0, ""
	}
	return from, i - from + length, longSuffixes[which]
}

// stems number things as letters do.
const stems = "甲乙丙丁戊己庚辛壬癸"

// isOrder reports whether a unit alone tells one estate from another: 庚小区, B小区.
func isOrder(u unit) bool {
	return strings.ContainsRune(stems, u.r) || isLetter(u) || u.r == numberMark
}

// isLetter reports whether a unit is one Latin letter.
func isLetter(u unit) bool { return slices.Contains(letters(), u) }

// letters are the units of single letters: of some a syllable is made, of others a word.
var letters = sync.OnceValue(func() (all []unit) {
	for r := 'a'; r <= 'z'; r++ {
		all = split([]rune{r}, all, nil)
	}
	return all
})

func isNumber(u unit) bool { return u.r == numberMark || isNumeral(u.r) }

// partOf is how many units after a name number a part of it: 北区, 二期, B区, 3号院, 甲.
func partOf(units []unit) int {
	at := func(i int, in string) bool { return i < len(units) && strings.ContainsRune(in, units[i].r) }
	switch {
	case len(units) == 0:
		return 0
	case (isOrder(units[0]) || isNumber(units[0]) || at(0, "东西南北中前后")) && at(1, "区期院"):
		return 2
	case isNumber(units[0]) && at(1, "号") && at(2, "院"):
		return 3
	case at(0, stems):
		return 1
	}
	return 0
}

// prefix is the length of word when units start with it, else 0.
func prefix(units []unit, word string) int {
	n := 0
	for _, r := range word {
		if n == len(units) || units[n].r != r {
			return 0
		}
		n++
	}
	return n
}
