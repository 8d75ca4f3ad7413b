package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestConfigDefaults(t *testing.T) {
	src, err := Read("", goodEnv())
	if err != nil {
		t.Fatal(err)
	}
	c, err := src.Config(ServeNeeds...)
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:8080" || c.Database != filepath.Join("data", "towncrier.db") || c.Redis != "embedded" ||
		c.WeChat.API != "https://api.weixin.qq.com" || c.WeChat.AESKey != goodAESKey || len(c.Key) != 32 {
		t.Errorf("config = %+v", c)
	}
}

func TestConfigNamesEveryProblemAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "towncrier.toml")
	text := "listen = \"8080\"\nlisten_on = \"x\"\n[wechat]\ntoken = \"a b\"\nappid = \"wx\"\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := Read(file, []string{"TOWNCRIER_KEY=hunter2secret", "TOWNCRIER_LOG_LEVEL=loud", "TOWNCRIER_PUBLIC_URL=ftp://x", "TOWNCRIER_SMS_TIMEOUT=5",
		"TOWNCRIER_DATABASE=mysql://root:hunter2secret@db/town",
		"TOWNCRIER_CONTENT=/no/such/folder"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = src.Config(ServeNeeds...)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		`TOWNCRIER_LISTEN (listen): "8080" is not host:port`,
		file + ": listen_on is not a setting",
		file + ": wechat.appid is not a setting: did you mean wechat.app_id?",
		"TOWNCRIER_WECHAT_TOKEN (wechat.token): a Token is 3 to 32 letters and digits",
		"TOWNCRIER_WECHAT_APP_ID (wechat.app_id) is not set",
		"TOWNCRIER_WECHAT_SECRET (wechat.secret) is not set",
		"TOWNCRIER_KEY (key): ",
		"TOWNCRIER_LOG_LEVEL (log_level): ",
		"TOWNCRIER_PUBLIC_URL (public_url): ",
		"TOWNCRIER_CONTENT (content): ",
		"TOWNCRIER_DATABASE (database): ",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "sms.timeout, 0s") {
		t.Errorf("a refused time limit counts as none: %v", err)
	}
	for _, twice := range []string{"TOWNCRIER_WECHAT_AES_KEY=short", "TOWNCRIER_SMS_SIGN=【示例】"} {
		src, err := Read("", goodEnv(twice, "TOWNCRIER_SMS_ACCESS_KEY_ID=abcdef"))
		if err != nil {
			t.Fatal(err)
		}
		name, _, _ := strings.Cut(twice, "=")
		if _, err := src.Config(ServeNeeds...); err == nil || strings.Count(err.Error(), name) != 1 {
			t.Errorf("of a value that is refused more is said than that: %v", err)
		}
	}
	if strings.Contains(err.Error(), "hunter2secret") {
		t.Errorf("the error shows the key:\n%v", err)
	}
}

func TestConfigFileErrorsNameTheLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "towncrier.toml")
	if err := os.WriteFile(file, []byte("listen = \":8080\"\ndata = [\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(file, nil); err == nil || !strings.Contains(err.Error(), file+":") {
		t.Errorf("err = %v; want file and line", err)
	}
	if _, err := Read(file+".missing", nil); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("err = %v", err)
	}
}

func TestEnvironmentWinsOverFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "towncrier.toml")
	if err := os.WriteFile(file, []byte("listen = \":1\"\ndata = \"/from/file\"\n[wechat]\napi = \"http://127.0.0.1:9/api/\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := Read(file, goodEnv("TOWNCRIER_LISTEN=:2"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := src.Config(ServeNeeds...)
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != ":2" || c.Data != "/from/file" || c.WeChat.API != "http://127.0.0.1:9/api" {
		t.Errorf("config = %+v", c)
	}
}
