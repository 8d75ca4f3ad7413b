// Package config is the table of settings: what each means, how it is read from a file and the environment, and what is refused or warned
// of.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"towncrier/plaintext"
	"towncrier/staff"
	"towncrier/store"
)

// Config is what is in force after the file and the environment were read. It is validated once, at start.
type Config struct {
	Listen    string         // host:port to serve on
	Metrics   string         // host:port to serve what is for operators on; "" for Listen
	Data      string         // folder for what towncrier keeps
	PublicURL string         // where the platforms reach this server; logged at start as the addresses to enter in their consoles
	Proxies   []netip.Prefix // reverse proxies in front, whose X-Forwarded-For is believed
	// Desk are the networks from which the console is used, by role; "" for roles that have none of their own. Empty for anywhere.
	Desk        map[staff.Role][]netip.Prefix
	Database    string          // SQLite file, or postgres://
	Redis       string          // embedded, redis://, rediss://, redis-sentinel://, redis-cluster://
	Content     string          // folder of the city's content; "" for the embedded one
	LogLevel    string          // debug, info, warn, error
	Key         []byte          // wraps the keys that seal personal data
	KeyPrevious []byte          // the Key before the last change; nil when there was none
	Insecure    []string        // kinds of unsafe settings that are allowed
	Unsafe      []UnsafeSetting // what of the settings is unsafe, and allowed
	InForce     []Shown         // every setting, as it may be shown

	WeChat    WeChatConfig
	SMS       SMSConfig
	Broadcast BroadcastConfig
	Retention Retention
}

// StopsLog is the file in which stops, their ends and erasures are written down once more: beside a SQLite file, else in the folder for
// what towncrier keeps.
func (c Config) StopsLog() string {
	if strings.Contains(c.Database, "://") {
		return filepath.Join(c.Data, store.StopsLogName)
	}
	return filepath.Join(filepath.Dir(c.Database), store.StopsLogName)
}

// DefaultDatabase is the SQLite file of who names no database.
func (c Config) DefaultDatabase() string { return filepath.Join(c.Data, "towncrier.db") }

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
	AccessKeyID      string
	AccessKeySecret  string
	Sign             string         // without 【】
	CodeTemplate     string         // of verification codes; its one variable is code
	StaffTemplate    string         // of the text that tells staff that their access changed; it has no variable. "" tells nobody
	CodesAMinute     int            // verification codes over all numbers; 0 for no limit
	CodesADay        int            // the same
	CallbackPrevious string         // the CallbackKey before the last change; "" when there was none
	CallbackNetworks []netip.Prefix // whence callbacks come; empty for anywhere
	CallbackKey      string         // last part of the callbacks' addresses: anybody who knows it may report receipts
	Endpoint         string         // base URL of the API
	ConnectTimeout   time.Duration
	Timeout          time.Duration // of a whole call; a call that is cut off is in doubt
	Concurrency      int           // calls under way at once
	Calls            int           // of them, of broadcasts
	Rate             int           // texts a second over all processes; 0 for no limit
	Price            int           // of a part of a text, in 1/1000 yuan
}

// BroadcastConfig says how broadcasts go.
type BroadcastConfig struct {
	Cap       int           // broadcasts that a resident gets in 7 days, emergencies not counted; 0 for no limit
	Tolerance int           // percent by which the audience may differ from the approved one without a confirmation
	Overdue   time.Duration // how late one may begin without a confirmation
	Approvals int           // people who approve one, emergencies not counted: 1, or 2
	TwoAbove  int           // recipients above which two approve even so; 0 for never
	Chunks    int           // of 100 under way at once in this process
	AskAgain  time.Duration // between two questions to a provider that knows nothing of a message in doubt
	Lease     time.Duration // of recipients that a process sends to
	Rest      time.Duration // the longest between two looks whether a provider answers again
}

// On says whether texts can be sent.
func (c SMSConfig) On() bool { return c.AccessKeyID != "" }

// Retention is how long what is not needed any more is kept; zero is for ever.
type Retention struct {
	Residents  time.Duration // since their last sign of life, for those who do not follow the account
	Broadcasts time.Duration // who got them, since they ended; at least broadcast.MinRetention
	Tickets    time.Duration // since they were answered or closed
	Questions  time.Duration // at most unanswered.Keep, and 0 for none
	Audit      time.Duration // at least audit.MinRetention
}

