package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towncrier/cmd/towncrier/config"
)

func TestConfigCommandMasksSecrets(t *testing.T) {
	const password = "pa55word"
	env := goodEnv("TOWNCRIER_DATABASE=postgres://crier:"+password+"@db.example/town?sslpassword="+password,
		"TOWNCRIER_REDIS=redis://:"+password+"@10.0.0.1:6379/0", "TOWNCRIER_WECHAT_AES_KEY_PREVIOUS="+goodAESKey, "TOWNCRIER_INSECURE=tls")
	var out, errs bytes.Buffer
	if code := Execute(t.Context(), "test", []string{"config"}, env, nil, &out, &errs); code != 0 {
		t.Fatalf("exit %d: %s", code, &errs)
	}
	for _, s := range config.Settings() {
		if !strings.Contains(out.String(), s.Env()) {
			t.Errorf("%s is not listed", s.Env())
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
		code, _, errs := command(t, goodEnv(env...), "", "key", "list")
		if code != 1 || !strings.Contains(errs, setting) || strings.Contains(errs, "pa55word") {
			t.Errorf("exit %d, want %q in %s", code, setting, errs)
		}
	}
	if code, _, errs := command(t, []string{"TOWNCRIER_DATA=" + file}, "", "rehearse"); code != 1 || !strings.Contains(errs, "TOWNCRIER_DATA (data): ") {
		t.Errorf("rehearse: exit %d: %s", code, errs)
	}
}

// TestServeLogsWhatIsUnsafe starts the whole server, and any command without permission.
func TestServeLogsWhatIsUnsafe(t *testing.T) {
	env := goodEnv("TOWNCRIER_DATA="+t.TempDir(), "TOWNCRIER_WECHAT_AES_KEY=", "TOWNCRIER_WECHAT_API=http://10.0.0.8", smallCity[0])
	for _, args := range [][]string{{"serve"}, {"config"}, {"key", "list"}, {"wechat", "menu"}} {
		code, _, errs := command(t, env, "", args...)
		if code != 1 || !strings.Contains(errs, "TOWNCRIER_WECHAT_AES_KEY") || !strings.Contains(errs, "TOWNCRIER_WECHAT_API") {
			t.Errorf("%q: exit %d, not both problems: %s", args, code, errs)
		}
	}
	cfg := production(t, "TOWNCRIER_REDIS=redis://127.0.0.1:1/0", smallCity[0], "TOWNCRIER_PUBLIC_URL=http://town.example", "TOWNCRIER_INSECURE=http", "TOWNCRIER_REDIS=embedded")
	if r := serve(t, cfg); !strings.Contains(r.log.String(), "word=http") || !strings.Contains(r.log.String(), "TOWNCRIER_PUBLIC_URL") {
		t.Errorf("the log does not name what is unsafe:\n%s", r.log)
	}
}

// TestSecretsInFiles gives secrets in files of their own: config shows the file, and never what is in it.
func TestSecretsInFiles(t *testing.T) {
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	key := file(goodKey)
	code, out, _ := command(t, []string{"TOWNCRIER_KEY_FILE=" + key}, "", "config")
	if code != 0 || strings.Contains(out, goodKey) || !strings.Contains(out, key) {
		t.Errorf("config: exit %d\n%s", code, out)
	}
	code, _, errs := command(t, []string{config.URLVariable + "=http://127.0.0.1:1", config.KeyVariable + "_FILE=" + file("tck_x\n")}, "", "broadcast", "list")
	if code != exitLater {
		t.Errorf("a key for the API in a file: exit %d: %s", code, errs)
	}
}

// TestValuesSayWhatIsAroundThem: what a shell, an env file or an editor left is named.
func TestValuesSayWhatIsAroundThem(t *testing.T) {
	for value, want := range map[string]string{
		"ssss\n": "ends in a line break", "ssss\r": "ends in a line break", "ssss ": "ends in a blank", " ssss": "begins with a blank", "\nssss": "begins with a blank or a line break",
		`"ssss"`: "quotation marks", "'ssss'": "quotation marks", "ss\nss": "has a line break in it", "\ufeffssss": "byte order mark", "  ": "is blank", "ssss\u3000": "ends in a blank",
	} {
		for _, name := range []string{"TOWNCRIER_WECHAT_SECRET", "TOWNCRIER_DATA", "TOWNCRIER_SMS_SIGN"} {
			code, _, errs := command(t, []string{name + "=" + value}, "", "config")
			if code != 1 || !strings.Contains(errs, name) || !strings.Contains(errs, want) || strings.Contains(errs, "ssss") {
				t.Errorf("%s=%q: exit %d: %s", name, value, code, errs)
			}
		}
	}
}

// TestMisspelledVariables: what is close to a setting is refused with it, what others inject is not.
func TestMisspelledVariables(t *testing.T) {
	for name, meant := range map[string]string{
		"TOWNCRIER_SMS_SIGNATURE": "TOWNCRIER_SMS_SIGN", "TOWNCRIER_WECHAT_APPID": "TOWNCRIER_WECHAT_APP_ID", "TOWNCRIER_TOKEN": "TOWNCRIER_WECHAT_TOKEN",
		"TOWNCRIER_DATABASE_URL": "TOWNCRIER_DATABASE", "TOWNCRIER_LISTEN_FILE": "TOWNCRIER_LISTEN", "TOWNCRIER_INSECURES": "TOWNCRIER_INSECURE",
		"TOWNCRIER_KEYFILE": "TOWNCRIER_KEY_FILE", "TOWNCRIER_LOGLEVEL": "TOWNCRIER_LOG_LEVEL",
	} {
		for _, args := range [][]string{{"config"}, {"serve"}, {"rehearse"}, {"key", "list"}} {
			code, _, errs := command(t, []string{name + "=x"}, "", args...)
			if code != 1 || !strings.Contains(errs, name+" is no setting: did you mean "+meant+"?") {
				t.Errorf("%s, %q: exit %d: %s", name, args, code, errs)
			}
		}
	}
	for _, pair := range []string{"TOWNCRIER_PORT=tcp://10.0.0.1:80", "TOWNCRIER_SERVICE_HOST=10.0.0.1", "TOWNCRIER_SERVICE_PORT_HTTP=80",
		"TOWNCRIER_PORT_8080_TCP_ADDR=10.0.0.1", "TOWNCRIER_REDIS_SERVICE_HOST=10.0.0.1", "TOWNCRIER_REDIS_PORT_6379_TCP=tcp://10.0.0.1:6379"} {
		if code, _, errs := command(t, []string{pair}, "", "config"); code != 0 || errs != "" {
			t.Errorf("%s: exit %d: %s", pair, code, errs)
		}
	}
	for _, pair := range []string{"TOWNCRIER_BIN=/usr/bin/towncrier", "TOWNCRIER_PORT=8080"} {
		name, _, _ := strings.Cut(pair, "=")
		if code, _, errs := command(t, []string{pair}, "", "config"); code != 0 || !strings.Contains(errs, name+" is no setting") {
			t.Errorf("%s: exit %d: %s", pair, code, errs)
		}
	}
}

// TestConfigInventsNoPassword prints URLs as they are, less the passwords that they have.
func TestConfigInventsNoPassword(t *testing.T) {
	for url, want := range map[string]string{
		"postgres://tc@127.0.0.1/town": "postgres://tc@127.0.0.1/town ", "postgres://tc:pa55@127.0.0.1/town": "postgres://tc:xxxxx@127.0.0.1/town ",
		"postgres://127.0.0.1/town": "postgres://127.0.0.1/town ",
	} {
		if code, out, errs := command(t, []string{"TOWNCRIER_DATABASE=" + url}, "", "config"); code != 0 || !strings.Contains(out, want) {
			t.Errorf("%s: exit %d\n%s%s", url, code, out, errs)
		}
	}
}

// TestSettingsAreDocumented: docs/settings.md is what the program prints.
func TestSettingsAreDocumented(t *testing.T) {
	const file = "../../../docs/settings.md"
	_, out, _ := command(t, nil, "", "config", "--markdown")
	if text, err := os.ReadFile(file); err != nil || string(text) != out {
		t.Errorf("docs/settings.md is not current (%v): towncrier config --markdown > docs/settings.md", err)
	}
}
