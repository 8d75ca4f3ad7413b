package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"towncrier/kv"
	"towncrier/seal"
	"towncrier/staff"
)

func applyListen(field func(*Config) *string) func(*Config, string) error {
	return func(c *Config, s string) error {
		if s == "" {
			*field(c) = ""
			return nil
		}
		host, port, err := net.SplitHostPort(s)
		if err != nil || port == "" {
			return fmt.Errorf("%q is not host:port; write it as 127.0.0.1:8080 or :8080", s)
		}
		if _, err := net.LookupPort("tcp", port); err != nil {
			return fmt.Errorf("%q has no port between 0 and 65535; write it as 127.0.0.1:8080", s)
		}
		*field(c) = net.JoinHostPort(host, port)
		return nil
	}
}

func applySign(c *Config, s string) error {
	if s != "" && !signForm.MatchString(s) {
		return errors.New("a sign has 2 to 12 characters without brackets, spaces or punctuation")
	}
	if strings.Contains(s, "测试") || strings.Contains(strings.ToLower(s), "test") {
		return errors.New("a sign may not have 测试 or test in it: no carrier registers it; write the one that is registered")
	}
	c.SMS.Sign = s
	return nil
}

func applyURL(field func(*Config) *string) func(*Config, string) error {
	return func(c *Config, s string) (err error) {
		*field(c), err = ParseBaseURL(s)
		return err
	}
}

// ParseBaseURL takes a base URL without user, query and fragment, and cuts the slash at its end; "" stays.
func ParseBaseURL(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("not a base URL; write it as https://host or http://host:port/path, without user, query or fragment")
	}
	return strings.TrimRight(s, "/"), nil
}

func applyNetworks(field func(*Config) *[]netip.Prefix) func(*Config, string) error {
	return func(c *Config, s string) error {
		for text := range strings.FieldsFuncSeq(s, betweenNetworks) {
			network, err := parseNetwork(text)
			if err != nil {
				return err
			}
			*field(c) = append(*field(c), network)
		}
		return nil
	}
}

func betweenNetworks(r rune) bool { return r == ',' || r == ' ' }

// parseNetwork reads a network, or an address as the network that holds it alone.
func parseNetwork(text string) (netip.Prefix, error) {
	network, err := netip.ParsePrefix(text)
	if err == nil {
		return network.Masked(), nil
	}
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%q is neither an address, such as 10.0.0.5, nor a network, such as 10.0.0.0/24", text)
	}
	return netip.PrefixFrom(addr, addr.BitLen()), nil
}

// applyRoleNetworks reads networks of which each may be one role's: admin=10.0.0.5.
func applyRoleNetworks(field func(*Config) *map[staff.Role][]netip.Prefix) func(*Config, string) error {
	return func(c *Config, s string) error {
		for text := range strings.FieldsFuncSeq(s, betweenNetworks) {
			name, address, named := strings.Cut(text, "=")
			role := staff.Role(name)
			if !named {
				role, address = "", text
			} else if !slices.Contains(staff.Roles, role) {
				return fmt.Errorf("%q is no role: it may be %s", name, joined(staff.Roles))
			}
			network, err := parseNetwork(address)
			if err != nil {
				return err
			}
			if *field(c) == nil {
				*field(c) = map[staff.Role][]netip.Prefix{}
			}
			(*field(c))[role] = append((*field(c))[role], network)
		}
		return nil
	}
}

func joined(roles []staff.Role) string {
	var names []string
	for _, r := range roles {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
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
		if err := CheckContentFolder(s); err != nil {
			return err
		}
	}
	c.Content = s
	return nil
}

// CheckContentFolder fails when a path is no folder.
func CheckContentFolder(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("%q: %w; name a folder with city.yaml, notices/ and intents/", path, errors.Unwrap(err))
	}
	if !info.IsDir() {
		return fmt.Errorf("%q is not a folder; name one with city.yaml, notices/ and intents/", path)
	}
	return nil
}

func applyLogLevel(c *Config, s string) error {
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, s) {
		return fmt.Errorf("%q is not debug, info, warn or error", s)
	}
	c.LogLevel = s
	return nil
}

func applyKey(field func(*Config) *[]byte) func(*Config, string) error {
	return func(c *Config, s string) error {
		if s == "" {
			return nil
		}
		key, err := seal.ParseKey(s)
		if err != nil {
			return err
		}
		*field(c) = key
		return nil
	}
}

func applyDuration(field func(*Config) *time.Duration, least, most time.Duration) func(*Config, string) error {
	return func(c *Config, s string) error {
		d, err := time.ParseDuration(s)
		if err != nil || d < least || d > most {
			return fmt.Errorf("%q is not a duration from %s to %s; write it as 500ms or 5s", s, least, most)
		}
		*field(c) = d
		return nil
	}
}

func applyInt(field func(*Config) *int, least, most int) func(*Config, string) error {
	return func(c *Config, s string) error {
		n, err := strconv.Atoi(s)
		if err != nil || n < least || n > most {
			return fmt.Errorf("%q is not a number from %d to %d", s, least, most)
		}
		*field(c) = n
		return nil
	}
}

func applyDays(field func(*Config) *time.Duration, least, most int) func(*Config, string) error {
	return func(c *Config, s string) error {
		var days int
		if err := applyInt(func(*Config) *int { return &days }, least, most)(c, s); err != nil {
			return fmt.Errorf("%w of days", err)
		}
		*field(c) = time.Duration(days) * 24 * time.Hour
		return nil
	}
}

// century is the most days that a setting takes.
const century = 36500

// applyDaysOrNever takes 0 too, for what is kept for ever.
func applyDaysOrNever(field func(*Config) *time.Duration, least int) func(*Config, string) error {
	return func(c *Config, s string) error {
		if s == "0" {
			*field(c) = 0
			return nil
		}
		if err := applyDays(field, least, century)(c, s); err != nil {
			return fmt.Errorf("%w, nor 0", err)
		}
		return nil
	}
}
