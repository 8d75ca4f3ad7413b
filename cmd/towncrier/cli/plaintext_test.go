package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towncrier/cmd/towncrier/config"
	"towncrier/cmd/towncrier/rehearsal"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// asSaved is text as editors save it: each must be read as the first is.
func asSaved(text string) map[string]string {
	windows := strings.ReplaceAll(text, "\n", "\r\n")
	return map[string]string{"LF": text, "CRLF": windows, "CR": strings.ReplaceAll(text, "\n", "\r"), "a mark": "\ufeff" + text, "a mark and CRLF": "\ufeff" + windows}
}

// unreadable is text that is refused, by what the refusal must say.
func unreadable(t *testing.T, text string) map[string]string {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{"GBK": gbk, "UTF-16": wide, "UTF-8": text + "\xff"}
}

// readers read text of a file and return what they understood.
var readers = map[string]struct {
	text, want string
	read       func(t *testing.T, path string) (string, error)
}{
	"an answer": {"您好，路灯已修好。\n谢谢您的建议。", "您好，路灯已修好。\n谢谢您的建议。", func(t *testing.T, path string) (string, error) {
		return answerText("", path, nil)
	}},
	"an answer in a pipe": {"您好，路灯已修好。\n谢谢您的建议。", "您好，路灯已修好。\n谢谢您的建议。", func(t *testing.T, path string) (string, error) {
		in, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		return answerText("", "-", in)
	}},
	"a proposal": {"# 停水\ntitle: 停水通知\ntopic: water\n", "停水通知 water", func(t *testing.T, path string) (string, error) {
		p, _, err := readProposal(path, nil, time.Now())
		if err != nil {
			return "", err
		}
		return p.Title + " " + p.Topic, nil
	}},
	"settings": {"# 短信\n[sms]\nsign = \"示例\"\n", "示例", func(t *testing.T, path string) (string, error) {
		src, err := config.Read(path, nil)
		text, _ := src.Lookup(config.Setting{Key: "sms.sign"})
		return text, err
	}},
	"a secret": {"密密密\n", "密密密", func(t *testing.T, path string) (string, error) {
		return new(config.Source).ReadSecret(path)
	}},
	"people of the sandbox": {"[{\"name\":\n\"居民甲\",\"openid\":\"o1\"}]", "居民甲", func(t *testing.T, path string) (string, error) {
		people, err := rehearsal.SandboxOptions{People: path}.Everybody()
		if err != nil {
			return "", err
		}
		return people[0].Name, nil
	}},
}

func TestEveryFileIsReadAsEditorsSaveIt(t *testing.T) {
	for name, r := range readers {
		for form, text := range asSaved(r.text) {
			path := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if got, err := r.read(t, path); err != nil || got != r.want {
				t.Errorf("%s, %s: %q, %v; want %q", name, form, got, err, r.want)
			}
		}
		for want, text := range unreadable(t, r.text) {
			path := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if got, err := r.read(t, path); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s that is no text: %q, %v; want an error that says %s", name, got, err, want)
			}
		}
	}
}

func TestAskReadsLinesAsEditorsSaveThem(t *testing.T) {
	const in = "{\"from\":\"u1\",\"text\":\"遛狗不拴绳咋办\"}\n\n{\"from\":\"u2\",\"text\":\"养犬登记去哪办\"}\n"
	code, want, errs := command(t, nil, in, "ask", "--jsonl")
	if code != 0 {
		t.Fatal(errs)
	}
	for form, text := range map[string]string{"CR": strings.ReplaceAll(in, "\n", "\r"), "a mark and CRLF": "\ufeff" + strings.ReplaceAll(in, "\n", "\r\n")} {
		if code, out, errs := command(t, nil, text, "ask", "--jsonl"); code != 0 || out != want {
			t.Errorf("%s: exit %d, %s%s", form, code, out, errs)
		}
	}
	if code, _, errs := command(t, nil, unreadable(t, in)["GBK"], "ask", "--jsonl"); code == 0 || !strings.Contains(errs, "GBK") {
		t.Errorf("GBK: exit %d, %s", code, errs)
	}
	if code, out, errs := command(t, nil, "养犬登记去哪办\xff\n", "ask"); code == 0 || !strings.Contains(errs, "第1行有不是 UTF-8 的字节") {
		t.Errorf("a bad byte: exit %d, %s%s", code, out, errs)
	}
}
