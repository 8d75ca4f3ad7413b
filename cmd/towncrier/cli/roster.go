package cli

import (
	"github.com/spf13/cobra"
)

func rosterCommand(opt *options) *cobra.Command {
	b := &apiCommands{opt: opt}
	cmd := &cobra.Command{
		Use:   "roster",
		Short: "Import, export, count, show and change residents, over the API of a running server",
		Long: "Import, export, count, show and change residents: whom the city may reach, how, and on what basis. A committee's worker sees\n" +
			"and changes their own residents. What is done, and who was looked at, is recorded in the audit log.",
	}
	b.flags.add(cmd)
	cmd.PersistentFlags().BoolVar(&b.asJSON, "json", false, "print JSON, as the API answers")
	cmd.AddCommand(b.rosterImport(), b.exportResidents(), b.numbersExports(), b.countResidents(), b.listResidents(), b.showResident(), b.searchResident(),
		b.addResident(), b.changeResident(), b.eraseResident(), b.preferResident(), b.listTexts())
	return cmd
}
