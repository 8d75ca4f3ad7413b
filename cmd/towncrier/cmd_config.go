package main

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/kv"
)

func configCommand(opt *options) *cobra.Command {
	return &cobra.Command{
		Use:   "config",
		Short: "Print the settings in force, secrets masked",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			src, err := opt.source()
			if err != nil {
				return err
			}
			if err := printConfig(cmd.OutOrStdout(), src); err != nil {
				return err
			}
			for _, s := range src.strays() {
				if s.meant == "" {
					fmt.Fprintln(cmd.ErrOrStderr(), "towncrier:", s)
				}
			}
			_, err = src.config()
			return err
		},
	}
}

func printConfig(w io.Writer, src source) error {
	t := table{headings: []string{"VARIABLE", "VALUE", "FROM", "MEANING"}}
	for _, s := range settings() {
		text, origin := src.lookup(s)
		t.add(s.env(), masked(s, text), origin, s.meaning)
	}
	return t.print(w)
}

// masked shows that a secret is set without a character of it; of a URL only scheme, host and path are shown. What is
// refused is not shown at all: it may be a secret in the wrong place.
func masked(s setting, text string) string {
	switch {
	case text == "":
		return "-"
	case s.apply(&Config{}, text) != nil:
		return "(refused)"
	case !s.secret:
		return text
	case s.key == "redis":
		return kv.Redact(text)
	case s.key == "database":
		if !strings.Contains(text, "://") {
			return text
		}
		u, err := url.Parse(text)
		if err != nil {
			return "(set)"
		}
		u.RawQuery, u.Fragment = "", ""
		if _, given := u.User.Password(); given {
			u.User = url.UserPassword(u.User.Username(), "xxxxx")
		}
		return u.String()
	}
	return "(set)"
}