// Source is where settings come from: an optional TOML file and the environment, which wins.
type Source struct {
	file    string            // path, for messages; "" when there is none
	values  map[string]string // from the file, by dotted key
	env     map[string]string
	files   map[string]secretFile // secrets that stand in files of their own, by dotted key
	unknown []string              // keys of the file that no setting has
	exposed []UnsafeSetting       // files that others may read
}

// secretFile is a secret that stands in a file of its own.
type secretFile struct {
	path, text string
	err        error // names neither setting nor secret
}

// FileSuffix of a secret's variable names a file that holds it. In a TOML file the key ends in fileKey.
const (
	FileSuffix = "_FILE"
	fileKey    = "_file"
)

// Read reads the file (none when path is "") and the environment.
func Read(path string, environ []string) (Source, error) {
	src := Source{file: path, values: map[string]string{}, env: map[string]string{}, files: map[string]secretFile{}}
	for _, pair := range environ {
		if name, value, ok := strings.Cut(pair, "="); ok && strings.HasPrefix(name, "TOWNCRIER_") {
			src.env[name] = value
		}
	}
	if path != "" {
		if err := src.readTOML(path); err != nil {
			return src, err
		}
	}
	src.readSecrets()
	return src, nil
}

func (src *Source) readTOML(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("configuration file %s does not exist", path)
		}
		return fmt.Errorf("configuration file %s cannot be read: %w", path, errors.Unwrap(err))
	}
	if info, err := os.Stat(path); err == nil {
		if u, is := exposedFile(path, info); is {
			src.exposed = append(src.exposed, u)
		}
	}
	if text, err = plaintext.Decode(text); err != nil {
		return fmt.Errorf("configuration file %s: %w", path, err)
	}
	var tree map[string]any
	if err := toml.Unmarshal(text, &tree); err != nil {
		if at, ok := errors.AsType[*toml.DecodeError](err); ok {
			line, column := at.Position()
			return fmt.Errorf("%s:%d:%d: not TOML: %s", path, line, column, strings.TrimPrefix(at.Error(), "toml: "))
		}
		return fmt.Errorf("%s: not TOML: %w", path, err)
	}
	known := map[string]bool{}
	for _, s := range Settings() {
		known[s.Key], known[s.Key+fileKey] = true, s.Secret
	}
	flatten("", tree, func(key string, value any) {
		if !known[key] {
			src.unknown = append(src.unknown, key)
			return
		}
		if list, ok := value.([]any); ok {
			var texts []string
			for _, v := range list {
				texts = append(texts, fmt.Sprint(v))
			}
			value = strings.Join(texts, ",")
		}
		src.values[key] = fmt.Sprint(value)
	})
	slices.Sort(src.unknown)
	return nil
}

// readSecrets reads the secrets that stand in files of their own. One line break at the end of such a file is not the secret's.
func (src *Source) readSecrets() {
	for _, s := range Settings() {
		path, origin := src.env[s.Env()+FileSuffix], s.Env()
		if path == "" {
			path, origin = src.values[s.Key+fileKey], s.Key
		}
		if !s.Secret || path == "" || origin == s.Key && src.env[s.Env()] != "" {
			continue // the environment wins over the TOML file
		}
		f := secretFile{path: path}
		if src.env[s.Env()] != "" || origin == s.Key && src.values[s.Key] != "" {
			f.err = fmt.Errorf("is set, and a file of its own is named too (%s): keep one of them", path)
		} else {
			f.text, f.err = src.ReadSecret(path)
		}
		src.files[s.Key] = f
	}
}

