package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	"towncrier/kv"
	"towncrier/seal"
)

// setting is one key: how it is named, what it is for, and how its text becomes part of a Config. The environment
// variable is TOWNCRIER_ and the key in capitals, dots turned into underscores.
type setting struct {
	key     string
	def     string
	secret  bool
	meaning string
	apply   func(c *Config, text string) error
}

func (s setting) env() string {
	return "TOWNCRIER_" + strings.ToUpper(strings.ReplaceAll(s.key, ".", "_"))
}

var (
	appIDForm  = regexp.MustCompile(`^wx[0-9a-zA-Z]+$`)
	secretForm = regexp.MustCompile(`^[0-9a-zA-Z]+$`)
	tokenForm  = regexp.MustCompile(`^[0-9a-zA-Z]{3,32}$`)
	aesKeyForm = regexp.MustCompile(`^[0-9a-zA-Z]{43}$`)
)

// settings lists every key in the order in which `towncrier config` prints them.
func settings() []setting {
	text := func(field func(*Config) *string) func(*Config, string) error {
		return func(c *Config, s string) error { *field(c) = s; return nil }
	}
	form := func(field func(*Config) *string, re *regexp.Regexp, want string) func(*Config, string) error {
		return func(c *Config, s string) error {
			if s != "" && !re.MatchString(s) {
				return errors.New(want)
			}
			*field(c) = s
			return nil
		}
	}
	return []setting{
		{key: "listen", def: "127.0.0.1:8080", meaning: "host:port to serve on", apply: applyListen},
		{key: "data", def: "data", meaning: "folder for the embedded database", apply: text(func(c *Config) *string { return &c.Data })},
		{key: "public_url", meaning: "where the platform reaches this server, such as https://talk.example.gov.cn",
			apply: applyURL(func(c *Config) *string { return &c.PublicURL })},
		{key: "database", meaning: "SQLite file (default: towncrier.db in the data folder) or postgres://",
			apply: applyDatabase, secret: true},
		{key: "redis", def: "embedded", meaning: "embedded, redis://, rediss://, redis-sentinel:// or redis-cluster://",
			apply: applyRedis, secret: true},
		{key: "content", meaning: "folder of the city's content (default: the one built in)",
			apply: applyContent},
		{key: "log_level", def: "info", meaning: "debug, info, warn or error", apply: applyLogLevel},
		{key: "key", secret: true, meaning: "32 bytes in standard base64; seals personal data", apply: applyKey},
		{key: "wechat.app_id", meaning: "the Official Account's AppID",
			apply: form(func(c *Config) *string { return &c.WeChat.AppID }, appIDForm, "an AppID is wx and letters and digits, usually 16")},
		{key: "wechat.secret", secret: true, meaning: "the Official Account's AppSecret",
			apply: form(func(c *Config) *string { return &c.WeChat.Secret }, secretForm, "an AppSecret is letters and digits, usually 32")},
		{key: "wechat.token", secret: true, meaning: "the Token of the server configuration",
			apply: form(func(c *Config) *string { return &c.WeChat.Token }, tokenForm, "a Token is 3 to 32 letters and digits")},
		{key: "wechat.aes_key", secret: true, meaning: "the EncodingAESKey; without it messages travel in plaintext",
			apply: form(func(c *Config) *string { return &c.WeChat.AESKey }, aesKeyForm, "an EncodingAESKey is 43 letters and digits")},
		{key: "wechat.aes_key_previous", secret: true, meaning: "the EncodingAESKey before the last change",
			apply: form(func(c *Config) *string { return &c.WeChat.AESKeyPrevious }, aesKeyForm, "an EncodingAESKey is 43 letters and digits")},
		{key: "wechat.api", def: "https://api.weixin.qq.com", meaning: "base URL of the platform's API",
			apply: applyURL(func(c *Config) *string { return &c.WeChat.API })},
	}
}

func applyListen(c *Config, s string) error {
	host, port, err := net.SplitHostPort(s)
	if err != nil || port == "" {
		return fmt.Errorf("%q is not host:port; write it as 127.0.0.1:8080 or :8080", s)
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return fmt.Errorf("%q has no port between 0 and 65535; write it as 127.0.0.1:8080", s)
	}
	c.Listen = net.JoinHostPort(host, port)
	return nil
}

func applyURL(field func(*Config) *string) func(*Config, string) error {
	return func(c *Config, s string) error {
		if s == "" {
			*field(c) = ""
			return nil
		}
		u, err := url.Parse(s)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return errors.New("not a base URL; write it as https://host or http://host:port/path, without user, query or fragment")
		}
		*field(c) = strings.TrimRight(s, "/")
		return nil
	}
}

func applyRedis(c *Config, s string) error {
	if err := kv.Check(s); err != nil {
		return err
	}
	c.Redis = s
	return nil
}

func applyDatabase(c *Config, s string) error {
	scheme, _, isURL := strings.Cut(s, "://")
	if isURL && scheme != "postgres" && scheme != "postgresql" {
		return errors.New("not a database that is known; name a file for SQLite, or write postgres://user:password@host/database")
	}
	if !isURL && (strings.HasPrefix(s, "file:") || strings.HasPrefix(s, ":memory:") || strings.Contains(s, "host=") || strings.Contains(s, "password=")) {
		return errors.New("neither a plain file name, such as data/towncrier.db, nor a URL, such as postgres://user:password@host/database")
	}
	c.Database = s
	return nil
}

func applyContent(c *Config, s string) error {
	if s != "" {
		info, err := os.Stat(s)
		if err != nil {
			return fmt.Errorf("%q: %w; name a folder with city.yaml, notices/ and intents/", s, errors.Unwrap(err))
		}
		if !info.IsDir() {
			return fmt.Errorf("%q is not a folder; name one with city.yaml, notices/ and intents/", s)
		}
	}
	c.Content = s
	return nil
}

func applyLogLevel(c *Config, s string) error {
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, s) {
		return fmt.Errorf("%q is not debug, info, warn or error", s)
	}
	c.LogLevel = s
	return nil
}

func applyKey(c *Config, s string) error {
	if s == "" {
		return nil
	}
	key, err := seal.ParseKey(s)
	if err != nil {
		return err
	}
	c.Key = key
	return nil
}
