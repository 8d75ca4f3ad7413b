package deploy

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"towncrier/cmd/towncrier/app"
)

const unitFile = "systemd/towncrier.service"

// directives are the lines of a unit, by key: a key may come several times.
func directives(t *testing.T, file string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for line := range strings.Lines(read(t, file)) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(line, "#") {
			all[key] = append(all[key], value)
		}
	}
	return all
}

// unitEnv is the environment that the unit with some drop-ins makes, with its secrets in a folder.
func unitEnv(t *testing.T, secrets string, dropIns ...string) map[string]string {
	t.Helper()
	env := map[string]string{}
	text := read(t, "systemd/towncrier.env")
	if slices.Contains(dropIns, "sms.conf") {
		text = uncommented(text)
		text = strings.NewReplacer("KEY_ID=\n", "KEY_ID=LTAI5tExample\n", "SIGN=\n", "SIGN=演示区政务\n", "CODE_TEMPLATE=\n", "CODE_TEMPLATE=SMS_1\n",
			"STAFF_TEMPLATE=\n", "STAFF_TEMPLATE=SMS_2\n", "=/srv/towncrier/content\n", "=../testdata/littletown\n").Replace(text)
	}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(line, "#") {
			env[name] = value
		}
	}
	for _, file := range append([]string{unitFile}, dropIns...) {
		if file != unitFile {
			file = unitFile + ".d/" + file
		}
		d := directives(t, file)
		var credentials []string
		for _, c := range d["LoadCredential"] {
			name, path, _ := strings.Cut(c, ":")
			if path != "/etc/towncrier/secrets/"+name {
				t.Errorf("%s: %s comes from %s", file, name, path)
			}
			credentials = append(credentials, name)
		}
		for _, e := range d["Environment"] {
			name, value, _ := strings.Cut(e, "=")
			if value != "%d/"+fileOf(name) || !slices.Contains(credentials, fileOf(name)) {
				t.Errorf("%s: %s names no credential that is loaded", file, e)
			}
			env[name] = strings.Replace(value, "%d", secrets, 1)
		}
		if len(d["Environment"]) != len(credentials) {
			t.Errorf("%s: %d credentials are loaded and %d are named", file, len(credentials), len(d["Environment"]))
		}
	}
	return env
}

// TestUnit starts nothing: it holds the unit's limits against the server's, and its settings against the table.
func TestUnit(t *testing.T) {
	secrets := secretFiles(t)
	settingsOf(t, unitEnv(t, secrets))
	settingsOf(t, unitEnv(t, secrets, "sms.conf", "previous.conf"))
	several := unitEnv(t, secrets, "sms.conf", "postgres.conf")
	several["TOWNCRIER_INSECURE"] = "tls" // the files of this test are those of the compose file too
	settingsOf(t, several)

	d := directives(t, unitFile)
	if got := seconds(t, d["TimeoutStopSec"]); got < app.StopWithin+2*time.Second {
		t.Errorf("it is killed after %s, and may take %s to stop", got, app.StopWithin)
	}
	if files, err := strconv.Atoi(d["LimitNOFILE"][0]); err != nil || files/2 < 4096 {
		t.Errorf("LimitNOFILE=%s leaves fewer than 4,096 connections", d["LimitNOFILE"])
	}
	if env := unitEnv(t, secrets); env["TOWNCRIER_DATA"] != "/var/lib/"+d["StateDirectory"][0] {
		t.Errorf("it writes to %s, and may write to /var/lib/%s", env["TOWNCRIER_DATA"], d["StateDirectory"][0])
	}
}

func seconds(t *testing.T, values []string) time.Duration {
	t.Helper()
	n, err := strconv.Atoi(strings.Join(values, ""))
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(n) * time.Second
}

// TestUnitAsSystemdReadsIt runs systemd's own check, where there is one.
func TestUnitAsSystemdReadsIt(t *testing.T) {
	analyze := installed("systemd-analyze")
	if analyze == "" {
		t.Skip("NOT CHECKED by systemd itself: no systemd-analyze here (Debian has it in the package systemd)")
	}
	folder := t.TempDir()
	unit := filepath.Join(folder, "towncrier.service")
	text := strings.Replace(read(t, unitFile), "ExecStart=/usr/local/bin/towncrier", "ExecStart=/bin/true", 1)
	if err := os.WriteFile(unit, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(unit+".d", os.DirFS(unitFile+".d")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"towncrier-backup.service", "towncrier-backup.timer"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(read(t, "systemd/"+name)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := run(t, nil, analyze, "verify", "--man=no", unit, filepath.Join(folder, "towncrier-backup.timer")); err != nil || strings.Contains(out, folder) {
		t.Errorf("%v\n%s", err, out)
	}
	out, err := run(t, nil, analyze, "security", "--offline=true", "--no-pager", unit)
	m := regexp.MustCompile(`Overall exposure level.*: (\d+\.\d)`).FindStringSubmatch(out)
	if m == nil {
		t.Skipf("this systemd-analyze rates no files: %v", err)
	}
	if level, err := strconv.ParseFloat(m[1], 64); err != nil || level > 1.5 {
		t.Errorf("exposed by %s of 10, want 1.5 at most", m[1])
	}
}

// TestTowncrierHere runs a command as the service's user would, with a stand-in for the program.
func TestTowncrierHere(t *testing.T) {
	etc, bin := t.TempDir(), t.TempDir()
	for path, text := range map[string]string{
		filepath.Join(etc, "towncrier.env"):                read(t, "systemd/towncrier.env"),
		filepath.Join(etc, "secrets", "key"):               "k\n",
		filepath.Join(etc, "secrets", "wechat_aes_key"):    "a\n",
		filepath.Join(etc, "secrets", "database_password"): "",
		filepath.Join(bin, "towncrier"):                    "#!/bin/sh\necho \"$@\"\nenv\n",
		filepath.Join(bin, "setpriv"):                      "#!/bin/sh\nwhile [ \"$1\" != -- ]; do echo \"setpriv $1\"; shift; done; shift; exec \"$@\"\n",
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil { //nolint:gosec // some are run
			t.Fatal(err)
		}
	}
	out, err := run(t, []string{"TOWNCRIER_ETC=" + etc, "PATH=" + bin + ":" + os.Getenv("PATH")}, "systemd/towncrier-here", "backup", "/a b.tar")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"setpriv --reuid=towncrier\n", "backup /a b.tar\n", "TOWNCRIER_DATA=/var/lib/towncrier\n",
		"TOWNCRIER_KEY_FILE=" + etc + "/secrets/key\n", "TOWNCRIER_WECHAT_AES_KEY_FILE=" + etc + "/secrets/wechat_aes_key\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}
