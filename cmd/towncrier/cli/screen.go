package cli

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"
)

// barWidth is how many characters a bar takes.
const barWidth = 24

// bar is filled as far as done is of total.
func bar(done, total int) string {
	filled := barWidth
	if total > 0 {
		filled = barWidth * done / total
	}
	return strings.Repeat("█", filled) + strings.Repeat("░", barWidth-filled)
}

// screen shows lines that change: drawn over on a terminal, elsewhere once more whenever they have changed.
type screen struct {
	out      io.Writer
	terminal bool
	columns  func() int // of the terminal
	last     []string
}

func newScreen(out io.Writer) screen {
	s := screen{out: out}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		s.terminal = true
		s.columns = func() int {
			if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 { // some terminals do not say
				return columns
			}
			return 80
		}
	}
	return s
}

// show puts lines in the place of those before.
func (s *screen) show(lines []string) error {
	if !s.terminal {
		return s.change(lines)
	}
	var b strings.Builder
	if up := len(s.last); up > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", up)
	}
	for _, line := range lines {
		b.WriteString("\x1b[2K" + cut(line, s.columns()-1) + "\n") // a line that wraps would be two
	}
	b.WriteString("\x1b[J")
	s.last = lines
	_, err := io.WriteString(s.out, b.String())
	return err
}

// change prints lines unless they are those before.
func (s *screen) change(lines []string) error {
	if slices.Equal(lines, s.last) {
		return nil
	}
	s.last = lines
	_, err := io.WriteString(s.out, strings.Join(lines, "\n")+"\n")
	return err
}

// note prints one line below the rest, once.
func (s *screen) note(text string) {
	lines := s.last
	if n := len(lines); n == 0 || lines[n-1] != text {
		lines = append(slices.Clone(lines), text)
	}
	if s.terminal {
		_ = s.show(lines) // a terminal that is gone is told nothing
	} else if len(lines) > len(s.last) {
		s.last = lines
		fmt.Fprintln(s.out, text)
	}
}

// progress shows how far something is: a bar on a terminal, a line every tenth elsewhere.
type progress struct {
	screen  screen
	what    string
	unit    string
	began   time.Time
	shownAt time.Time
	tenths  int
	// tenth and left are how it is said, in the language of whoever reads it.
	tenth, left string
}

func newProgress(out io.Writer, what, unit string) *progress {
	return &progress{screen: newScreen(out), what: what, unit: unit, began: time.Now(), tenth: "%s %d%%（%d%s，共%d%s）\n", left: "，约还需%.0f秒"}
}

// operatorProgress is for commands of operators, in English.
func operatorProgress(out io.Writer, what, unit string) *progress {
	p := newProgress(out, what, unit)
	p.tenth, p.left = "%s: %d%% (%d%s of %d%s)\n", ", some %.0f s left"
	return p
}

// at shows that done of total are done; total may have grown since.
func (p *progress) at(done, total int) {
	done, total = min(done, total), max(total, 1)
	if !p.screen.terminal {
		if tenths := 10 * done / total; tenths > p.tenths {
			p.tenths = tenths
			fmt.Fprintf(p.screen.out, p.tenth, p.what, 10*tenths, done, p.unit, total, p.unit)
		}
		return
	}
	if done < total && time.Since(p.shownAt) < 100*time.Millisecond {
		return
	}
	p.shownAt = time.Now()
	line := fmt.Sprintf("%s  %s %d/%d%s", p.what, bar(done, total), done, total, p.unit)
	if left := time.Since(p.began).Seconds() * float64(total-done) / float64(max(done, 1)); done > 0 && left > 1 {
		line += fmt.Sprintf(p.left, left)
	}
	_ = p.screen.show([]string{line}) // fails only when the terminal does
}
