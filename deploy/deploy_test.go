// Package deploy holds what a city installs towncrier with. Its tests parse every file and hold it against the program: a setting, a metric
// or a time limit that changes its name or value fails here.
package deploy

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"towncrier/cmd/towncrier/app"
	"towncrier/cmd/towncrier/config"
)

// secretsOf are true in form, by the names of their files.
var secretsOf = map[string]string{
	"key":                       "XHuqCURSq0qhCeiwRwaFuR/QG3i5QB0tOmv4IZ4H6ss=",
	"key_previous":              "1Yk0Y0oX4TyqXlE7F0W3mAMlOGKd6nmTHn4NcZW6p1g=",
	"wechat_secret":             "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
	"wechat_token":              "q8Zk2mVw7Yt4Lp9Xc3Rb",
	"wechat_aes_key":            "kq3Zr8WvT5yLm2Xc9Bn4Hd7Jf1Gs6Pa0QeUiOtRwYzA",
	"wechat_aes_key_previous":   "zA1Xs2Dc3Vf4Bg5Nh6Mj7Kl8Po9Iu0YtReWqLkJhGfD",
	"sms_access_key_secret":     "p7Qw3Er5Ty9Ui1Op2As4Df6Gh8Jk0Lz",
	"sms_callback_key":          "c4a1f09be27d3856a0b9e1d7f2c83465e6170b9d",
	"sms_callback_key_previous": "9b07e3d1c5f24a68b0d19e7fc2a3456810fe7d2b",
	"database":                  "postgres://towncrier:secret@postgres/towncrier?sslmode=disable",
	"redis":                     "redis://:secret@redis:6379/0",
}

// secretFiles writes every secret into a file of its own, as an operator does.
func secretFiles(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	for name, text := range secretsOf {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// settingsOf is what a server with these variables would start with. It fails for one that is no setting, or is refused.
func settingsOf(t *testing.T, env map[string]string) config.Config {
	t.Helper()
	var environ []string
	for name, value := range env {
		environ = append(environ, name+"="+value)
	}
	src, err := config.Read("", environ)
	if err != nil {
		t.Fatal(err)
	}
	for _, unknown := range src.Unknown() {
		t.Errorf("%s is no setting", unknown.Name)
	}
	cfg, err := src.Config(config.ServeNeeds...)
	if err != nil {
		t.Error(err)
	}
	return cfg
}

// fileOf is the name of a secret's file, by its setting: wechat_secret of TOWNCRIER_WECHAT_SECRET_FILE.
func fileOf(variable string) string {
	return strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(variable, "TOWNCRIER_"), config.FileSuffix))
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// uncommented turns comments that are settings into settings.
func uncommented(text string) string {
	return regexp.MustCompile(`(?m)^(\s*)#(TOWNCRIER_|- sms_|sms_)`).ReplaceAllString(text, "$1$2")
}

// serve starts a server with the settings of the systemd unit, SMS included, on loopback and without a way to the platforms.
func serve(t *testing.T) (address string) {
	t.Helper()
	env := unitEnv(t, secretFiles(t), "sms.conf")
	for name, value := range map[string]string{
		"TOWNCRIER_LISTEN": "127.0.0.1:0", "TOWNCRIER_METRICS_LISTEN": "", "TOWNCRIER_PUBLIC_URL": "", "TOWNCRIER_DATA": filepath.Join(t.TempDir(), "new"),
		"TOWNCRIER_CONTENT": "../testdata/littletown", "TOWNCRIER_WECHAT_API": "http://127.0.0.1:1", "TOWNCRIER_SMS_ENDPOINT": "http://127.0.0.1:1",
	} {
		env[name] = value
	}
	server := app.New(settingsOf(t, env), app.Options{Log: slog.New(slog.DiscardHandler)})
	t.Cleanup(func() { server.Stop() }) //nolint:errcheck // a test of files
	if err := server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return server.Addr()
}

// get asks a server for a page.
func get(t *testing.T, client *http.Client, url string, header ...string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// run runs a command and returns all that it prints.
func run(t *testing.T, env []string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Env = append(os.Environ(), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

// installed says where a program is that only some machines have; "" for nowhere.
func installed(name string) string {
	for _, folder := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/usr/local/sbin") {
		if path := filepath.Join(folder, name); isProgram(path) {
			return path
		}
	}
	return ""
}

func isProgram(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// TestEverySecretHasAWay: each secret setting can be given by the unit and its drop-ins, and none is named that is no secret.
func TestEverySecretHasAWay(t *testing.T) {
	var files []string
	for _, s := range config.Settings() {
		if s.Secret {
			files = append(files, fileOf(s.Env()+config.FileSuffix))
		}
	}
	env := unitEnv(t, "/x", "sms.conf", "postgres.conf", "previous.conf")
	for name := range env {
		if strings.HasSuffix(name, config.FileSuffix) && !slices.Contains(files, fileOf(name)) {
			t.Errorf("%s names the file of a setting that is no secret, or none", name)
		}
	}
	for _, file := range files {
		if _, named := env["TOWNCRIER_"+strings.ToUpper(file)+config.FileSuffix]; !named {
			t.Errorf("no unit or drop-in names the file of the secret %s", file)
		}
	}
}
