package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"towncrier/broadcast"
)

// maxFile is what the API takes in one body, and so far beyond a true file.
const maxFile = 64 << 10

func (b *overAPI) new() *cobra.Command {
	var from, file string
	var write written
	cmd := &cobra.Command{
		Use:   "new (--from DRAFT | --file FILE.yaml)",
		Short: "Write a broadcast, from a draft that the city keeps ready or from a file; nothing is sent",
		Long: "Write a broadcast, from a draft that the city keeps ready or from a file; nothing is sent. The file is in the form of the\n" +
			"city's broadcasts/*.yaml (title, topic, cites, audience, messages), and may also say at, expire, window, committee,\n" +
			"emergency, and fallback: {wait: 30m, doubtful: true}. Times are those of the city: 2030-05-08 09:00, or +30m from now.\n" +
			"Flags win over the file.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if (from == "") == (file == "") {
				return &usageError{cmd.CommandPath(), errors.New("what is to be sent? Give either --from or --file")}
			}
			body := map[string]any{}
			var proposal map[string]any
			if file != "" {
				var err error
				if proposal, err = readProposal(file, cmd.InOrStdin(), time.Now()); err != nil {
					return err
				}
			} else {
				body["draft"], proposal = from, map[string]any{}
			}
			if err := write.into(proposal, time.Now()); err != nil {
				return &usageError{cmd.CommandPath(), err}
			}
			body["proposal"] = proposal
			return b.withAPI(cmd, func(ctx context.Context, c *apiClient) error {
				var made broadcastView
				answer, err := c.call(ctx, http.MethodPost, "/broadcasts", body, &made)
				if err != nil {
					return err
				}
				if b.asJSON {
					return printAnswer(cmd.OutOrStdout(), answer)
				}
				fmt.Fprintln(cmd.OutOrStdout(), "已存为草稿，没有发送。")
				printBroadcast(cmd.OutOrStdout(), made)
				fmt.Fprintf(cmd.OutOrStdout(), "预览运行：towncrier broadcast preview %[1]s\n送审运行：towncrier broadcast submit %[1]s\n", made.ID)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "id of a draft of the city")
	cmd.Flags().StringVar(&file, "file", "", "YAML file (- for standard input)")
	cmd.Flags().StringVar(&write.title, "title", "", "for colleagues; residents never see it")
	cmd.Flags().StringVar(&write.at, "at", "", "not before (default: at once when it is scheduled)")
	cmd.Flags().StringVar(&write.window, "window", "", "time of day in which it may be sent (default: 08:00-20:00)")
	cmd.Flags().StringVar(&write.expire, "expire", "", "what has not gone by then does not go (default: a day after --at)")
	cmd.Flags().StringVar(&write.committee, "committee", "", "code of the committee that sends it, to its own residents")
	b.jsonFlag(cmd)
	return cmd
}

// written is what flags say of a proposal.
type written struct{ title, at, window, expire, committee string }

func (w written) into(proposal map[string]any, now time.Time) error {
	for key, text := range map[string]string{"title": w.title, "window": w.window, "committee": w.committee} {
		if text != "" {
			proposal[key] = text
		}
	}
	for _, t := range []struct{ flag, key, text string }{{"at", "send_at", w.at}, {"expire", "expire_at", w.expire}} {
		if t.text == "" {
			continue
		}
		instant, err := parseMoment(t.text, now)
		if err != nil {
			return fmt.Errorf("--%s: %w", t.flag, err)
		}
		proposal[t.key] = instant
	}
	return nil
}

// parseMoment reads an instant as officials write it: in the city's time, or from now.
func parseMoment(text string, now time.Time) (time.Time, error) {
	if after, ok := strings.CutPrefix(text, "+"); ok {
		if d, err := time.ParseDuration(after); err == nil && d > 0 {
			return now.Add(d).UTC().Truncate(time.Second), nil
		}
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), nil
	}
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05"} {
		if t, err := time.ParseInLocation(form, text, broadcast.Zone); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time: write it as 2030-05-08 09:00, time of the city, or as +30m", oneLine(text, 40))
}

