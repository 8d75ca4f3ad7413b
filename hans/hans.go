// Package hans (the ISO 15924 name of the simplified script) knows the simplified forms of Chinese characters, from Unicode's Unihan database. Characters are looked at one by one:
// where tradition has two words for one simplified character, as 發 and 髮 for 发, that is no matter here.
package hans

import (
	_ "embed" // the table
	"strings"
	"sync"
	"unicode/utf8"
)

//go:generate sh -c "go run ../scripts/simplified $UNIHAN/Unihan_Variants.txt $UNIHAN/Unihan_OtherMappings.txt > simplified.txt.new && mv simplified.txt.new simplified.txt"

//go:embed simplified.txt
var table string

// First and Last bound the characters that the table covers: Extension A and the unified block, which hold all that people type.
const (
	First = 0x3400
	Last  = 0x9FFF
)

// forms is the simplified form of each character from First on, and whether the character is a standard one all the same.
type forms struct {
	simplified [Last - First + 1]uint16 // 0 for itself
	standard   [Last - First + 1]bool
}

// read reads the table, once in about a millisecond.
var read = sync.OnceValue(func() *forms {
	f := &forms{}
	for line := range strings.Lines(table) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		from, n := utf8.DecodeRuneInString(line)
		to, m := utf8.DecodeRuneInString(line[n:])
		if from >= First && from <= Last && to >= First && to <= Last {
			f.simplified[from-First] = uint16(to)
			f.standard[from-First] = strings.HasPrefix(line[n+m:], "=")
		}
	}
	return f
})

// Simplify is the simplified form of r; r itself when it has none. Of a character that is written in simplified Chinese too, but for
// fewer words, such as 著 and 乾, it is the other form: 着, 干.
func Simplify(r rune) rune {
	if r >= First && r <= Last {
		if s := read().simplified[r-First]; s != 0 {
			return rune(s)
		}
	}
	return r
}

// Traditional says whether r is not written in simplified Chinese, since another character is.
func Traditional(r rune) bool {
	return r >= First && r <= Last && read().simplified[r-First] != 0 && !read().standard[r-First]
}
