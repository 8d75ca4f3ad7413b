package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// Config is what is in force after the file and the environment were read. It is validated once, at start.
type Config struct {
	Listen      string         // host:port to serve on
	Data        string         // folder for what towncrier keeps
	PublicURL   string         // where the platforms reach this server; logged at start as the addresses to enter in their consoles
	Proxies     []netip.Prefix // reverse proxies in front, whose X-Forwarded-For is believed
	Database    string         // SQLite file, or postgres://
	Redis       string         // embedded, redis://, rediss://, redis-sentinel://, redis-cluster://
	Content     string         // folder of the city's content; "" for the embedded one
	LogLevel    string         // debug, info, warn, error
	Key         []byte         // wraps the keys that seal personal data
	KeyPrevious []byte         // the Key before the last change; nil when there was none

	WeChat    WeChatConfig
	SMS       SMSConfig
	Broadcast BroadcastConfig
	Retention Retention
	Residents int // of a rehearsal
}

// defaultDatabase is the SQLite file of who names no database.
func (c Config) defaultDatabase() string { return filepath.Join(c.Data, "towncrier.db") }

// WeChatConfig is the Official Account.
type WeChatConfig struct {
	AppID          string
	Secret         string
	Token          string
	AESKey         string // "" for plaintext mode
	AESKeyPrevious string // still accepted while the platform changes over
	API            string // base URL of the platform's API
	Concurrency    int    // template messages and notifications under way at once
	Rate           int    // the same a second over all processes; 0 for no limit
}

// SMSConfig is the account at Alibaba Cloud SMS. With none of its credentials set, SMS is off.
type SMSConfig struct {
	AccessKeyID     string
	AccessKeySecret string
	Sign            string // without 【】
	CodeTemplate    string // of verification codes; its one variable is code
	CallbackKey     string // last part of the callbacks' addresses: whoever knows it may report receipts
	Endpoint        string // base URL of the API
	ConnectTimeout  time.Duration
	Timeout         time.Duration // of a whole call; a call that is cut off is in doubt
	Concurrency     int           // calls under way at once
	Rate            int           // texts a second over all processes; 0 for no limit
	Price           int           // of a part of a text, in 1/1000 yuan
}

// BroadcastConfig says how broadcasts go.
type BroadcastConfig struct {
	Cap       int           // broadcasts that a resident gets in 7 days, emergencies not counted; 0 for no limit
	Tolerance int           // percent by which the audience may differ from the approved one without a second yes
	Overdue   time.Duration // how late one may begin without a second yes
	Chunks    int           // of 100 under way at once in this process
	AskAgain  time.Duration // between two questions to a provider that knows nothing of a message in doubt
	Lease     time.Duration // of recipients that a process sends to
}

// On says whether texts can be sent.
func (c SMSConfig) On() bool { return c.AccessKeyID != "" }

// Retention is how long what is not needed any more is kept; zero is for ever.
type Retention struct {
	Residents  time.Duration // since their last sign of life, for those who do not follow the account
	Broadcasts time.Duration // who got them, since they ended; at least broadcast.MinRetention
	Audit      time.Duration // at least audit.MinRetention
}

// source is where settings come from: an optional TOML file and the environment, which wins.
type source struct {
	file   string            // path, for messages; "" when there is none
	values map[string]string // from the file, by dotted key
	env    map[string]string
	strays []string // keys of the file that no setting has
}

// readSource reads the file (none when path is "") and the environment.
func readSource(path string, environ []string) (source, error) {
	src := source{file: path, values: map[string]string{}, env: map[string]string{}}
	for _, pair := range environ {
		if name, value, ok := strings.Cut(pair, "="); ok && strings.HasPrefix(name, "TOWNCRIER_") {
			src.env[name] = value
		}
	}
	if path == "" {
		return src, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return src, fmt.Errorf("configuration file %s does not exist", path)
		}
		return src, fmt.Errorf("configuration file %s cannot be read: %w", path, errors.Unwrap(err))
	}
	var tree map[string]any
	if err := toml.Unmarshal(text, &tree); err != nil {
		if at, ok := errors.AsType[*toml.DecodeError](err); ok {
			line, column := at.Position()
			return src, fmt.Errorf("%s:%d:%d: not TOML: %s", path, line, column, strings.TrimPrefix(at.Error(), "toml: "))
		}
		return src, fmt.Errorf("%s: not TOML: %w", path, err)
	}
	known := map[string]bool{}
	for _, s := range settings() {
		known[s.key] = true
	}
	flatten("", tree, func(key string, value any) {
		if !known[key] {
			src.strays = append(src.strays, key)
			return
		}
		src.values[key] = fmt.Sprint(value)
	})
	slices.Sort(src.strays)
	return src, nil
}

