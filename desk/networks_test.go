package desk_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"towncrier/cmd/towncrier/rehearsal"
	"towncrier/desk/desktest"
	"towncrier/staff"
)

// nonces differ between two pages that are the same.
var nonces = regexp.MustCompile(`name="nonce" value="[^"]*"`)

// TestNetworksByRole: a colleague works from the networks of their role, or else from those that are nobody's own, whatever way an address is
// written and however many proxies of ours pass it on. From elsewhere there is no console, and nobody signs in.
func TestNetworksByRole(t *testing.T) {
	d := desktest.OpenDesk(t, func(cfg *rehearsal.Config) {
		cfg.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("192.0.2.1/32")}
		cfg.Desk = map[staff.Role][]netip.Prefix{
			"":              {netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("2001:db8:1::/48")},
			staff.Admin:     {netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.9.0.5/32"), netip.MustParsePrefix("2001:db8:9::5/128")},
			staff.Committee: {netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")},
		}
	})
	from := func(who, forwarded, path string) (int, string) {
		resp, text := d.As(t, who).Send(http.MethodGet, path, http.Header{"X-Forwarded-For": {forwarded}}, nil)
		return resp.StatusCode, text
	}
	for _, c := range []struct {
		who, from string
		want      int
	}{
		{"author", "10.1.2.3", http.StatusOK},
		{"author", "::ffff:10.1.2.3", http.StatusOK},
		{"author", "2001:db8:1:2::3", http.StatusOK},
		{"author", "203.0.113.9, 10.1.2.3", http.StatusOK}, // what a client writes itself is not believed
		{"author", "10.1.2.3, 192.0.2.1", http.StatusOK},   // a second proxy of ours
		{"author", "10.1.2.3, 203.0.113.9", http.StatusNotFound},
		{"author", "10.9.0.5", http.StatusNotFound}, // the admins' own
		{"author", "::ffff:10.9.0.5", http.StatusNotFound},
		{"author", "2001:db8:9::5", http.StatusNotFound},
		{"author", "203.0.113.9", http.StatusNotFound},
		{"admin", "10.9.0.5", http.StatusOK},
		{"admin", "::ffff:10.9.0.5", http.StatusOK},
		{"admin", "2001:db8:9::5", http.StatusOK},
		{"admin", "2001:db8:9::6", http.StatusNotFound},
		{"admin", "10.1.2.3", http.StatusNotFound}, // everybody else's
		{"committee", "203.0.113.9", http.StatusOK},
		{"committee", "2001:db8:ffff::1", http.StatusOK},
	} {
		status, text := from(c.who, c.from, "/desk/")
		if status != c.want {
			t.Errorf("%s from %s: %d, want %d", c.who, c.from, status, c.want)
		}
		if none := strings.Contains(text, "没有这个页面"); status == http.StatusNotFound && (!none || strings.Contains(text, "网络") || strings.Contains(text, "退出登录")) {
			t.Errorf("%s from %s is told\n%s", c.who, c.from, text)
		}
	}

	c := enrolled(t, d, "rehearsal-admin2")
	signIn := func(forwarded, passphrase, code string) (int, string) {
		form := desktest.Browse(t, d.URL).Open("/desk/login").Form("登录").Fill("账号", c.ID).Fill("密码", passphrase).Fill("验证码", code)
		resp, text := desktest.Browse(t, d.URL).Send(http.MethodPost, "/desk/login", http.Header{"X-Forwarded-For": {forwarded}, "Sec-Fetch-Site": {"same-origin"}}, form.Values())
		return resp.StatusCode, nonces.ReplaceAllString(text, "")
	}
	code := c.Code(time.Now().Add(30 * time.Second)) // the one of now set the app
	status, told := signIn("10.1.2.3", c.Passphrase, code)
	if wrong, same := signIn("10.1.2.3", "九十九只黑鹅不吃芦苇的叶子", code); status != http.StatusUnprocessableEntity || wrong != status || same != told {
		t.Errorf("an admin who signs in from elsewhere: %d, and with a wrong passphrase %d", status, wrong)
	}
	if status, text := signIn("10.9.0.5", c.Passphrase, code); status != http.StatusSeeOther {
		t.Errorf("an admin who signs in from their own network: %d %s", status, text)
	}
	log := recorded(t, d)
	for _, want := range []string{"session.fail outcome=network", "desk.refused outcome=network"} {
		if log[want] == 0 {
			t.Errorf("%s is not in the audit log: %s", want, fmt.Sprint(log))
		}
	}
}
