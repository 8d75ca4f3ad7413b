package cli

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// officials are the commands of officials.
var officials = []string{"alarm", "audit", "broadcast", "committee", "inbox", "rights", "roster", "settings", "staff", "stops", "tasks"}

// TestHelpOfOfficialsIsChinese: what a command of officials does, and what each of its flags takes, is said in Chinese.
func TestHelpOfOfficialsIsChinese(t *testing.T) {
	han := regexp.MustCompile(`\p{Han}`)
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		chinese := func(what, text string) {
			if !han.MatchString(text) {
				t.Errorf("%s: %s is no Chinese: %q", c.CommandPath(), what, text)
			}
		}
		chinese("what it does", c.Short)
		if c.Long != "" {
			chinese("its help", c.Long)
		}
		for line := range strings.Lines(c.Example) {
			if _, remark, ok := strings.Cut(line, "#"); ok {
				chinese("a remark in its examples", remark)
			}
		}
		flag := func(f *pflag.Flag) {
			if flagTexts[f.Name] == "" {
				chinese("--"+f.Name, f.Usage)
			}
			if kind := f.Value.Type(); kind != "bool" && flagKinds[kind] == "" {
				t.Errorf("%s: --%s takes a %s, which has no name in Chinese", c.CommandPath(), f.Name, kind)
			}
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Name != "config" {
				flag(f)
			}
		})
		usage := c.UsageString()
		if strings.Contains(usage, "Usage:") || strings.Contains(usage, "Flags:") {
			t.Errorf("%s: %s", c.CommandPath(), usage)
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	for _, c := range rootCommand(&options{}).Commands() {
		if slices.Contains(officials, c.Name()) {
			walk(c)
		}
	}
}
