package config

import (
	"net/url"
	"strings"

	"towncrier/kv"
)

// Setting is one key: how it is named, what it is for, and how its text becomes part of a Config. The environment
// variable is TOWNCRIER_ and the key in capitals, dots turned into underscores.
type Setting struct {
	Key     string
	Label   string // what officials call it, in Chinese
	Default string
	Secret  bool // its value is never shown
	Meaning string
	apply   func(c *Config, text string) error
	// unsafe says why a value that can be applied endangers residents, and by which word of TOWNCRIER_INSECURE it is allowed all the
	// same; "" for neither. nil for settings of which every value is safe.
	unsafe func(text string) (word, why string)
}

// Env is the setting's environment variable.
func (s Setting) Env() string {
	return "TOWNCRIER_" + strings.ToUpper(strings.ReplaceAll(s.Key, ".", "_"))
}

// Masked is a value fit to be shown: that a secret is set without a character of it, and of a URL only scheme, user, host and path. What is
// refused is not shown at all: it may be a secret in the wrong place. "-" is a setting without a value.
func (s Setting) Masked(text string) string {
	switch {
	case text == "":
		return "-"
	case s.Check(text) != nil:
		return "(refused)"
	case !s.Secret:
		return text
	case s.Key == "redis":
		return kv.Redact(text)
	case s.Key == "database":
		return maskedDatabase(text)
	}
	return "(set)"
}

func maskedDatabase(text string) string {
	if !strings.Contains(text, "://") {
		return text
	}
	u, err := url.Parse(text)
	if err != nil {
		return "(set)"
	}
	u.RawQuery, u.Fragment = "", ""
	if _, given := u.User.Password(); given {
		u.User = url.UserPassword(u.User.Username(), "xxxxx")
	}
	return u.String()
}

// Check says what is wrong with a value.
func (s Setting) Check(text string) error { return s.apply(&Config{}, text) }
