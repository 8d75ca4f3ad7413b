package cli

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"towncrier/intents"
)

func intentsCommand(opt *options) *cobra.Command {
	cmd := &cobra.Command{Use: "intents", Short: "Measure how well questions are understood"}
	var out output
	eval := &cobra.Command{
		Use:   "eval FILE.jsonl",
		Short: "Ask every question of a file, one JSON object a line, and report how well it was understood",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, name, err := opt.city(cmd.Context())
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "measuring %s\n", name)
			file, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer file.Close()
			questions, problems := intents.ReadQuestions(args[0], file)
			if problems = append(problems, intents.CheckTopics(questions, c.Matcher.Knows)...); problems.Err() != nil {
				return problems
			}
			report := intents.Evaluate(c.Matcher, questions)
			if out.asJSON {
				return writeJSON(cmd.OutOrStdout(), report)
			}
			return report.WriteText(cmd.OutOrStdout())
		},
	}
	out.flag(eval)
	cmd.AddCommand(eval, calibrateCommand(opt))
	return cmd
}

// calibrateCommand compiles what ships as intents/calibration.json. Its numbers know no word, so every city uses them.
func calibrateCommand(opt *options) *cobra.Command {
	return &cobra.Command{
		Use:   "calibrate",
		Short: "Print the confidence calibration that the content in force gives, as JSON",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			folder, name, err := opt.contentFolder(cmd.Context(), nil)
			if err != nil {
				return err
			}
			set, problems := intents.Load(folder)
			if problems.Err() != nil {
				return fmt.Errorf("%s is refused:\n%w", name, problems.OnlyFaults())
			}
			return writeJSON(cmd.OutOrStdout(), intents.Calibrate(set, nil))
		},
	}
}
