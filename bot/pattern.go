package bot

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
)

// wordSet is a set of words to look for, by their first character.
type wordSet map[rune][]string

func setOf(list ...string) wordSet {
	w := wordSet{}
	for _, word := range list {
		for _, first := range word {
			w[first] = append(w[first], word)
			break
		}
	}
	return w
}

// in reports whether text holds one of the words. It takes 0.3 us for a message, a regular expression of the same words
// up to 14.
func (w wordSet) in(text string) bool {
	for i, r := range text {
		for _, word := range w[r] {
			if strings.HasPrefix(text[i:], word) {
				return true
			}
		}
	}
	return false
}

// pattern is a regular expression for what few messages hold. It is only tried on a text with one of the words without
// which it cannot match.
type pattern struct {
	re    *regexp.Regexp
	needs wordSet
}

// compile panics on an expression that is none, or that can match without any word: it is for package variables.
func compile(expr string) pattern {
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		panic(err)
	}
	list := needed(tree.Simplify())
	if list == nil {
		panic("pattern matches without any word: " + expr)
	}
	return pattern{regexp.MustCompile(expr), setOf(list...)}
}

// MatchString, ReplaceAllString and Split are those of regexp.Regexp.
func (p pattern) MatchString(text string) bool { return p.needs.in(text) && p.re.MatchString(text) }

func (p pattern) ReplaceAllString(text, by string) string {
	if !p.needs.in(text) {
		return text
	}
	return p.re.ReplaceAllString(text, by)
}

func (p pattern) Split(text string, n int) []string {
	if n < 0 && !p.needs.in(text) {
		return []string{text}
	}
	return p.re.Split(text, n)
}

// maxVariants bounds the words that one part of an expression stands for.
const maxVariants = 32

// needed lists words of which every match holds one, the most telling that are found; nil when there are none.
func needed(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return needed(re.Sub[0])
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			some := needed(sub)
			if some == nil {
				return nil
			}
			all = append(all, some...)
		}
		return all
	case syntax.OpConcat:
		var best []string
		run := []string{""} // what the parts since the last inexact one spell
		for _, sub := range re.Sub {
			best = better(best, needed(sub))
			next := product(run, variants(sub))
			if next == nil {
				if next = variants(sub); next == nil {
					next = []string{""}
				}
			}
			run = next
			best = better(best, run)
		}
		return best
	}
	return better(nil, variants(re))
}

// better prefers the list whose shortest word is longer, then the shorter list. Lists with the empty word say nothing.
func better(a, b []string) []string {
	least := func(list []string) int {
		n := 0
		for i, word := range list {
			if size := len([]rune(word)); i == 0 || size < n {
				n = size
			}
		}
		return n
	}
	if x, y := least(a), least(b); y > x || y == x && y > 0 && len(b) < len(a) {
		return b
	}
	return a
}

// variants spells out everything that re matches, nil when that is more than maxVariants. Places (^, \b) count as "".
func variants(re *syntax.Regexp) []string {
	all := []string{""}
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginText, syntax.OpEndText, syntax.OpBeginLine, syntax.OpEndLine,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			spellings := []string{string(r)}
			if re.Flags&syntax.FoldCase != 0 {
				for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
					spellings = append(spellings, string(f))
				}
			}
			if all = product(all, spellings); all == nil {
				return nil
			}
		}
	case syntax.OpCharClass:
		all = nil
		for i := 0; i < len(re.Rune); i += 2 {
			for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
				if all = append(all, string(r)); len(all) > maxVariants {
					return nil
				}
			}
		}
	case syntax.OpCapture:
		return variants(re.Sub[0])
	case syntax.OpQuest:
		some := variants(re.Sub[0])
		if some == nil {
			return nil
		}
		return append(slices.Clone(some), "")
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if all = product(all, variants(sub)); all == nil {
				return nil
			}
		}
	case syntax.OpAlternate:
		all = nil
		for _, sub := range re.Sub {
			some := variants(sub)
			if some == nil || len(all)+len(some) > maxVariants {
				return nil
			}
			all = append(all, some...)
		}
	default:
		return nil
	}
	return all
}

// product is every word of a followed by every word of b, nil when those are too many.
func product(a, b []string) []string {
	if len(a)*len(b) == 0 || len(a)*len(b) > maxVariants {
		return nil
	}
	all := make([]string, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			all = append(all, x+y)
		}
	}
	return all
}