// ReadSecret reads a file that holds a secret and nothing else, and notes when others may read it.
func (src *Source) ReadSecret(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("its file %s cannot be read: %w", path, errors.Unwrap(err))
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return "", fmt.Errorf("its file %s cannot be read: %w", path, errors.Unwrap(err))
	}
	const most = 64 << 10
	text, err := io.ReadAll(io.LimitReader(file, most+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("its file %s cannot be read: %w", path, errors.Unwrap(err))
	case len(text) > most:
		return "", fmt.Errorf("its file %s is longer than %d bytes: it holds the secret and nothing else", path, most)
	}
	if u, is := exposedFile(path, info); is {
		src.exposed = append(src.exposed, u)
	}
	if text, err = plaintext.Decode(text); err != nil {
		return "", fmt.Errorf("its file %s: %w", path, err)
	}
	secret := strings.TrimSuffix(string(text), "\n")
	if secret == "" {
		return "", fmt.Errorf("its file %s is empty", path)
	}
	return secret, nil
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

// Getenv is a variable that is no setting, "" when it is not set.
func (src Source) Getenv(name string) string { return src.env[name] }

// Lookup returns a setting's text and where it came from.
func (src Source) Lookup(s Setting) (text, origin string) {
	if v, ok := src.env[s.Env()]; ok && v != "" {
		return v, s.Env()
	}
	if f, ok := src.files[s.Key]; ok {
		return f.text, f.path
	}
	if v, ok := src.values[s.Key]; ok && v != "" {
		return v, src.file
	}
	return s.Default, "default"
}

// Only leaves every setting but one at its default.
func (src Source) Only(key string) Source {
	name := Setting{Key: key}.Env()
	return Source{file: src.file, values: map[string]string{key: src.values[key]}, env: map[string]string{name: src.env[name]}}
}

// Config applies every setting and names every problem at once. need lists the keys that must be set.
func (src Source) Config(need ...string) (Config, error) {
	var c Config
	var wrong []string
	refused := map[string]bool{} // keys whose value was refused: nothing is said besides of their being without one
	for _, key := range src.unknown {
		wrong = append(wrong, fmt.Sprintf("%s: %s is not a setting%s", src.file, key, meantKey(key)))
	}
	for _, s := range src.Unknown() {
		if s.Meant != "" {
			wrong = append(wrong, s.String())
		}
	}
	for _, s := range Settings() {
		text, _ := src.Lookup(s)
		if err := cmp.Or(src.files[s.Key].err, blemish(text)); err != nil {
			wrong = append(wrong, fmt.Sprintf("%s (%s): %v", s.Env(), s.Key, err))
			refused[s.Key] = true
			continue
		}
		if text == "" && slices.Contains(need, s.Key) {
			wrong = append(wrong, fmt.Sprintf("%s (%s) is not set: %s", s.Env(), s.Key, s.Meaning))
			continue
		}
		if err := s.apply(&c, text); err != nil {
			wrong = append(wrong, fmt.Sprintf("%s (%s): %v", s.Env(), s.Key, err))
			refused[s.Key] = true
		}
	}
	if c.Database == "" {
		c.Database = c.DefaultDatabase()
	}
	wrong = append(wrong, c.checkSMS(refused)...)
	c.Unsafe = src.unsafe(c, refused)
	c.InForce = src.shown()
	wrong = append(wrong, c.refused(c.Unsafe)...)
	if len(wrong) > 0 {
		return c, &Error{wrong}
	}
	return c, nil
}

// checkSMS refuses half an account: SMS is whole or off.
func (c Config) checkSMS(refused map[string]bool) (wrong []string) {
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
			set = Setting{Key: p.key}.Env()
		}
	}
	for _, p := range parts {
		if set != "" && p.value == "" && !refused[p.key] {
			wrong = append(wrong, fmt.Sprintf("%s (%s) is not set, but %s is: SMS needs all of its settings, or none to be off",
				Setting{Key: p.key}.Env(), p.key, set))
		}
	}
	if c.SMS.Timeout > 0 && c.SMS.ConnectTimeout > c.SMS.Timeout { // 0 when it was refused above
		wrong = append(wrong, fmt.Sprintf("TOWNCRIER_SMS_CONNECT_TIMEOUT (sms.connect_timeout): %s is longer than a whole call may take (sms.timeout, %s)",
			c.SMS.ConnectTimeout, c.SMS.Timeout))
	}
	if c.SMS.On() && c.SMS.Calls >= c.SMS.Concurrency {
		wrong = append(wrong, fmt.Sprintf("TOWNCRIER_SMS_CALLS (sms.calls): %d leaves none of the %d calls of sms.concurrency to verification codes; want fewer, or more of those",
			c.SMS.Calls, c.SMS.Concurrency))
	}
	return wrong
}

// meantKey says which key of a file another may be a misspelling of, else where they stand.
func meantKey(key string) string {
	meant := nearest(Setting{Key: key}.Env(), knownVariables())
	for _, s := range Settings() {
		if s.Env() == meant {
			return ": did you mean " + s.Key + "?"
		}
	}
	return "; `towncrier config` lists them: TOWNCRIER_SMS_RATE is rate under [sms]"
}

// Error lists what is wrong, one problem a line.
type Error struct{ Problems []string }

func (e *Error) Error() string {
	return "the configuration has problems:\n  " + strings.Join(e.Problems, "\n  ")
}

// ServeNeeds are the settings without which production does not start; the AES keys are optional.
var ServeNeeds = []string{"key", "wechat.app_id", "wechat.secret", "wechat.token"}
