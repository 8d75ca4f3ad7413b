package city

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"towncrier/content"
	"towncrier/intents"
)

// Found is what a table has of the names that a question says.
type Found struct {
	Rows    []content.Row // of each name that means one
	Which   []content.Row // of a name that may mean any of them
	Missing int           // names that are in no row
}

// LookUp looks for what a question, said, names in a slot's table.
func (c *City) LookUp(slot intents.Slot, v intents.SlotValue, said string) Found {
	var f Found
	if v.Text == "" && len(v.Entries) == 0 {
		return f
	}
	for _, named := range append([]intents.SlotValue{v}, v.Others...) {
		switch rows := c.meant(slot, named, said); len(rows) {
		case 0:
			f.Missing++
		case 1:
			if !slices.ContainsFunc(f.Rows, func(r content.Row) bool { return r.Line == rows[0].Line }) {
				f.Rows = append(f.Rows, rows[0])
			}
		default:
			f.Which = rows
		}
	}
	return f
}

// meant are the rows that one name may mean.
func (c *City) meant(slot intents.Slot, v intents.SlotValue, said string) []content.Row {
	var rows []content.Row
	for _, name := range v.Entries {
		rows = append(rows, c.Lookup(slot.Table, name)...)
	}
	if len(rows) == 0 {
		rows = c.Called(slot, v.Text)
	}
	return slices.DeleteFunc(rows, func(row content.Row) bool { return !couldMean(said, row) })
}

// Called are the rows of a slot's table whose name or alias is exactly these words; when there is none, those whose name begins with them:
// 阳光花园 of 阳光花园东区 and 阳光花园西区.
func (c *City) Called(slot intents.Slot, words string) []content.Row {
	t := c.Library.Tables[slot.Table]
	key := intents.Key(words)
	if t == nil || utf8.RuneCountInString(key) < 2 {
		return nil
	}
	var exact, begun []content.Row
	for i, names := range c.keysOf(t) {
		row := t.Rows[i]
		for _, name := range names {
			if name.key == key {
				exact = append(exact, row)
				break
			}
			if strings.HasPrefix(name.key, key) {
				begun = append(begun, row)
				break
			}
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return begun
}

var (
	numbered = regexp.MustCompile(`[0-9]+|\b[a-z]\b`)
	yearSaid = regexp.MustCompile(`[0-9]{4}年`)
)

// couldMean is false when a text says other numbers than every name of the row: 2号院 is not 1号院, B区 is not A区.
func couldMean(said string, row content.Row) bool {
	numbersIn := func(text string) []string {
		return numbered.FindAllString(yearSaid.ReplaceAllString(strings.ToLower(norm.NFKC.String(text)), ""), -1)
	}
	numbers := numbersIn(said)
	return len(numbers) == 0 || slices.ContainsFunc(row.Names(), func(name string) bool {
		return !slices.ContainsFunc(numbersIn(name), func(n string) bool { return !slices.Contains(numbers, n) })
	})
}

// Alike are the rows of a slot's table that a text may mean though it does not name them: it says all of a name but one character (阳光花圆),
// sounds much like it (辛福小区), has it within another (新阳光花园), or says the number of a yard and not its street.
func (c *City) Alike(slot intents.Slot, said string) []content.Row {
	t := c.Library.Tables[slot.Table]
	if t == nil {
		return nil
	}
	key, sounds := intents.Key(said), intents.Blur(said)
	text, yards := []rune(key), []string(nil)
	for _, m := range yardAlone.FindAllStringSubmatch(key, -1) {
		yards = append(yards, m[1])
	}
	var rows []content.Row
	for i, names := range c.keysOf(t) {
		isAlike := slices.ContainsFunc(names, func(n rowName) bool {
			return utf8.RuneCountInString(n.sounds) >= 4 && strings.Contains(sounds, n.sounds) || isAlmostIn(text, n.runes) || len(yards) > 0 && slices.Contains(yards, yard.FindString(n.key))
		})
		if isAlike && couldMean(said, t.Rows[i]) {
			rows = append(rows, t.Rows[i])
		}
	}
	return rows
}

var (
	yard = regexp.MustCompile(`[0-9]+号院`)
	// yardAlone is what people call a yard in its own street.
	yardAlone = regexp.MustCompile(`(?:^|[^0-9路街巷道里村区园坊弄])([0-9]+号院)`)
)

// rowName is one name of a row as texts are compared with it.
type rowName struct {
	key    string
	runes  []rune
	sounds string
}

// keysOf are the names of each row of a table.
func (c *City) keysOf(t *content.Table) [][]rowName {
	if known, ok := c.keys.Load(t); ok {
		return known.([][]rowName)
	}
	keys := make([][]rowName, len(t.Rows))
	for i, row := range t.Rows {
		for _, name := range row.Names() {
			key := intents.Key(name)
			keys[i] = append(keys[i], rowName{key, []rune(key), intents.Blur(name)})
		}
	}
	c.keys.Store(t, keys)
	return keys
}

// distinct are characters of which another makes another name.
const distinct = "甲乙丙丁戊己庚辛壬癸一二三四五六七八九十东西南北中前后新老上下左右大小0123456789"

// isAlmostIn reports whether a name of four characters or more stands in a text but for one character, which is another or left out. Of
// four, the first two tell it from others: 红星小区 is not 红旗小区.
func isAlmostIn(text, name []rune) bool {
	if len(name) < 4 {
		return false
	}
	for from := range text {
		rest := text[from:]
		same := 0
		for same < len(name) && same < len(rest) && rest[same] == name[same] {
			same++
		}
		if same == 0 || same < 2 && len(name) == 4 || same == len(name) || strings.ContainsRune(distinct, name[same]) {
			continue
		}
		if same < len(name)-1 && slices.Equal(rest[same:min(len(rest), len(name)-1)], name[same+1:]) { // left out
			return true
		}
		if len(rest) >= len(name) && !strings.ContainsRune(distinct, rest[same]) && slices.Equal(rest[same+1:len(name)], name[same+1:]) {
			return true
		}
	}
	return false
}

// List is what a table has.
type List struct {
	Name    string // as the city calls the table
	Rows    []content.Row
	Sources string // of its rows
}

// maxSources is how many are named: the rows of each committee may have another.
const maxSources = 3

// List is what the table of a slot has.
func (c *City) List(slot intents.Slot) List {
	l := List{Name: c.Library.City.TableNamed(slot.Table).Name}
	if t := c.Library.Tables[slot.Table]; t != nil {
		l.Rows = t.Rows
	}
	var sources []string
	for _, row := range l.Rows {
		if s := row.Values["source"]; len(sources) <= maxSources && !slices.Contains(sources, s) {
			sources = append(sources, s)
		}
	}
	l.Sources = strings.Join(sources[:min(len(sources), maxSources)], "；")
	if len(sources) > maxSources {
		l.Sources += "等"
	}
	return l
}

// unlisted and listed are the words of a sentence that says that there is no list.
var (
	unlisted = regexp.MustCompile(`(?:没有?|未)[^，。；！？\n]{0,4}(?:列|公布|公开|登记|提供|写|说|附|给出|明确|名单|清单)|不(?:列|公布|公开|提供)`)
	listed   = regexp.MustCompile(`名单|清单|名录|目录|明细|名称|名字|哪些|哪几|哪个|哪一|各|逐`)
)

// DeniesList reports whether a text says that what a table lists is not published. While the table has rows nobody is told so.
func DeniesList(text string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("。；;！？\n", r) }), func(sentence string) bool {
		return unlisted.MatchString(sentence) && listed.MatchString(sentence)
	})
}
