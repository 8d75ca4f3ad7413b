package config

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"towncrier/seal"
)

// without is an environment less one variable.
func without(env []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(pair string) bool { return strings.HasPrefix(pair, name+"=") })
}

// settled is what an environment, and a file unless it is "", come to.
func settled(t *testing.T, file string, env []string) (Config, error) {
	t.Helper()
	src, err := Read(file, env)
	if err != nil {
		t.Fatal(err)
	}
	return src.Config(ServeNeeds...)
}

// secretIn is a file of a mode.
func secretIn(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

var sequence = func() []byte {
	key := make([]byte, 32)
	for i := range key {
		key[i] = byte(i)
	}
	return key
}()

// TestUnsafeSettingsAreRefused has settings that serve would take if nobody looked: each is refused by name, and allowed by its word alone.
func TestUnsafeSettingsAreRefused(t *testing.T) {
	key := func(b []byte) []string {
		return append(without(goodEnv(), "TOWNCRIER_KEY"), "TOWNCRIER_KEY="+base64.StdEncoding.EncodeToString(b))
	}
	callback := func(s string) []string {
		return append(smsEnv()[:len(smsEnv())-1], "TOWNCRIER_SMS_CALLBACK_KEY="+s)
	}
	for name, c := range map[string]struct {
		env              []string
		file             string
		word, names, why string
	}{
		"no AES key": {without(goodEnv(), "TOWNCRIER_WECHAT_AES_KEY"), "", "plaintext", "TOWNCRIER_WECHAT_AES_KEY (wechat.aes_key)", "secure mode"},
		"a token of 15": {append(without(goodEnv(), "TOWNCRIER_WECHAT_TOKEN"), "TOWNCRIER_WECHAT_TOKEN=abcdefghijklmno"), "", "token",
			"TOWNCRIER_WECHAT_TOKEN (wechat.token)", "has 15 characters"},
		"an API off this machine":               {goodEnv("TOWNCRIER_WECHAT_API=http://10.0.0.8:90/api"), "", "http", "TOWNCRIER_WECHAT_API", "https://"},
		"an SMS API":                            {goodEnv("TOWNCRIER_SMS_ENDPOINT=http://sms.example"), "", "http", "TOWNCRIER_SMS_ENDPOINT", "https://"},
		"a public address":                      {goodEnv("TOWNCRIER_PUBLIC_URL=http://town.example"), "", "http", "TOWNCRIER_PUBLIC_URL", "https://"},
		"a name that only begins like loopback": {goodEnv("TOWNCRIER_WECHAT_API=http://localhost.example"), "", "http", "TOWNCRIER_WECHAT_API", "https://"},
		"PostgreSQL without a word on TLS":      {goodEnv("TOWNCRIER_DATABASE=postgres://tc:pa55word@db.example/town"), "", "tls", "TOWNCRIER_DATABASE", "sslmode=verify-full"},
		"PostgreSQL that prefers TLS":           {goodEnv("TOWNCRIER_DATABASE=postgres://tc@10.0.0.9/town?sslmode=prefer"), "", "tls", "TOWNCRIER_DATABASE", "10.0.0.9"},
		"PostgreSQL with a second host":         {goodEnv("TOWNCRIER_DATABASE=postgres://tc@127.0.0.1,db.example/town?sslmode=disable"), "", "tls", "TOWNCRIER_DATABASE", "db.example"},
		"Redis":                                 {goodEnv("TOWNCRIER_REDIS=redis://:pa55word@10.0.0.7"), "", "tls", "TOWNCRIER_REDIS", "rediss"},
		"a Redis cluster":                       {goodEnv("TOWNCRIER_REDIS=redis-cluster://127.0.0.1,r2.example"), "", "tls", "TOWNCRIER_REDIS", "r2.example"},
		"a key of zeros":                        {key(make([]byte, 32)), "", "key", "TOWNCRIER_KEY (key)", "/dev/urandom"},
		"a key that counts":                     {key(sequence), "", "key", "TOWNCRIER_KEY (key)", "/dev/urandom"},
		"a key that is said twice":              {key(bytes.Repeat([]byte{9, 200, 31, 7, 77, 146, 5, 250, 18, 99, 61, 180, 2, 222, 44, 101}, 2)), "", "key", "TOWNCRIER_KEY (key)", "/dev/urandom"},
		"a key that is a sentence":              {key([]byte("my grandmother's street is no 12")), "", "key", "TOWNCRIER_KEY (key)", "/dev/urandom"},
		"the key before": {goodEnv("TOWNCRIER_KEY_PREVIOUS=" + base64.StdEncoding.EncodeToString(make([]byte, 32))), "", "key",
			"TOWNCRIER_KEY_PREVIOUS", "/dev/urandom"},
		"a callback key of one letter":  {callback(strings.Repeat("c", 40)), "", "key", "TOWNCRIER_SMS_CALLBACK_KEY", "/dev/urandom"},
		"a callback key of the keys":    {callback("abcdefghijklmnopqrstuvwxyz0123456789"), "", "key", "TOWNCRIER_SMS_CALLBACK_KEY", "/dev/urandom"},
		"a callback key that repeats":   {callback(strings.Repeat("townhall", 5)), "", "key", "TOWNCRIER_SMS_CALLBACK_KEY", "/dev/urandom"},
		"settings that others read":     {goodEnv(), secretIn(t, "data = \"x\"\n", 0o644), "mode", "file", "0644"},
		"settings that others write":    {goodEnv(), secretIn(t, "data = \"x\"\n", 0o666), "mode", "file", "change"},
		"a key file that others read":   {append(without(goodEnv(), "TOWNCRIER_KEY"), "TOWNCRIER_KEY_FILE="+secretIn(t, goodKey, 0o604)), "", "mode", "file", "0604"},
		"a token file that others read": {append(without(goodEnv(), "TOWNCRIER_WECHAT_TOKEN"), "TOWNCRIER_WECHAT_TOKEN_FILE="+secretIn(t, "Token123Token456\n", 0o644)), "", "mode", "file", "0600"},
	} {
		_, err := settled(t, c.file, c.env)
		if err == nil || !strings.Contains(err.Error(), c.names) || !strings.Contains(err.Error(), c.why) || !strings.Contains(err.Error(), "list "+c.word+" in TOWNCRIER_INSECURE") {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, secret := range []string{"pa55word", goodKey, strings.TrimPrefix(c.env[len(c.env)-1], "TOWNCRIER_KEY="), "Token123Token456"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the error shows %s", name, secret)
			}
		}
		others := slices.DeleteFunc(slices.Clone(insecureWords), func(w string) bool { return w == c.word })
		if _, err := settled(t, c.file, append(c.env, "TOWNCRIER_INSECURE="+strings.Join(others, ","))); err == nil {
			t.Errorf("%s: allowed by %s", name, others)
		}
		cfg, err := settled(t, c.file, append(c.env, "TOWNCRIER_INSECURE="+c.word))
		if err != nil || len(cfg.Unsafe) != 1 {
			t.Errorf("%s: not allowed by %s: %v, %v", name, c.word, cfg.Unsafe, err)
			continue
		}
		var log bytes.Buffer
		cfg.WarnInsecure(slog.New(slog.NewTextHandler(&log, nil)))
		if !strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), "word="+c.word) || !strings.Contains(log.String(), c.names) {
			t.Errorf("%s: the log says %s", name, &log)
		}
	}
}

