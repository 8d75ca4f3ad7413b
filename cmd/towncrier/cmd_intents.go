package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"towncrier/intents"
)

func intentsCommand(opt *options) *cobra.Command {
	cmd := &cobra.Command{Use: "intents", Short: "Measure how well questions are understood"}
	var asJSON bool
	eval := &cobra.Command{
		Use:   "eval FILE.jsonl",
		Short: "Ask every question of a file, one JSON object a line, and report how well it was understood",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, _, err := opt.city()
			if err != nil {
				return err
			}
			file, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer file.Close()
			questions, err := intents.ReadQuestions(file)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			if err := intents.CheckTopics(c.Matcher, questions); err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			report := intents.Evaluate(c.Matcher, questions)
			if asJSON {
				enc := json.NewEncoder(cmd.OutOrStdout())
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "  ")
				return enc.Encode(report)
			}
			return report.WriteText(cmd.OutOrStdout())
		},
	}
	eval.Flags().BoolVar(&asJSON, "json", false, "print the report as JSON")
	cmd.AddCommand(eval)
	return cmd
}
