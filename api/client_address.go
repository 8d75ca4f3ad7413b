package api

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// AddressOf is what a request's limits count by: the client's address, for IPv6 its /64, which one client has to itself.
func AddressOf(r *http.Request, proxies []netip.Prefix) string {
	client, ok := ClientAddress(r, proxies)
	if !ok {
		return r.RemoteAddr
	}
	if client.Is6() {
		net, _ := client.WithZone("").Prefix(64)
		return net.String()
	}
	return client.String()
}

// ClientAddress is the address from which a request comes. Of X-Forwarded-For the last entry that no proxy of ours wrote is believed, and only
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
