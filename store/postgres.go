package store

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgresConns is per process; PostgreSQL's default allows 100 in all.
const postgresConns = 16

func openPostgres(ctx context.Context, setting string, ring *keyRing) (*connections, error) {
	cfg, err := pgx.ParseConfig(setting)
	if err != nil {
		return nil, hidePassword(setting, wrap("database URL, want postgres://user:password@host:5432/name", err))
	}
	for name, value := range map[string]string{
		"application_name": "towncrier",
		"jit":              "off", // compiling takes 50 ms for each of our short statements whose cost is guessed too high, as of a table that was just filled
	} {
		if cfg.RuntimeParams[name] == "" {
			cfg.RuntimeParams[name] = value
		}
	}
	connected := stdlib.OptionAfterConnect(ring.useFinding)
	pool := stdlib.OpenDB(*cfg, connected)
	pool.SetMaxOpenConns(postgresConns)
	pool.SetMaxIdleConns(postgresConns) // one that is closed between two uses costs a process of the server: with fewer idle ones that took most of two cores
	pool.SetConnMaxIdleTime(time.Minute)
	pool.SetConnMaxLifetime(30 * time.Minute) // follows a fail-over behind one name
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(hidePassword(setting, wrap("connect to PostgreSQL", err)), pool.Close())
	}
	scan := stdlib.OpenDB(*cfg, connected)
	scan.SetMaxOpenConns(scanners)
	scan.SetConnMaxIdleTime(scanIdle)
	return &connections{dialect: postgresDialect, where: "the PostgreSQL server", write: pool, read: pool, scan: scan}, nil
}

// Unencrypted is the host of a postgres:// URL to which connections may go without TLS over a network; "" when there is none: sslmode
// leaves no choice, or it is this machine or a socket. Environment and service files of libpq count, as they do for Open.
func Unencrypted(setting string) (host string, err error) {
	cfg, err := pgx.ParseConfig(setting)
	if err != nil {
		return "", hidePassword(setting, err)
	}
	ways := []*pgconn.FallbackConfig{{Host: cfg.Host, Port: cfg.Port, TLSConfig: cfg.TLSConfig}}
	for _, way := range append(ways, cfg.Fallbacks...) {
		network, _ := pgconn.NetworkAddress(way.Host, way.Port)
		ip := net.ParseIP(way.Host)
		if way.TLSConfig == nil && network != "unix" && way.Host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return way.Host, nil
		}
	}
	return "", nil
}

// hidePassword replaces err when its text holds a password of the URL, however that is spelt there.
func hidePassword(setting string, err error) error {
	text := err.Error()
	for _, secret := range passwords(setting) {
		text = strings.ReplaceAll(text, secret, "xxxxx")
	}
	if text == err.Error() {
		return err
	}
	return errors.New(text)
}

// passwords finds what could be one even in a URL that does not parse.
func passwords(setting string) []string {
	var found []string
	add := func(s string) {
		if s == "" {
			return
		}
		found = append(found, s)
		if plain, err := url.QueryUnescape(s); err == nil {
			found = append(found, plain)
		}
		if plain, err := url.PathUnescape(s); err == nil {
			found = append(found, plain)
		}
	}
	_, rest, _ := strings.Cut(setting, "://")
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		_, secret, _ := strings.Cut(rest[:at], ":")
		add(secret)
	}
	_, query, _ := strings.Cut(rest, "?")
	for pair := range strings.SplitSeq(query, "&") {
		if name, value, _ := strings.Cut(pair, "="); name == "password" || name == "sslpassword" {
			add(value)
		}
	}
	return found
}

// useFinding prepares a new connection to PostgreSQL.
func (r *keyRing) useFinding(ctx context.Context, conn *pgx.Conn) error {
	if err := takeFinding(ctx, conn, `SELECT pg_try_advisory_lock_shared($1)`, errFindingBusy); err != nil {
		return err
	}
	if !r.opened.Load() {
		return nil
	}
	// The server may have been away, and with it the connections that held the lock.
	var newest uint16
	if err := conn.QueryRow(ctx, `SELECT max(id) FROM seal_key WHERE finds = 1 OR id = 0`).Scan(&newest); err != nil {
		return err
	}
	if mine, _ := r.sealer.FindingKey(); mine != newest {
		return errFindingChanged
	}
	return nil
}

func takeFinding(ctx context.Context, conn *pgx.Conn, query string, busy error) error {
	return untilFree(ctx, busy, func() (took bool, err error) {
		err = conn.QueryRow(ctx, query, int64(findingLock)).Scan(&took)
		return took, err
	})
}
