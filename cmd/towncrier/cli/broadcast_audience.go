package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"towncrier/api/wire"
	"towncrier/plaintext"
)

func (b *apiCommands) facets() *cobra.Command {
	var kind, search, after string
	var limit int
	cmd := &cobra.Command{
		Use:   "facets",
		Short: "List what an audience can be chosen by, with counts of residents",
		Long: "List what an audience can be chosen by, with counts of residents to the ten, at most a minute old: areas, streets, committees,\n" +
			"communities, tags and topics. A community that no committee lists is shown once ten residents have it.",
		Example: "  towncrier broadcast facets\n  towncrier broadcast facets --kind 小区 --search 花园",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			query := queryOf(map[string]string{"kind": kind, "search": search, "after": after, "limit": strconv.Itoa(limit)})
			return answered(b, cmd, http.MethodGet, "/facets"+query, nil, printFacets)
		},
	}
	cmd.Flags().StringVar(&kind, "kind", "", "only area, street, committee, community, tag or topic")
	cmd.Flags().StringVar(&search, "search", "", "only what has it in its name or code")
	cmd.Flags().StringVar(&after, "after", "", "go on where the list of --kind ended, as it says")
	cmd.Flags().IntVar(&limit, "limit", 50, "of each kind at most so many, up to 200")
	return cmd
}

func printFacets(w io.Writer, f wire.Facets) error {
	fmt.Fprintf(w, "居民：%s（统计于%s）\n", f.ResidentsLabel, formatTime(f.CountedAt))
	for _, g := range f.Groups {
		fmt.Fprintf(w, "\n%s（%s）\n", g.Label, g.Kind)
		err := list[wire.Facet]{
			headings: []string{"名称", "代码", "人数"},
			row: func(f wire.Facet) []string {
				code := "-"
				if f.Value != f.Name {
					code = f.Value
				}
				return []string{plaintext.OneLine(f.Name, 40), plaintext.OneLine(code, 40), f.NLabel}
			},
			none: "没有。",
		}.print(w, g.Items)
		if err != nil {
			return err
		}
		if g.Next != "" {
			fmt.Fprintf(w, "还有更多：加 --kind %s --after %s 继续，或用 --search 查找。\n", g.Kind, g.Next)
		}
	}
	return nil
}

func (b *apiCommands) estimate() *cobra.Command {
	var file string
	var all bool
	var body wire.EstimateAudience
	conditions := map[string]*[]string{"area": {}, "street": {}, "committee": {}, "community": {}, "tag": {}}
	cmd := &cobra.Command{
		Use:   "estimate --topic TOPIC --channel CHANNEL (--all | --community NAME … | --file RULE.yaml)",
		Short: "Estimate how many residents a broadcast would reach now, and at which cost, without a draft",
		Long: "Estimate how many residents a broadcast would reach now, by the channel that is tried first, who gets nothing and why, and what\n" +
			"its texts cost. Nothing is kept or sent. Several values of one flag widen the audience, several flags narrow it. The file holds a\n" +
			"rule as the audience of a broadcast's file: {and: [{street: 河东街道}, {not: {tag: 独居}}]}.",
		Example: "  towncrier broadcast estimate --topic dogs --channel template,sms --community 花园小区,北院\n" +
			"  towncrier broadcast estimate --topic dogs --channel sms --file rule.yaml",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			switch {
			case file != "":
				if body.Audience, err = readRule(file, cmd.InOrStdin()); err != nil {
					return err
				}
			case all:
				body.Audience = wire.Rule{All: true}
			default:
				body.Audience = ruleOfFlags(conditions)
			}
			return answered(b, cmd, http.MethodPost, "/audience/estimate", body, printEstimate)
		},
	}
	cmd.Flags().StringVar(&file, "file", "", "YAML file of a rule (- for standard input)")
	cmd.Flags().BoolVar(&all, "all", false, "all residents")
	for _, name := range ruleFlags {
		cmd.Flags().StringSliceVar(conditions[name], name, nil, "residents of this "+name+"; several by commas")
	}
	cmd.Flags().StringVar(&body.Topic, "topic", "", "id or name of a topic (required)")
	cmd.Flags().StringSliceVar(&body.Channels, "channel", nil, "subscription, template and sms; several by commas (required)")
	cmd.Flags().StringVar(&body.Template, "template", "", "of a subscription notification, where the city has several")
	cmd.Flags().IntVar(&body.Parts, "parts", 0, "parts that one text is billed as (default: 1)")
	cmd.Flags().BoolVar(&body.Emergency, "emergency", false, "as an emergency, which the frequency cap does not hold back")
	required(cmd, "topic", "channel")
	cmd.MarkFlagsOneRequired(append([]string{"file", "all"}, ruleFlags...)...)
	cmd.MarkFlagsMutuallyExclusive("file", "all")
	for _, name := range ruleFlags {
		cmd.MarkFlagsMutuallyExclusive("file", name)
		cmd.MarkFlagsMutuallyExclusive("all", name)
	}
	return cmd
}

// ruleFlags are the flags that choose residents, in the order in which their conditions stand.
var ruleFlags = []string{"area", "street", "committee", "community", "tag"}

// ruleOfFlags is every flag's condition, each of which one of its values meets.
func ruleOfFlags(flags map[string]*[]string) wire.Rule {
	var conditions []wire.Rule
	for _, name := range ruleFlags {
		values := each(*flags[name], func(value string) wire.Rule {
			return map[string]wire.Rule{"area": {Area: value}, "street": {Street: value}, "committee": {Committee: value}, "community": {Community: value}, "tag": {Tag: value}}[name]
		})
		switch len(values) {
		case 0:
		case 1:
			conditions = append(conditions, values[0])
		default:
			conditions = append(conditions, wire.Rule{Or: values})
		}
	}
	if len(conditions) == 1 {
		return conditions[0]
	}
	return wire.Rule{And: conditions}
}

// readRule reads a file, or in for "-". What the rule says is the server's to judge.
func readRule(path string, in io.Reader) (rule wire.Rule, err error) {
	text, err := readWhole(path, in)
	if err != nil {
		return rule, fmt.Errorf("--file: %w", err)
	}
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&rule); errors.Is(err, io.EOF) {
		return rule, fmt.Errorf("%s：是空的，要写发送范围，例如 community: 花园小区", path)
	} else if err != nil {
		return rule, fmt.Errorf("%s: %s", path, yaml.FormatError(err, false, false))
	}
	return rule, nil
}
