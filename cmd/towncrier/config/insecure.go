package config

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strings"

	"towncrier/kv"
	"towncrier/store"
)

// insecureWords are what TOWNCRIER_INSECURE may list, each a kind of unsafe setting that is refused otherwise.
var insecureWords = []string{"plaintext", "token", "http", "tls", "key", "mode"}

// UnsafeSetting is one that is taken only when TOWNCRIER_INSECURE lists its word.
type UnsafeSetting struct {
	word string
	name string // of the setting, or the file
	why  string // what is wrong, and what would be right; no secret
}

func (u UnsafeSetting) String() string {
	return fmt.Sprintf("%s: %s. For a rehearsal or a test, list %s in TOWNCRIER_INSECURE", u.name, u.why, u.word)
}

func applyInsecure(c *Config, s string) error {
	var unknown []string
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ' ' }) {
		if !slices.Contains(insecureWords, word) {
			unknown = append(unknown, fmt.Sprintf("%q", word))
		}
		c.Insecure = append(c.Insecure, word)
	}
	if len(unknown) > 0 {
		return fmt.Errorf("%s is none of its words: it lists some of %s, separated by commas", strings.Join(unknown, ", "), strings.Join(insecureWords, ", "))
	}
	return nil
}

// unsafe lists what of the settings is unsafe, allowed or not, in the order of settings.
func (src Source) unsafe(c Config, refused map[string]bool) []UnsafeSetting {
	found := slices.Clone(src.exposed)
	for _, s := range Settings() {
		text, origin := src.Lookup(s)
		if s.unsafe == nil || text == "" || origin == "default" {
			continue
		}
		if word, why := s.unsafe(text); why != "" {
			found = append(found, UnsafeSetting{word, fmt.Sprintf("%s (%s)", s.Env(), s.Key), why})
		}
	}
	if c.WeChat.Token != "" && c.WeChat.AESKey == "" && !refused["wechat.aes_key"] {
		found = append(found, UnsafeSetting{"plaintext", "TOWNCRIER_WECHAT_AES_KEY (wechat.aes_key)",
			"is not set: in plaintext mode WeChat signs no message's body, so one captured address lets anybody speak as any resident; " +
				"choose secure mode in the platform's console and set its EncodingAESKey"})
	}
	return found
}

// refused lists what is unsafe and not allowed.
func (c Config) refused(found []UnsafeSetting) (wrong []string) {
	for _, u := range found {
		if !slices.Contains(c.Insecure, u.word) {
			wrong = append(wrong, u.String())
		}
	}
	return wrong
}

// WarnInsecure logs every unsafe setting that is allowed, and every permission that nothing needs.
func (c Config) WarnInsecure(log *slog.Logger) {
	for _, u := range c.Unsafe {
		log.Warn("an unsafe setting is allowed by TOWNCRIER_INSECURE", "word", u.word, "setting", u.name, "problem", u.why)
	}
	for _, word := range c.Insecure {
		if !slices.ContainsFunc(c.Unsafe, func(u UnsafeSetting) bool { return u.word == word }) {
			log.Warn("TOWNCRIER_INSECURE lists what no setting needs: take it away", "word", word)
		}
	}
}

// shortToken refuses a Token that can be guessed from one signature: the platform signs with it alone.
func shortToken(text string) (word, why string) {
	const least = 16
	if len(text) >= least {
		return "", ""
	}
	return "token", fmt.Sprintf("has %d characters: who sees one signed address finds it by trying; make it 32 random letters and digits, at least %d, here and in the platform's console", len(text), least)
}

// overHTTP refuses addresses that are reached in the clear, except on this machine.
func overHTTP(text string) (word, why string) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" || IsLoopback(u.Hostname()) {
		return "", ""
	}
	return "http", fmt.Sprintf("%s is reached without TLS, and everybody on the way reads and changes what passes; write it as https://", u.Host)
}

