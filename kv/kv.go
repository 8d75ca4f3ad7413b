// Package kv keeps what lives for a short time in Redis, a real one or one inside the process: conversations, the first reply
// to each message, access tokens; and for a week at most the marks of unanswered questions. Everything personal is sealed, and keys are digests, so that neither a dump nor
// MONITOR shows who wrote what. Nothing here outlives its time limit, and nothing here is the only copy of a fact.
package kv

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Embedded is the setting for a Redis inside the process.
const Embedded = "embedded"

const forms = "write embedded, redis://[user:password@]host[:6379][/0], redis-sentinel://[user:password@]host[:26379],host/master[?db=0] " +

	"or redis-cluster://[user:password@]host[:6379],host, with rediss instead of redis for TLS"

// Open connects to the Redis (6.2 or newer) that a setting names, and proves that it answers:
//
//	embedded                                                      in this process, nothing kept over a restart
//	redis://[user:password@]host[:6379][/db]                      one server
//	redis-sentinel://[user:password@]host[:26379],.../master[?db=0]  the master that the sentinels name
//	redis-cluster://[user:password@]host[:6379],...               a cluster, found from any of its nodes
//
// rediss, rediss-sentinel and rediss-cluster are the same over TLS. Characters of a password that mean something in a
// URL are percent-encoded. User and password are the data servers'; of sentinels with one of their own,
// ?sentinel_password= is theirs.
//
// Time limits are short, since somebody waits for an answer behind every call: 1 s to connect, 2 s for a command, and
// less where a context says so. closeAll ends the client and, when embedded, the server. No error shows the password.
func Open(ctx context.Context, setting string) (client redis.UniversalClient, closeAll func() error, err error) {
	if setting == Embedded {
		return openEmbedded()
	}
	opt, err := parse(setting)
	if err != nil {
		return nil, nil, err
	}
	client = redis.NewUniversalClient(opt)
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if err := client.Ping(ctx).Err(); err != nil {
		client.Close()
		return nil, nil, fmt.Errorf("redis at %s does not answer: %w", strings.Join(opt.Addrs, ","), err)
	}
	return client, client.Close, nil
}

// Check says what is wrong with a setting, without connecting. No error shows the password.
func Check(setting string) error {
	if setting == Embedded {
		return nil
	}
	_, err := parse(setting)
	return err
}

// Unencrypted is the first host of a setting that is reached over a network without TLS; "" when there is none.
func Unencrypted(setting string) (host string) {
	if setting == Embedded {
		return ""
	}
	opt, err := parse(setting)
	if err != nil || opt.TLSConfig != nil {
		return ""
	}
	for _, addr := range opt.Addrs {
		host, _, _ := net.SplitHostPort(addr)
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return host
		}
	}
	return ""
}

// Redact is the setting fit to print: passwords are replaced.
func Redact(setting string) string {
	scheme, rest, ok := strings.Cut(setting, "://")
	if !ok {
		if setting == Embedded {
			return setting
		}
		return "***" // not a setting at all: perhaps a password pasted in the wrong place
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		user, _, hasPassword := strings.Cut(rest[:at], ":")
		if hasPassword {
			user += ":***"
		}
		rest = user + rest[at:]
	}
	if before, _, found := strings.Cut(rest, "sentinel_password="); found {
		rest = before + "sentinel_password=***"
	}
	return scheme + "://" + rest
}

func parse(setting string) (*redis.UniversalOptions, error) {
	scheme, rest, ok := strings.Cut(setting, "://")
	kind, secure := strings.CutPrefix(scheme, "rediss")
	if !secure {
		kind, ok = strings.CutPrefix(scheme, "redis")
	}
	if !ok || kind != "" && kind != "-sentinel" && kind != "-cluster" {
		return nil, errors.New("redis setting is not understood: " + forms)
	}
	opt := base()
	rest, query, _ := strings.Cut(rest, "?")
	authority, path, _ := strings.Cut(rest, "/")
	hosts := authority
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		hosts = authority[at+1:]
		user, password, both := strings.Cut(authority[:at], ":")
		if !both {
			return nil, errors.New("redis setting has a user without a password: write user:password@, or :password@ when there is no user")
		}
		var err1, err2 error
		opt.Username, err1 = url.PathUnescape(user)
		opt.Password, err2 = url.PathUnescape(password)
		if err1 != nil || err2 != nil {
			return nil, errors.New("redis setting has a % in its user or password that is no percent-encoding: write %25")
		}
	}
	port := "6379"
	if kind == "-sentinel" {
		port = "26379"
	}
	for _, host := range strings.Split(hosts, ",") {
		addr, err := address(host, port)
		if err != nil {
			return nil, err
		}
		opt.Addrs = append(opt.Addrs, addr)
	}
	if err := parseRest(opt, kind, path, query); err != nil {
		return nil, err
	}
	if secure {
		opt.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
		if kind == "" {
			opt.TLSConfig.ServerName, _, _ = net.SplitHostPort(opt.Addrs[0])
		}
	}
	return opt, nil
}

// parseRest reads what stands behind the hosts, which differs by kind.
func parseRest(opt *redis.UniversalOptions, kind, path, query string) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return errors.New("redis setting has options that cannot be read behind its question mark")
	}
	db := values.Get("db")
	values.Del("db")
	switch kind {
	case "":
		if len(opt.Addrs) > 1 {
			return errors.New("redis setting names several hosts: use redis-sentinel:// or redis-cluster:// for them")
		}
		if db != "" && path != "" {
			return errors.New("redis setting names its database twice: keep /N or ?db=N")
		}
		db += path
	case "-sentinel":
		if path == "" || strings.Contains(path, "/") {
			return errors.New("redis-sentinel setting needs the master's name behind the hosts, as in redis-sentinel://host1,host2/mymaster")
		}
		opt.MasterName = path
		opt.SentinelPassword = values.Get("sentinel_password")
		values.Del("sentinel_password")
	case "-cluster":
		if path != "" || db != "" {
			return errors.New("redis-cluster setting names a database: a cluster has only database 0, leave it out")
		}
		opt.IsClusterMode = true
	}
	for name := range values {
		return fmt.Errorf("redis setting has an unknown option %.20q: %s", name, forms)
	}
	if db != "" {
		if opt.DB, err = strconv.Atoi(db); err != nil || opt.DB < 0 {
			return fmt.Errorf("redis setting has database %.20q: it is a number from 0", db)
		}
	}
	return nil
}

func address(host, port string) (string, error) {
	if name, p, err := net.SplitHostPort(host); err == nil {
		host, port = name, p
	}
	host = strings.Trim(host, "[]")
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 || host == "" ||
		strings.ContainsAny(host, " @/%[]") || strings.Contains(host, ":") && net.ParseIP(host) == nil {
		return "", errors.New("redis setting has a host that is not host or host:port: " + forms)
	}
	return net.JoinHostPort(host, port), nil
}