// TestSafeSettingsAreTaken has neighbours of what is refused.
func TestSafeSettingsAreTaken(t *testing.T) {
	for range 2000 { // no random key has a pattern
		key := seal.NewKey()
		if word, why := guessableKey(base64.StdEncoding.EncodeToString(key)); why != "" {
			t.Fatalf("%s of %x: %s", word, key, why)
		}
		for _, text := range []string{hex.EncodeToString(key), rand.Text() + rand.Text()[:6], rand.Text() + rand.Text() + rand.Text() + rand.Text(), hex.EncodeToString(key[:16])} {
			if word, why := guessableName(text); why != "" {
				t.Fatalf("%s of %s: %s", word, text, why)
			}
		}
	}
	for _, env := range [][]string{
		{"TOWNCRIER_DATABASE=postgres://tc:x@db.example/town?sslmode=require"},
		{"TOWNCRIER_DATABASE=postgres://tc:x@db.example/town?sslmode=verify-full"},
		{"TOWNCRIER_DATABASE=postgres://tc:x@127.0.0.1/town"}, {"TOWNCRIER_DATABASE=postgres://tc:x@[::1]/town?sslmode=disable"},
		{"TOWNCRIER_DATABASE=postgres:///town?host=/var/run/postgresql&user=tc"}, {"TOWNCRIER_DATABASE=postgres://tc@localhost/town"},
		{"TOWNCRIER_REDIS=rediss://:x@r.example"}, {"TOWNCRIER_REDIS=redis://127.0.0.1"}, {"TOWNCRIER_REDIS=redis-sentinel://localhost/main"},
		{"TOWNCRIER_WECHAT_API=http://127.0.0.1:8090/sandbox/wechat", "TOWNCRIER_PUBLIC_URL=http://[::1]:8080"},
		{"TOWNCRIER_PUBLIC_URL=https://town.example"}, {"TOWNCRIER_LISTEN=:8080"},
	} {
		if _, err := settled(t, secretIn(t, "data = \"x\"\n", 0o640), goodEnv(env...)); err != nil {
			t.Errorf("%s: %v", env, err)
		}
	}
}

