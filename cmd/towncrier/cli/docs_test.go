package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

const root = "../../.."

// manuals are the documents that have command lines, each with its mirror in Chinese.
var manuals = [][2]string{
	{"README.md", "README.zh-CN.md"},
	{"docs/operate.md", "docs/operate.zh-CN.md"},
	{"docs/broadcasts.md", "docs/broadcasts.zh-CN.md"},
	{"docs/content.md", "docs/content.zh-CN.md"},
}

// block is a fenced block of a document.
type block struct {
	at    string // file and line
	fence string // what stands behind the fence
	lines []string
}

// rehearsed marks a block that works in a rehearsal as it stands. One that says "sh" alone is for a server, or for building.
const rehearsed = "sh rehearsal"

// blocksOf reads a document's fenced blocks.
func blocksOf(t *testing.T, file string) (blocks []block) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	inside := false
	for i, line := range strings.Split(string(text), "\n") {
		fence, isFence := strings.CutPrefix(line, "```")
		switch {
		case isFence && !inside:
			blocks = append(blocks, block{at: fmt.Sprintf("%s:%d", file, i+1), fence: fence})
			inside = true
		case isFence:
			inside = false
		case inside:
			blocks[len(blocks)-1].lines = append(blocks[len(blocks)-1].lines, line)
		}
	}
	return blocks
}

// without leaves a shell's comments out.
func (b block) without() string {
	return regexp.MustCompile(`(?m)(^|\s\s+)#.*$`).ReplaceAllString(strings.Join(b.lines, "\n"), "")
}

// TestDocumentedLinesWork runs every block of a document that is marked for a rehearsal, as it is written, in one rehearsal, with what the
// rehearsal tells to export and nothing else. The mirror of a document has the same lines.
func TestDocumentedLinesWork(t *testing.T) {
	t.Parallel()
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(bin, "towncrier"), "towncrier/cmd/towncrier")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, manual := range manuals {
		t.Run(manual[0], func(t *testing.T) {
			t.Parallel()
			lines, mirror := rehearsedLines(t, manual[0]), rehearsedLines(t, manual[1])
			if !slices.Equal(lines, mirror) {
				t.Errorf("%s has other lines than its mirror:\n%s\n---\n%s", manual[0], strings.Join(lines, "\n"), strings.Join(mirror, "\n"))
			}
			folder := t.TempDir()
			cfg := rehearsalOf(t, "TOWNCRIER_DATA="+filepath.Join(folder, "data"))
			cfg.History = true // as whoever reads them has it
			r := rehearse(t, cfg)
			for _, name := range []string{"docs", "content", "testdata"} { // as in the repository, from which people type
				whole, err := filepath.Abs(filepath.Join(root, name))
				if err == nil {
					err = os.Symlink(whole, filepath.Join(folder, name))
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			script := "set -e\n" + exportLine.FindString(r.out.String())
			for _, b := range blocksOf(t, manual[0]) {
				if b.fence == rehearsed {
					script += fmt.Sprintf("echo '+ %s' >&2\n%s\n", b.at, strings.Join(b.lines, "\n"))
				}
			}
			shell := exec.CommandContext(t.Context(), "/bin/sh", "-x", "-c", script)
			shell.Dir, shell.Env = folder, []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + folder, "LANG=C.UTF-8", "TMPDIR=" + t.TempDir()}
			if out, err := shell.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// rehearsedLines are the lines of a document that are marked for a rehearsal, a block each, without comments.
func rehearsedLines(t *testing.T, file string) (lines []string) {
	t.Helper()
	for _, b := range blocksOf(t, file) {
		switch b.fence {
		case rehearsed:
			lines = append(lines, b.without())
		case "sh":
		default:
			t.Errorf("%s: mark the block ```%s or ```sh", b.at, rehearsed)
		}
	}
	return lines
}

// TestDocumentedCommandsExist: what the documents name in their prose and tables is a command, with the flags that it is named with.
func TestDocumentedCommandsExist(t *testing.T) {
	code := regexp.MustCompile("`([^`\n]+)`")
	top := rootCommand(&options{})
	var files []string
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		if filepath.Base(file) == "CHANGELOG.md" { // which names what was, too
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range code.FindAllStringSubmatch(string(text), -1) {
			words := strings.Fields(strings.TrimPrefix(strings.ReplaceAll(found[1], `\|`, "|"), "towncrier "))
			if named, _, err := top.Find(words[:1]); err != nil || named == top || len(words) == 1 {
				continue // no command of ours, or one that has nothing behind it
			}
			for _, line := range alternatives(words) {
				if err := understands(top, line); err != nil {
					t.Errorf("%s: `%s`: %v", file, found[1], err)
				}
			}
		}
	}
}

// alternatives are the command lines that words with a|b stand for.
func alternatives(words []string) [][]string {
	lines := [][]string{nil}
	for _, word := range words {
		var longer [][]string
		for _, line := range lines {
			for _, one := range strings.Split(word, "|") {
				longer = append(longer, append(slices.Clone(line), one))
			}
		}
		lines = longer
	}
	return lines
}

var subcommand = regexp.MustCompile(`^[a-z][a-z-]*$`)

// understands says whether a command line names a command, and flags that it has.
func understands(top *cobra.Command, words []string) error {
	cmd, rest, err := top.Find(words)
	if err != nil {
		return err
	}
	if len(rest) > 0 && cmd.HasSubCommands() && subcommand.MatchString(rest[0]) {
		return fmt.Errorf("%s has no command %s", cmd.CommandPath(), rest[0])
	}
	for _, word := range rest {
		if name, ok := strings.CutPrefix(word, "--"); ok && cmd.Flag(name) == nil && cmd.InheritedFlags().Lookup(name) == nil && name != "help" {
			return fmt.Errorf("%s has no flag --%s", cmd.CommandPath(), name)
		}
	}
	return nil
}
