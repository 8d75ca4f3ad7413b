package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var (
	goodSecret = strings.Repeat("s3", 16)
	goodAESKey = strings.Repeat("k", 42) + "1" // the last character is not canonical base64
	goodKey    = "q1zL3m0ZPp7v5xJkQ2yTn8aHcWfRd4uGsB6eIoVYwKM="
)

func goodEnv(more ...string) []string {
	return append([]string{
		"TOWNCRIER_WECHAT_APP_ID=wx0123456789abcdef",
		"TOWNCRIER_WECHAT_SECRET=" + goodSecret,
		"TOWNCRIER_WECHAT_TOKEN=Token123Token456",
		"TOWNCRIER_WECHAT_AES_KEY=" + goodAESKey,
		"TOWNCRIER_KEY=" + goodKey,
	}, more...)
}

func TestConfigDefaults(t *testing.T) {
	src, err := readSource("", goodEnv())
	if err != nil {
		t.Fatal(err)
	}
	c, err := src.config(serveNeeds...)
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
	src, err := readSource(file, []string{"TOWNCRIER_KEY=hunter2secret", "TOWNCRIER_LOG_LEVEL=loud", "TOWNCRIER_PUBLIC_URL=ftp://x",
		"TOWNCRIER_DATABASE=mysql://root:hunter2secret@db/town",
		"TOWNCRIER_CONTENT=/no/such/folder"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = src.config(serveNeeds...)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		`TOWNCRIER_LISTEN (listen): "8080" is not host:port`,
		file + ": listen_on is not a setting",
		file + ": wechat.appid is not a setting",
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
	if strings.Contains(err.Error(), "hunter2secret") {
		t.Errorf("the error shows the key:\n%v", err)
	}
}

func TestConfigFileErrorsNameTheLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "towncrier.toml")
	if err := os.WriteFile(file, []byte("listen = \":8080\"\ndata = [\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readSource(file, nil); err == nil || !strings.Contains(err.Error(), file+":") {
		t.Errorf("err = %v; want file and line", err)
	}
	if _, err := readSource(file+".missing", nil); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("err = %v", err)
	}
}

func TestEnvironmentWinsOverFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "towncrier.toml")
	if err := os.WriteFile(file, []byte("listen = \":1\"\ndata = \"/from/file\"\n[wechat]\napi = \"http://127.0.0.1:9/api/\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := readSource(file, goodEnv("TOWNCRIER_LISTEN=:2"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := src.config(serveNeeds...)
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != ":2" || c.Data != "/from/file" || c.WeChat.API != "http://127.0.0.1:9/api" {
		t.Errorf("config = %+v", c)
	}
}

func TestConfigCommandMasksSecrets(t *testing.T) {
	const password = "pa55word"
	env := goodEnv("TOWNCRIER_DATABASE=postgres://crier:"+password+"@db.example/town?sslpassword="+password,
		"TOWNCRIER_REDIS=redis://:"+password+"@10.0.0.1:6379/0", "TOWNCRIER_WECHAT_AES_KEY_PREVIOUS="+goodAESKey, "TOWNCRIER_INSECURE=tls")
	var out, errs bytes.Buffer
	if code := execute(t.Context(), []string{"config"}, env, nil, &out, &errs); code != 0 {
		t.Fatalf("exit %d: %s", code, &errs)
	}
	for _, s := range settings() {
		if !strings.Contains(out.String(), s.env()) {
			t.Errorf("%s is not listed", s.env())
		}
	}
	for name, secret := range map[string]string{"password": password, "secret": goodSecret, "AES key": goodAESKey, "token": "Token123Token456", "key": goodKey} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("the %s is shown:\n%s", name, &out)
		}
	}
	if !strings.Contains(out.String(), "db.example/town") || !strings.Contains(out.String(), "wx0123456789abcdef") {
		t.Errorf("what is no secret is not shown:\n%s", &out)
	}
}

// TestConfigCommandShowsNothingRefused has secrets where they do not belong.
func TestConfigCommandShowsNothingRefused(t *testing.T) {
	const password = "pa55word"
	code, out, errs := command(t, []string{"TOWNCRIER_WECHAT_APP_ID=" + password, "TOWNCRIER_WECHAT_API=http://crier:" + password + "@proxy",
		"TOWNCRIER_PUBLIC_URL=https://town.example/?token=" + password, "TOWNCRIER_DATABASE=host=db user=crier password=" + password,
		"TOWNCRIER_REDIS=" + password}, "", "config")
	if code != 1 || !strings.Contains(out, "(refused)") || !strings.Contains(errs, "TOWNCRIER_DATABASE") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if strings.Contains(out+errs, password) {
		t.Errorf("the password is shown:\n%s%s", out, errs)
	}
}

// TestDatabaseErrorsNameTheirSetting opens databases that cannot be opened.
func TestDatabaseErrorsNameTheirSetting(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for setting, env := range map[string][]string{
		"TOWNCRIER_DATA (data): ":         {"TOWNCRIER_DATA=" + file},
		"TOWNCRIER_DATABASE (database): ": {"TOWNCRIER_DATABASE=postgres://crier:pa55word@127.0.0.1:1/town"},
	} {
		code, _, errs := command(t, goodEnv(env...), "", "inbox", "list")
		if code != 1 || !strings.Contains(errs, setting) || strings.Contains(errs, "pa55word") {
			t.Errorf("exit %d, want %q in %s", code, setting, errs)
		}
	}
	if code, _, errs := command(t, []string{"TOWNCRIER_DATA=" + file}, "", "rehearse"); code != 1 || !strings.Contains(errs, "TOWNCRIER_DATA (data): ") {
		t.Errorf("rehearse: exit %d: %s", code, errs)
	}
}
