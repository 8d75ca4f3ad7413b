package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/cmd/towncrier/config"
)

func configCommand(opt *options) *cobra.Command {
	var markdown bool
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Print the settings in force, secrets masked",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if markdown {
				return describeSettings(cmd.OutOrStdout())
			}
			src, err := opt.source()
			if err != nil {
				return err
			}
			if err := printConfig(cmd.OutOrStdout(), src); err != nil {
				return err
			}
			for _, s := range src.Unknown() {
				if s.Meant == "" {
					fmt.Fprintln(cmd.ErrOrStderr(), "towncrier:", s)
				}
			}
			_, err = src.Config()
			return err
		},
	}
	cmd.Flags().BoolVar(&markdown, "markdown", false, "print what settings there are, as docs/settings.md has them, and no value")
	return cmd
}

// describeSettings prints every setting as a Markdown document.
func describeSettings(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Settings\n\nPrinted by `towncrier config --markdown`. A setting stands in the environment, or by its key in a TOML file that `--config` or\n" +
		"`TOWNCRIER_CONFIG` names; the environment wins. A secret may also stand in a file of its own, which the variable with `_FILE` at its\n" +
		"end names. `towncrier config` prints what is in force, secrets masked.\n\n" +
		"| Variable | Key | Default | Meaning |\n|---|---|---|---|\n")
	for _, s := range config.Settings() {
		value := "–"
		if s.Default != "" {
			value = "`" + s.Default + "`"
		}
		meaning := strings.ReplaceAll(s.Meaning, "|", "\\|")
		if s.Secret {
			meaning += " (secret)"
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s |\n", s.Env(), s.Key, value, meaning)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func printConfig(w io.Writer, src config.Source) error {
	t := table{headings: []string{"VARIABLE", "VALUE", "FROM", "MEANING"}}
	for _, s := range config.Settings() {
		text, origin := src.Lookup(s)
		t.add(s.Env(), s.Masked(text), origin, s.Meaning)
	}
	return t.print(w)
}