func flatten(prefix string, tree map[string]any, visit func(key string, value any)) {
	for name, value := range tree {
		key := name
		if prefix != "" {
			key = prefix + "." + name
		}
		if sub, ok := value.(map[string]any); ok {
			flatten(key, sub, visit)
			continue
		}
		visit(key, value)
	}
}

// lookup returns a setting's text and where it came from.
func (src source) lookup(s setting) (text, origin string) {
	if v, ok := src.env[s.env()]; ok && v != "" {
		return v, s.env()
	}
	if v, ok := src.values[s.key]; ok && v != "" {
		return v, src.file
	}
	return s.def, "default"
}

// only leaves every setting but one at its default.
func (src source) only(key string) source {
	name := setting{key: key}.env()
	return source{file: src.file, values: map[string]string{key: src.values[key]}, env: map[string]string{name: src.env[name]}}
}

// config applies every setting and names every problem at once. need lists the keys that must be set.
func (src source) config(need ...string) (Config, error) {
	var c Config
	var wrong []string
	for _, key := range src.strays {
		wrong = append(wrong, fmt.Sprintf("%s: %s is not a setting; `towncrier config` lists them", src.file, key))
	}
	for _, s := range settings() {
		text, _ := src.lookup(s)
		if text == "" && slices.Contains(need, s.key) {
			wrong = append(wrong, fmt.Sprintf("%s (%s) is not set: %s", s.env(), s.key, s.meaning))
			continue
		}
		if err := s.apply(&c, text); err != nil {
			wrong = append(wrong, fmt.Sprintf("%s (%s): %v", s.env(), s.key, err))
		}
	}
	if c.Database == "" {
		c.Database = c.defaultDatabase()
	}
	wrong = append(wrong, c.checkSMS()...)
	if len(wrong) > 0 {
		return c, &configError{wrong}
	}
	return c, nil
}

// checkSMS refuses half an account: SMS is whole or off.
func (c Config) checkSMS() (wrong []string) {
	parts := []struct{ key, value string }{
		{"sms.access_key_id", c.SMS.AccessKeyID},
		{"sms.access_key_secret", c.SMS.AccessKeySecret},
		{"sms.sign", c.SMS.Sign},
		{"sms.code_template", c.SMS.CodeTemplate},
		{"sms.callback_key", c.SMS.CallbackKey},
	}
	var set string
	for _, p := range parts {
		if p.value != "" && set == "" {
			set = setting{key: p.key}.env()
		}
	}
	for _, p := range parts {
		if set != "" && p.value == "" {
			wrong = append(wrong, fmt.Sprintf("%s (%s) is not set, but %s is: SMS needs all of its settings, or none to be off",
				setting{key: p.key}.env(), p.key, set))
		}
	}
	if c.SMS.ConnectTimeout > c.SMS.Timeout {
		wrong = append(wrong, fmt.Sprintf("TOWNCRIER_SMS_CONNECT_TIMEOUT (sms.connect_timeout): %s is longer than a whole call may take (sms.timeout, %s)",
			c.SMS.ConnectTimeout, c.SMS.Timeout))
	}
	return wrong
}

// unknownEnv lists variables that look like ours and are not. They are only warned about: an orchestrator may inject
// such names for a service called towncrier (TOWNCRIER_PORT=tcp://…).
func (src source) unknownEnv() []string {
	known := map[string]bool{"TOWNCRIER_CONFIG": true, urlEnv: true, keyEnv: true}
	for _, s := range settings() {
		known[s.env()] = true
	}
	var names []string
	for name := range src.env {
		if !known[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// configError lists what is wrong, one problem a line.
type configError struct{ wrong []string }

func (e *configError) Error() string {
	return "the configuration has problems:\n  " + strings.Join(e.wrong, "\n  ")
}
