// Simplified makes the table of package hans from Unicode's Unihan database:
//
//	go run ./scripts/simplified Unihan_Variants.txt Unihan_OtherMappings.txt > hans/simplified.txt
//
// Both files are in https://www.unicode.org/Public/UCD/latest/ucd/Unihan.zip, and in Debian's package unicode-data.
package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

// All that people type: Extension A and the unified block. The other planes are for scholars.
const (
	first = 0x3400
	last  = 0x9FFF
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: simplified Unihan_Variants.txt Unihan_OtherMappings.txt > hans/simplified.txt")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "simplified:", err)
		os.Exit(1)
	}
}

// unihan is what the two files say.
type unihan struct {
	version    string
	rank       map[rune]int    // kTGH: place in the Table of General Standard Chinese Characters (2013), the commonest first
	simplified map[rune][]rune // kSimplifiedVariant
	added      map[rune]rune
	same       map[rune][]rune // kSemanticVariant, kSpecializedSemanticVariant and kZVariant, in both directions
}

func run(variants, mappings string, to io.Writer) error {
	u := unihan{added: map[rune]rune{}, rank: map[rune]int{}, simplified: map[rune][]rune{}, same: map[rune][]rune{}}
	if err := each(variants, &u, u.variant); err != nil {
		return err
	}
	if err := each(mappings, &u, u.standard); err != nil {
		return err
	}
	for _, pair := range strings.Fields(added) {
		runes := []rune(pair)
		u.added[runes[0]] = runes[1]
	}
	if len(u.rank) < 8000 || len(u.simplified) < 5000 || u.version == "" {
		return fmt.Errorf("%d standard characters, %d simplified variants, version %q: is this Unihan?", len(u.rank), len(u.simplified), u.version)
	}
	out := bufio.NewWriter(to)
	fmt.Fprintf(out, header, u.version)
	for r := rune(first); r <= last; r++ {
		if s := u.simple(r); s != 0 {
			fmt.Fprintf(out, "%c%c%s\n", r, s, map[bool]string{true: "="}[u.rank[r] > 0])
		}
	}
	return out.Flush()
}

const header = `# Simplified forms of Chinese characters: a character, and the one that is written for it in simplified Chinese.
# Made by scripts/simplified from the Unihan database, Unicode version %s: kSimplifiedVariant, kSemanticVariant,
# kSpecializedSemanticVariant, kZVariant and kTGH, and from a list in scripts/simplified. A line that ends in = is of a
# character that is itself in the Table of General Standard Chinese Characters (2013), and has another simplified form beside.
# © 2022 Unicode, Inc. Used under the Unicode License: hans/LICENSE-UNICODE.
`

// added are characters whose simplified form Unihan leaves out, or has only as a character that nobody uses: variants that the First Table
// of Verified Variant Forms (第一批异体字整理表, 1955) replaced, forms of older and of Japanese print, and words of
// Taiwan and Hong Kong.
const added = "佈布 侷局 兇凶 剋克 吒咤 唸念 噁恶 嚐尝 嚮向 崑昆 嶽岳 巖岩 彆别 彿佛 悽凄 慼戚 於于 旣既 榘矩 榦干 欅榉 殭僵 氾泛 泝溯 淩凌 滷卤 " +
	"灩滟 燉炖 燬毁 犛牦 産产 甦苏 痠酸 癒愈 祕秘 簑蓑 籤签 糰团 紬绸 綵彩 緑绿 縴纤 罎坛 翫玩 脩修 蒐搜 蓆席 蔘参 蔴麻 藴蕴 蠔蚝 襬摆 覈核 託托 " +
	"譭毁 讚赞 豔艳 遊游 醖酝 釐厘 釦扣 鈡钟 鉅巨 鉋刨 鉆钻 録录 鍊炼 鍾钟 閲阅 闇暗 陞升 霑沾 頽颓 顔颜 餬糊 駡骂 鬨哄 鷄鸡 麽么 齧啮 剷铲 碕埼 顎颚 妳你 牠它 搵揾"

// simple is the simplified form of r, 0 when r has none but itself.
func (u unihan) simple(r rune) rune {
	if s := u.added[r]; s != 0 {
		return s
	}
	if u.rank[r] > 0 {
		if own := u.simplified[r]; slices.Contains(own, r) && r != '覆' { // which the list of simplified characters (简化字总表) has restored in 1986
			return u.commonest(own, r)
		}
		return 0
	}
	if s := u.commonest(u.simplified[r], r); s != 0 {
		return s
	}
	var all []rune
	for _, v := range u.same[r] {
		all = append(append(all, v), u.simplified[v]...)
	}
	if s := u.commonest(all, r); s != 0 {
		return s
	}
	for _, s := range u.simplified[r] { // of a character so rare that neither form is in the Table
		if s != r && s >= first && s <= last {
			return s
		}
	}
	return 0
}

// commonest is the most usual standard character, 0 for none.
func (u unihan) commonest(of []rune, but rune) rune {
	of = slices.DeleteFunc(slices.Clone(of), func(r rune) bool { return r == but || u.rank[r] == 0 })
	if len(of) == 0 {
		return 0
	}
	return slices.MinFunc(of, func(a, b rune) int { return cmp.Compare(u.rank[a], u.rank[b]) })
}

func (u unihan) variant(r rune, field, value string) error {
	for _, text := range strings.Fields(value) {
		text, _, _ = strings.Cut(text, "<") // the source that says so
		v, err := character(text)
		if err != nil {
			return err
		}
		switch field {
		case "kSimplifiedVariant":
			u.simplified[r] = append(u.simplified[r], v)
		case "kSemanticVariant", "kSpecializedSemanticVariant", "kZVariant":
			u.same[r], u.same[v] = append(u.same[r], v), append(u.same[v], r)
		}
	}
	return nil
}

func (u unihan) standard(r rune, field, value string) error {
	if field != "kTGH" {
		return nil
	}
	_, place, _ := strings.Cut(strings.Fields(value)[0], ":")
	n, err := strconv.Atoi(place)
	u.rank[r] = n
	return err
}

// each reads a file of Unihan: lines of a character, a field and its value, between tabs.
func each(path string, u *unihan, do func(r rune, field, value string) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if version, ok := strings.CutPrefix(line, "# Unicode version: "); ok {
			u.version = version
		}
		if line == "" || line[0] == '#' {
			continue
		}
		parts := strings.Split(line, "\t")
		if len(parts) != 3 {
			return fmt.Errorf("%s:%d: want a character, a field and a value between tabs", path, n)
		}
		r, err := character(parts[0])
		if err == nil {
			err = do(r, parts[1], parts[2])
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", path, n, err)
		}
	}
	return lines.Err()
}

func character(text string) (rune, error) {
	hex, ok := strings.CutPrefix(text, "U+")
	if !ok {
		return 0, errors.New("want a character as U+4E00")
	}
	n, err := strconv.ParseInt(hex, 16, 32)
	return rune(n), err
}
