package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"towncrier/kv"
)

var (
	// perKey is more than a person clicks and a program that behaves needs: a list of 200 residents a page goes through a
	// city of 100,000 in under a minute.
	perKey = kv.Limit{Rate: 600, Per: time.Minute, Burst: 120}
	// perAddress has room for a government office whose people share one address.
	perAddress = kv.Limit{Rate: 3000, Per: time.Minute, Burst: 600}
	// perActivation is many times what a person needs who mistypes an activation code, and the code that opens it has
	// limits of its own.
	perActivation = kv.Limit{Rate: 30, Per: time.Hour, Burst: 20}
)

// perWrongKeys is a bucket of its own: keys that do not open cost their address nothing of what colleagues behind it use. When it
// is empty, further ones are told to wait, and good keys pass: a key has far more bits than anybody can guess at any rate.
var perWrongKeys = kv.Limit{Rate: 60, Per: time.Minute, Burst: 20}

// guard counts requests. Without Redis it lets them pass: a key has far more bits than anybody can guess at any rate, and
// officials must be able to work.
type guard struct {
	limits *kv.Limits
	log    *slog.Logger
	away   atomic.Bool // Redis was away when it was last asked
}

// pass takes one request from name's limit. It returns a problem when nothing is left.
func (g *guard) pass(ctx context.Context, policy, name string, limit kv.Limit) *problemDetails {
	return g.take(ctx, limited(policy, name), limit, "too many requests by this "+policy)
}

// giveBack takes back one pass.
func (g *guard) giveBack(ctx context.Context, policy, name string, limit kv.Limit) {
	g.reachable(ctx, g.limits.Return(ctx, limited(policy, name), limit, 1))
}

func limited(policy, name string) string { return "api " + policy + " " + name }

func (g *guard) take(ctx context.Context, name string, limit kv.Limit, what string) *problemDetails {
	wait, err := g.limits.Take(ctx, name, limit, 1)
	if !g.reachable(ctx, err) || wait == 0 {
		return nil
	}
	return refuse(http.StatusTooManyRequests, "rate", what+": wait as long as Retry-After says").retryAfter(wait)
}

// wrongKey takes one of an address's wrong keys. It returns a problem when nothing is left.
func (g *guard) wrongKey(ctx context.Context, address string) *problemDetails {
	return g.take(ctx, "api wrong keys "+address, perWrongKeys, "too many keys from this address that do not open")
}

// reachable logs the beginning and the end of an outage, once each.
func (g *guard) reachable(ctx context.Context, err error) bool {
	switch {
	case err == nil && g.away.CompareAndSwap(true, false):
		g.log.InfoContext(ctx, "api requests are counted again")
	case err != nil && g.away.CompareAndSwap(false, true):
		g.log.WarnContext(ctx, "api requests are not counted: Redis does not answer", "err", err)
	}
	return err == nil
}

// address is whom a request's limits count: the client's address, for IPv6 its /64, which one client has to itself.
func (a *server) address(r *http.Request) string {
	client, ok := ClientAddress(r, a.Proxies)
	if !ok {
		return r.RemoteAddr
	}
	if client.Is6() {
		net, _ := client.WithZone("").Prefix(64)
		return net.String()
	}
	return client.String()
}

// ClientAddress is whence a request comes. Of X-Forwarded-For the last entry that no proxy of ours wrote is believed, and only
// from a proxy of ours. ok is false when the connection has no address.
func ClientAddress(r *http.Request, proxies []netip.Prefix) (client netip.Addr, ok bool) {
	port, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, false
	}
	client = port.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && Within(client, proxies); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		client = hop.Unmap()
	}
	return client, true
}

// Within says whether one of the networks holds an address.
func Within(addr netip.Addr, networks []netip.Prefix) bool {
	return slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(addr) })
}
