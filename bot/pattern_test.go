package bot

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
)

var patterns = map[string]pattern{"urgent": urgent, "abuse": abuse, "seams": seams, "looseSeams": looseSeams, "every": every}

// What a pattern matches holds one of the words that it is tried for.
func TestPatternsMissNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for name, p := range patterns {
		tree, err := syntax.Parse(p.re.String(), syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		matched := 0
		for range 20_000 {
			text := spell(rng, tree)
			if !p.re.MatchString(text) {
				continue // a place (^, \b) that is not there
			}
			matched++
			if !p.MatchString(text) {
				t.Fatalf("%s misses %q", name, text)
			}
		}
		if matched < 1000 {
			t.Errorf("%s: only %d texts that match", name, matched)
		}
	}
}

// On what residents write, patterns say what their regular expressions say.
func TestPatternsOnRealTexts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		all, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(all)) {
			for name, p := range patterns {
				if p.MatchString(line) != p.re.MatchString(line) || p.ReplaceAllString(line, " ") != p.re.ReplaceAllString(line, " ") ||
					!slices.Equal(p.Split(line, -1), p.re.Split(line, -1)) {
					t.Errorf("%s differs on %q", name, line)
				}
			}
		}
	}
}

// spell makes a text that re may match.
func spell(rng *rand.Rand, re *syntax.Regexp) string {
	times := func(least, most int) string {
		var b strings.Builder
		for range least + rng.IntN(most-least+1) {
			b.WriteString(spell(rng, re.Sub[0]))
		}
		return b.String()
	}
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase != 0 && rng.IntN(2) == 0 {
			return strings.ToLower(string(re.Rune))
		}
		return string(re.Rune)
	case syntax.OpCharClass:
		i := rng.IntN(len(re.Rune)/2) * 2
		return string(re.Rune[i] + rng.Int32N(re.Rune[i+1]-re.Rune[i]+1))
	case syntax.OpAnyCharNotNL, syntax.OpAnyChar:
		return string([]rune("我也不a。")[rng.IntN(5)])
	case syntax.OpCapture:
		return spell(rng, re.Sub[0])
	case syntax.OpQuest:
		return times(0, 1)
	case syntax.OpStar:
		return times(0, 3)
	case syntax.OpPlus:
		return times(1, 3)
	case syntax.OpRepeat:
		return times(re.Min, max(re.Min, re.Max))
	case syntax.OpAlternate:
		return spell(rng, re.Sub[rng.IntN(len(re.Sub))])
	case syntax.OpConcat:
		var b strings.Builder
		for _, sub := range re.Sub {
			b.WriteString(spell(rng, sub))
		}
		return b.String()
	}
	return "" // a place
}
