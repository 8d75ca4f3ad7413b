package rehearsal

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"towncrier/cmd/towncrier/config"
	"towncrier/plaintext"
	pretendsms "towncrier/sandbox/sms"
	"towncrier/seal"
)

// rehearsalSettings are the only ones that a rehearsal takes from its surroundings; everything else it makes itself.
var takenSettings = []string{"listen", "data", "content", "log_level", "insecure"}

// rehearsalRate is how many messages a second go on each line, so that one can watch a broadcast to two thousand for half a minute.
const sendRate = 50

// Config is that of a server, and what a rehearsal makes up.
type Config struct {
	config.Config
	Residents int  // 1 to 9999, of a new rehearsal
	History   bool // a new rehearsal of the built-in city, with 100 residents or more, has three weeks behind it
}

// NewConfig makes a rehearsal's own settings. It refuses real credentials, and to be reachable from outside: the
// sandbox lets anyone who reaches it speak as any resident.
func NewConfig(src config.Source) (Config, error) {
	var refused []string
	for _, s := range config.Settings() {
		if _, origin := src.Lookup(s); origin != "default" && !slices.Contains(takenSettings, s.Key) {
			refused = append(refused, fmt.Sprintf("%s (%s) is set: a rehearsal makes its own; unset it, or use `towncrier serve`", s.Env(), s.Key))
		}
	}
	cfg, err := src.Config()
	if bad, ok := errors.AsType[*config.Error](err); ok {
		for _, line := range bad.Problems {
			if !mentionsAny(line, refused) {
				refused = append(refused, line)
			}
		}
	}
	if host, _, err := net.SplitHostPort(cfg.Listen); err == nil && !config.IsLoopback(host) {
		refused = append(refused, fmt.Sprintf("TOWNCRIER_LISTEN (listen): %q is not loopback; a rehearsal listens on 127.0.0.1:PORT only", cfg.Listen))
	}
	if len(refused) > 0 {
		return Config{}, &config.Error{Problems: refused}
	}

	cfg.Data = filepath.Join(cfg.Data, "rehearsal")
	cfg.Database = cfg.DefaultDatabase()
	if cfg.Key, err = databaseKey(cfg.Data); err != nil {
		return Config{}, err
	}
	cfg.WeChat = config.WeChatConfig{
		AppID:  "wx" + strings.Repeat("0", 8) + "5a4d0b0c", // visibly none of the platform's
		Secret: randomText(32),
		Token:  randomText(24),
		AESKey: randomText(43),
		Rate:   sendRate,
	}
	cfg.SMS.Rate = sendRate
	cfg.SMS.AccessKeyID, cfg.SMS.AccessKeySecret = "LTAI"+randomText(20), randomText(30)
	cfg.SMS.Sign, cfg.SMS.CodeTemplate = pretendsms.DefaultSign, pretendsms.DefaultTemplates()[0].Code
	cfg.SMS.StaffTemplate = pretendsms.DefaultStaffTemplate
	cfg.SMS.CallbackKey = randomText(40)
	for key, made := range map[string]string{
		"data": cfg.Data, "key": base64.StdEncoding.EncodeToString(cfg.Key), "wechat.app_id": cfg.WeChat.AppID, "wechat.secret": cfg.WeChat.Secret,
		"wechat.token": cfg.WeChat.Token, "wechat.aes_key": cfg.WeChat.AESKey, "wechat.rate": strconv.Itoa(cfg.WeChat.Rate),
		"sms.access_key_id": cfg.SMS.AccessKeyID, "sms.access_key_secret": cfg.SMS.AccessKeySecret, "sms.sign": cfg.SMS.Sign,
		"sms.code_template": cfg.SMS.CodeTemplate, "sms.staff_template": cfg.SMS.StaffTemplate, "sms.callback_key": cfg.SMS.CallbackKey,
		"sms.rate": strconv.Itoa(cfg.SMS.Rate),
	} {
		cfg.Note(key, made, madeUp)
	}
	return Config{Config: cfg, Residents: DefaultResidents}, nil
}

// madeUp is where settings of a rehearsal come from.
const madeUp = "rehearsal"

// databaseKey keeps the key beside the rehearsal's database, so that what one rehearsal filed the next can read.
func databaseKey(folder string) ([]byte, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("TOWNCRIER_DATA (data): make the rehearsal's folder: %w", err)
	}
	file := filepath.Join(folder, "key")
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		key := seal.NewKey()
		err := os.WriteFile(file, []byte(base64.StdEncoding.EncodeToString(key)+"\n"), 0o600)
		if err != nil {
			return nil, fmt.Errorf("TOWNCRIER_DATA (data): keep the rehearsal's key: %w", err)
		}
		return key, nil
	}
	if err != nil {
		return nil, fmt.Errorf("TOWNCRIER_DATA (data): read the rehearsal's key: %w", err)
	}
	if text, err = plaintext.Decode(text); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	key, err := seal.ParseKey(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w; delete the folder to begin a new rehearsal", file, err)
	}
	return key, nil
}

// KeptResidents is how many residents a rehearsal has: what is wanted of a new one. One that goes on keeps what it began
// with, or the pretend platforms would not know people that the city knows.
func KeptResidents(folder string, wanted int, asked bool) (int, error) {
	file := filepath.Join(folder, "residents")
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(file, []byte(strconv.Itoa(wanted)+"\n"), 0o600); err != nil {
			return 0, fmt.Errorf("TOWNCRIER_DATA (data): keep the number of the rehearsal's residents: %w", err)
		}
		return wanted, nil
	}
	if err != nil {
		return 0, fmt.Errorf("TOWNCRIER_DATA (data): read the number of the rehearsal's residents: %w", err)
	}
	kept, err := strconv.Atoi(strings.TrimSpace(string(text)))
	switch {
	case err != nil || kept < 1 || kept > 9999:
		return 0, fmt.Errorf("%s is not a number from 1 to 9999; delete the folder to begin a new rehearsal", file)
	case asked && kept != wanted:
		return 0, fmt.Errorf("--residents %d: the rehearsal in %s has %d; leave the flag out, or delete the folder to begin a new one", wanted, folder, kept)
	}
	return kept, nil
}

// randomText makes n random letters and digits, as the platform's console does.
func randomText(n int) string {
	var b strings.Builder
	for b.Len() < n {
		b.WriteString(rand.Text())
	}
	return b.String()[:n]
}

// mentionsAny reports whether a line's Setting is among those already refused.
func mentionsAny(line string, refused []string) bool {
	name, _, _ := strings.Cut(line, " ")
	for _, r := range refused {
		if strings.HasPrefix(r, name+" ") {
			return true
		}
	}
	return false
}
