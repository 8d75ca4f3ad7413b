package cli

import (
	"github.com/spf13/cobra"
)

func rosterCommand(opt *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "roster",
		Short: "Import, export and count residents",
		Long: "Import, export and count residents: whom the city may reach, how, and on what basis.\n" +
			"The server may run meanwhile. What is done is recorded in the audit log.",
	}
	cmd.AddCommand(rosterImport(opt), rosterExport(opt), rosterNumbers(opt), rosterStats(opt))
	return cmd
}
