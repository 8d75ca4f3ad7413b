package desk

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"towncrier/api"
	"towncrier/desk/page"
	"towncrier/staff"
)

// Networks are those from which the console is used, by role; "" is for roles that have none of their own. Empty is anywhere. Staff functions
// answer to set addresses only (互联网政务应用安全管理规定, article 19).
type Networks map[staff.Role][]netip.Prefix

// Admit says whether a person with a role works from an address.
func (n Networks) Admit(role staff.Role, from netip.Addr) bool {
	if len(n) == 0 {
		return true
	}
	networks, own := n[role]
	if !own {
		networks = n[""]
	}
	return api.Within(from, networks)
}

// some says whether anybody works from an address.
func (n Networks) some(from netip.Addr) bool {
	for _, networks := range n {
		if api.Within(from, networks) {
			return true
		}
	}
	return len(n) == 0
}

// admit shows the console under its own name and to its own networks; anywhere else there is no such page.
func (d *desk) admit(kit *page.Kit) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		why := ""
		if client, _ := api.ClientAddress(r, d.cfg.Proxies); !d.cfg.Networks.some(client) {
			why = "network"
		} else if !d.ownName(r.Host) {
			why = "host"
		}
		if why != "" {
			kit.Refused(r, page.Session{}, why)
			http.NotFound(w, r)
			return
		}
		kit.ServeHTTP(w, r)
	})
}

// admits says which roles work from where a request comes.
func (d *desk) admits(r *http.Request) func(staff.Role) bool {
	client, _ := api.ClientAddress(r, d.cfg.Proxies)
	return func(role staff.Role) bool { return d.cfg.Networks.Admit(role, client) }
}

// ownName says whether a request's Host is that of the public address. A rehearsal answers to this machine's names.
func (d *desk) ownName(host string) bool {
	if d.cfg.Colleagues != nil {
		name := (&url.URL{Host: host}).Hostname()
		addr, err := netip.ParseAddr(name)
		return name == "localhost" || err == nil && addr.IsLoopback()
	}
	return strings.EqualFold(host, d.cfg.Host)
}