// overPlainPostgres refuses a database whose connections may go without TLS, except on this machine.
func overPlainPostgres(text string) (word, why string) {
	if !strings.Contains(text, "://") {
		return "", ""
	}
	host, err := store.Unencrypted(text)
	if err != nil || host == "" {
		return "", ""
	}
	return "tls", fmt.Sprintf("the connection to %s may go without TLS; add sslmode=verify-full, or at least sslmode=require, to the URL", host)
}

// overPlainRedis is the same for Redis.
func overPlainRedis(text string) (word, why string) {
	host := kv.Unencrypted(text)
	if host == "" {
		return "", ""
	}
	return "tls", fmt.Sprintf("the connection to %s goes without TLS; write it with rediss in place of redis", host)
}

// guessableKey refuses a key that was typed rather than drawn: base64 of 32 bytes.
func guessableKey(text string) (word, why string) {
	var c Config
	if applyKey(func(c *Config) *[]byte { return &c.Key })(&c, text) != nil {
		return "", ""
	}
	printable := !slices.ContainsFunc(c.Key, func(b byte) bool { return b < ' ' || b > '~' })
	if !printable && !patterned(c.Key) { // 32 random bytes are all printable once in 10^13 keys
		return "", ""
	}
	return "key", "has a pattern that no random key has, so it can be guessed; make one with `head -c 32 /dev/urandom | base64`"
}

// guessableName is the same for letters and digits.
func guessableName(text string) (word, why string) {
	if !patterned([]byte(text)) {
		return "", ""
	}
	return "key", "has a pattern that no random text has, so it can be guessed; make one with `head -c 32 /dev/urandom | xxd -p -c 64`"
}

// patterned tells bytes with little entropy, such as zeros, a run of the alphabet or a word said again, from random ones. Of 32 or more
// random digits, let alone bytes, more than half of the neighbouring pairs are different ones, and so are 8 of the steps between
// neighbours: a random key is refused less than once in 10^8.
func patterned(key []byte) bool {
	pairs, steps := map[[2]byte]bool{}, map[byte]bool{}
	for i := 1; i < len(key); i++ {
		pairs[[2]byte{key[i-1], key[i]}] = true
		steps[key[i]-key[i-1]] = true
	}
	return 2*len(pairs) <= len(key) || len(steps) < 8
}

// exposedFile tells of a file of settings or of a secret that others of this machine may read or write.
func exposedFile(name string, info fs.FileInfo) (UnsafeSetting, bool) {
	mode := info.Mode().Perm()
	if mode&0o007 == 0 {
		return UnsafeSetting{}, false
	}
	return UnsafeSetting{"mode", name, fmt.Sprintf("has mode %04o, so that every user of the machine may %s it; give it mode 0600, or 0640",
		mode, map[bool]string{true: "change", false: "read"}[mode&0o002 != 0])}, true
}

// blemish says what a value has around it that nobody meant to write; "" for none.
func blemish(text string) error {
	if text == "" {
		return nil
	}
	trimmed := strings.TrimSpace(text)
	switch last, first := text[len(text)-1], text[0]; {
	case trimmed == "":
		return errors.New("is blank: write a value, or leave it out")
	case last == '\n' || last == '\r':
		return errors.New("ends in a line break: take it away")
	case len(strings.TrimRight(text, " \t")) < len(text):
		return errors.New("ends in a blank: take it away")
	case trimmed != text && strings.HasSuffix(text, trimmed):
		return errors.New("begins with a blank or a line break: take it away")
	case trimmed != text:
		return errors.New("ends in a blank character: take it away")
	case strings.ContainsAny(text, "\n\r"):
		return errors.New("has a line break in it: write it in one line")
	case strings.HasPrefix(text, "\ufeff"):
		return errors.New("begins with a byte order mark: save its file as UTF-8 without one")
	case len(text) > 1 && first == last && (first == '"' || first == '\''):
		return errors.New("stands in quotation marks, which are taken literally here: take them away")
	}
	return nil
}

// IsLoopback says whether a host is this machine.
func IsLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