// TestInsecureWords: what is not known is refused, and what nothing needs is named.
func TestInsecureWords(t *testing.T) {
	if _, err := settled(t, "", goodEnv("TOWNCRIER_INSECURE=tls, everything")); err == nil ||
		!strings.Contains(err.Error(), `TOWNCRIER_INSECURE (insecure): "everything" is none of its words`) || !strings.Contains(err.Error(), "plaintext, token") {
		t.Errorf("an unknown word: %v", err)
	}
	cfg, err := settled(t, secretIn(t, "insecure = [\"tls\", \"mode\"]\n", 0o600), goodEnv())
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	cfg.WarnInsecure(slog.New(slog.NewTextHandler(&log, nil)))
	if strings.Count(log.String(), "take it away") != 2 {
		t.Errorf("the log says %s", &log)
	}
}

// TestSecretsStandInFiles reads secrets from files of their own.
func TestSecretsStandInFiles(t *testing.T) {
	env := without(without(goodEnv(), "TOWNCRIER_KEY"), "TOWNCRIER_WECHAT_SECRET")
	for _, end := range []string{"", "\n", "\r\n"} {
		key := secretIn(t, goodKey+end, 0o600)
		cfg, err := settled(t, secretIn(t, "[wechat]\nsecret_file = \""+secretIn(t, goodSecret+end, 0o400)+"\"\n", 0o600), append(env, "TOWNCRIER_KEY_FILE="+key))
		if err != nil || base64.StdEncoding.EncodeToString(cfg.Key) != goodKey || cfg.WeChat.Secret != goodSecret {
			t.Errorf("%q: %v", end, err)
		}
	}
	for name, c := range map[string]struct{ file, want string }{
		"is not there":    {"/no/such/file", "/no/such/file cannot be read: no such file"},
		"is a folder":     {t.TempDir(), "cannot be read: is a directory"},
		"is empty":        {secretIn(t, "\n", 0o600), "is empty"},
		"has two lines":   {secretIn(t, goodKey+"\n\n", 0o600), "ends in a line break"},
		"has another":     {secretIn(t, "hunter2", 0o600), "base64"},
		"is far too long": {secretIn(t, strings.Repeat("x", 1<<17), 0o600), "longer than"},
	} {
		_, err := settled(t, "", append(without(goodEnv(), "TOWNCRIER_KEY"), "TOWNCRIER_KEY_FILE="+c.file))
		if err == nil || !strings.Contains(err.Error(), "TOWNCRIER_KEY (key): ") || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("a file that %s: %v", name, err)
		}
	}
	if _, err := settled(t, "", goodEnv("TOWNCRIER_KEY_FILE="+secretIn(t, goodKey, 0o600))); err == nil || !strings.Contains(err.Error(), "keep one") {
		t.Errorf("both: %v", err)
	}
}
