package cli

import (
	"embed"
	"errors"
	"io"
	"io/fs"

	"github.com/spf13/cobra"
)

// gathered holds notices/NOTICES.txt when `make build` made it; it is in no commit.
//
//go:embed all:notices
var gathered embed.FS

func licensesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "licenses",
		Short: "Print the licenses and notices of all code that this program contains",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return printLicenses(cmd.OutOrStdout(), gathered)
		},
	}
}

func printLicenses(w io.Writer, from fs.FS) error {
	text, err := fs.ReadFile(from, "notices/NOTICES.txt")
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("the notices were not gathered when this program was built: build it with `make build`, which does")
	}
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}
