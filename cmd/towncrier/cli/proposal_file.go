package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"time"

	"github.com/goccy/go-yaml"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/plaintext"
)

// maxFile is what the API takes in one body, and so far beyond a true file.
const maxFile = 64 << 10

// proposalFile is a broadcast in a file: what content takes of a draft, and what only an official decides.
type proposalFile struct {
	ID        string                 `yaml:"id,omitempty"`      // of the city's draft that the file was made from; means nothing here
	Version   int64                  `yaml:"version,omitempty"` // of the broadcast that the file was made from
	Title     string                 `yaml:"title"`
	Topic     string                 `yaml:"topic,omitempty"`
	Cites     []string               `yaml:"cites,omitempty"`
	Audience  wire.Rule              `yaml:"audience,omitempty"`
	Messages  map[string]fileMessage `yaml:"messages,omitempty"`
	At        string                 `yaml:"at,omitempty"`
	Expire    string                 `yaml:"expire,omitempty"`
	Window    string                 `yaml:"window,omitempty"`
	Committee string                 `yaml:"committee,omitempty"`
	Emergency bool                   `yaml:"emergency,omitempty"`
	Fallback  fileFallback           `yaml:"fallback,omitempty"`
}

type fileFallback struct {
	Wait     string `yaml:"wait,omitempty"`
	Doubtful bool   `yaml:"doubtful,omitempty"`
}

type fileMessage struct {
	Template string            `yaml:"template"`
	Data     map[string]string `yaml:"data,omitempty"`
	URL      string            `yaml:"url,omitempty"`
}

// writeProposal writes a file that readProposal reads as p.
func writeProposal(w io.Writer, p wire.Proposal, version int64) error {
	f := proposalFile{
		Version: version, Title: p.Title, Topic: p.Topic, Cites: each(p.Cites, wire.Cite.String), Audience: p.Audience,
		Messages: map[string]fileMessage{}, At: momentText(p.SendAt), Expire: momentText(p.ExpireAt), Window: p.Window,
		Committee: p.Committee, Emergency: p.Emergency, Fallback: fileFallback{Doubtful: p.Fallback.Doubtful},
	}
	if p.Fallback.WaitMinutes > 0 {
		f.Fallback.Wait = fmt.Sprintf("%dm", p.Fallback.WaitMinutes)
	}
	for _, m := range p.Messages {
		f.Messages[m.Channel] = fileMessage{m.Template, m.Data, m.URL}
	}
	return yaml.NewEncoder(w, yaml.IndentSequence(true)).Encode(f)
}

// momentText is an instant that parseMoment reads.
func momentText(t time.Time) string {
	switch {
	case t.IsZero():
		return ""
	case t.Nanosecond() != 0:
		return t.In(broadcast.Zone).Format(time.RFC3339Nano)
	case t.Second() != 0:
		return t.In(broadcast.Zone).Format(time.DateTime)
	}
	return t.In(broadcast.Zone).Format("2006-01-02 15:04")
}

// readProposal reads a file, or in for "-". Its errors name the file, and the line where the form is wrong; what it says is the server's to judge.
func readProposal(path string, in io.Reader, now time.Time) (proposal wire.Proposal, version int64, err error) {
	text, err := readWhole(path, in)
	if err != nil {
		return wire.Proposal{}, 0, fmt.Errorf("--file：%w", err)
	}
	var f proposalFile
	if err := readYAML(text, &f); err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("文件是空的：应写 title、topic、cites、audience 和 messages")
		}
		return wire.Proposal{}, 0, fmt.Errorf("%s 写得不对：%w", path, err)
	}
	if proposal, err = f.proposal(now); err != nil {
		return wire.Proposal{}, 0, fmt.Errorf("%s 写得不对：%w", path, err)
	}
	return proposal, f.Version, nil
}

func readWhole(path string, in io.Reader) ([]byte, error) {
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, fileError(path, err)
		}
		defer file.Close()
		in = file
	}
	text, err := plaintext.Read(in, maxFile)
	if errors.Is(err, plaintext.ErrTooLong) {
		err = fmt.Errorf("%s 超过%d字节：请核对是不是群发的文件", path, maxFile)
	} else if err != nil {
		err = fmt.Errorf("%s：%w", path, plaintext.Chinese(err))
	}
	return text, err
}

var citeForm = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9_-]*)#([1-9][0-9]{0,3})$`)

// proposal is f as the API takes it.
func (f proposalFile) proposal(now time.Time) (p wire.Proposal, err error) {
	p = wire.Proposal{Title: f.Title, Topic: f.Topic, Audience: f.Audience, Window: f.Window, Committee: f.Committee,
		Emergency: f.Emergency, Fallback: wire.Fallback{Doubtful: f.Fallback.Doubtful}}
	for i, text := range f.Cites {
		parts := citeForm.FindStringSubmatch(text)
		if parts == nil {
			return p, fmt.Errorf("cites[%d]：“%s”不是段落，应写成 N2#5，即公告编号和段落号", i, plaintext.OneLine(text, 40))
		}
		passage, err := strconv.Atoi(parts[2])
		if err != nil { // four digits at most
			return p, err
		}
		p.Cites = append(p.Cites, wire.Cite{Notice: parts[1], Passage: passage})
	}
	for _, channel := range []broadcast.Channel{broadcast.Subscription, broadcast.Template, broadcast.SMS} {
		m, ok := f.Messages[string(channel)]
		if labelled, also := f.Messages[channel.Label()]; also {
			if ok {
				return p, fmt.Errorf("messages：%s写了两次，又写作 %s，请只留一个", channel.Label(), channel)
			}
			m, ok = labelled, true
		}
		if ok {
			p.Messages = append(p.Messages, wire.Message{Channel: string(channel), Template: m.Template, Data: m.Data, URL: m.URL})
		}
	}
	if len(p.Messages) != len(f.Messages) {
		return p, errors.New("messages：没有这个渠道，可以写微信订阅通知（subscription）、微信模板消息（template）、短信（sms）")
	}
	if f.Fallback.Wait != "" {
		wait, err := time.ParseDuration(f.Fallback.Wait)
		if err != nil || wait < 0 || wait%time.Minute != 0 {
			return p, fmt.Errorf("fallback.wait：“%s”不是整分钟的时长，应写成 30m（30分钟）或 2h（2小时）", plaintext.OneLine(f.Fallback.Wait, 40))
		}
		p.Fallback.WaitMinutes = int(wait / time.Minute)
	}
	if f.At != "" {
		if p.SendAt, err = parseMoment(f.At, now); err != nil {
			return p, fmt.Errorf("at：%w", err)
		}
	}
	if f.Expire != "" {
		if p.ExpireAt, err = parseMoment(f.Expire, now); err != nil {
			return p, fmt.Errorf("expire：%w", err)
		}
	}
	return p, nil
}