// proposalFile is a broadcast in a file: what content takes of a draft, and what only an official decides.
type proposalFile struct {
	ID        string                 `yaml:"id"` // of the city's draft that the file was made from; means nothing here
	Title     string                 `yaml:"title"`
	Topic     string                 `yaml:"topic"`
	Cites     []string               `yaml:"cites"`
	Audience  map[string]any         `yaml:"audience"`
	Messages  map[string]fileMessage `yaml:"messages"`
	At        string                 `yaml:"at"`
	Expire    string                 `yaml:"expire"`
	Window    string                 `yaml:"window"`
	Committee string                 `yaml:"committee"`
	Emergency bool                   `yaml:"emergency"`
	Fallback  struct {
		Wait     string `yaml:"wait"`
		Doubtful bool   `yaml:"doubtful"`
	} `yaml:"fallback"`
}

type fileMessage struct {
	Template string            `yaml:"template"`
	Data     map[string]string `yaml:"data"`
	URL      string            `yaml:"url"`
}

// readProposal reads a file, or in for "-". Its errors name the file, and the line where the form is wrong; what it says is the server's to judge.
func readProposal(path string, in io.Reader, now time.Time) (map[string]any, error) {
	text, err := readWhole(path, in)
	if err != nil {
		return nil, fmt.Errorf("--file: %w", err)
	}
	var f proposalFile
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&f); err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("is empty: want title, topic, cites, audience and messages")
		}
		return nil, fmt.Errorf("%s: %s", path, yaml.FormatError(err, false, false))
	}
	proposal, err := f.proposal(now)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return proposal, nil
}

func readWhole(path string, in io.Reader) ([]byte, error) {
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("%s has more than %d bytes: a broadcast has far fewer", path, maxFile)
	}
	return text, err
}

var citeForm = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9_-]*)#([1-9][0-9]{0,3})$`)

// proposal is f as the API takes it.
func (f proposalFile) proposal(now time.Time) (map[string]any, error) {
	cites := []map[string]any{}
	for i, text := range f.Cites {
		parts := citeForm.FindStringSubmatch(text)
		if parts == nil {
			return nil, fmt.Errorf("cites[%d]: %q is not a passage: write it as N2#5, notice and number", i, oneLine(text, 40))
		}
		passage, err := strconv.Atoi(parts[2])
		if err != nil { // four digits at most
			return nil, err
		}
		cites = append(cites, map[string]any{"notice": parts[1], "passage": passage})
	}
	messages := []map[string]any{}
	for _, channel := range []broadcast.Channel{broadcast.Subscription, broadcast.Template, broadcast.SMS} {
		m, ok := f.Messages[string(channel)]
		if !ok {
			continue
		}
		message := map[string]any{"channel": channel, "template": m.Template, "url": m.URL, "data": m.Data}
		if m.Data == nil {
			message["data"] = map[string]string{}
		}
		messages = append(messages, message)
	}
	if len(messages) != len(f.Messages) {
		return nil, errors.New("messages: a channel is none of subscription, template and sms")
	}
	p := map[string]any{"title": f.Title, "topic": f.Topic, "cites": cites, "messages": messages, "emergency": f.Emergency}
	if f.Audience != nil {
		p["audience"] = f.Audience
	}
	fallback := map[string]any{"doubtful": f.Fallback.Doubtful}
	if f.Fallback.Wait != "" {
		wait, err := time.ParseDuration(f.Fallback.Wait)
		if err != nil || wait < 0 || wait%time.Minute != 0 {
			return nil, fmt.Errorf("fallback.wait: %q is not a duration in whole minutes: write it as 30m or 2h", oneLine(f.Fallback.Wait, 40))
		}
		fallback["wait_minutes"] = int(wait / time.Minute)
	}
	p["fallback"] = fallback
	said := written{at: f.At, window: f.Window, expire: f.Expire, committee: f.Committee}
	if err := said.into(p, now); err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "--"))
	}
	return p, nil
}
