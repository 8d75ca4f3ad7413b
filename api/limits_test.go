package api_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"towncrier/api"
	"towncrier/staff"
	"towncrier/store/storetest"
)

// wrong has the form of a key.
var wrong = keys + strings.Repeat("a", 10) + "_" + strings.Repeat("a", 26)

func TestBruteForce(t *testing.T) {
	r := lite(t)
	refused := 0
	for range 40 {
		a := r.as(wrong, "GET", "/me", "")
		if a.status != 429 {
			a.problem(401, "key")
			continue
		}
		a.problem(429, "rate")
		if a.header.Get("Retry-After") == "" {
			t.Errorf("headers: %v", a.header)
		}
		refused++
	}
	if refused == 0 {
		t.Error("none of 40 wrong keys was told to wait")
	}
}

// TestWrongKeysCostColleaguesNothing has somebody at an office's address try far more keys than all requests of an address may be.
func TestWrongKeysCostColleaguesNothing(t *testing.T) {
	r := lite(t)
	for range 700 {
		if a := r.as(wrong, "GET", "/me", ""); a.status != 429 && a.status != 401 {
			t.Fatal(a.body)
		}
	}
	for range 40 {
		r.do(staff.Author, "GET", "/me", "").is(200)
	}
}

// heldUp has somebody at one address try wrong keys until one from another address has to wait.
func heldUp(r *fixture, from, other string) {
	r.t.Helper()
	for range 40 {
		r.as(wrong, "GET", "/me", "", by, from)
	}
	r.as(wrong, "GET", "/me", "", by, other).problem(429, "rate")
	r.do(staff.Admin, "GET", "/me", "", by, other).is(200)
}

// free has a wrong key from an address looked at.
func free(r *fixture, from string) {
	r.t.Helper()
	r.as(wrong, "GET", "/me", "", by, from).problem(401, "key")
}

const by = "X-Forwarded-For"

func TestAddressesBehindAProxy(t *testing.T) {
	proxied := func(proxies ...netip.Prefix) *fixture {
		return newFixture(t, storetest.One(t), func(c *api.Config) { c.Proxies = proxies })
	}
	r := proxied(netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("10.0.0.0/8"))
	heldUp(r, "198.51.100.1, 203.0.113.9, 10.1.2.3", "203.0.113.9") // the first is what the client says of itself
	free(r, "198.51.100.1")
	heldUp(r, "2001:db8::1", "2001:db8::2") // the same /64
	free(r, "2001:db8:0:1::1")
	free(r, "nonsense")

	r = proxied() // nobody is believed
	heldUp(r, "203.0.113.9", "203.0.113.10")
}

func TestRateOfAKey(t *testing.T) {
	r := lite(t)
	var last answer
	for range 200 {
		if last = r.do(staff.Author, "GET", "/me", ""); last.status != 200 {
			break
		}
	}
	last.problem(429, "rate")
	if got := last.header.Get("Retry-After"); got != "1" {
		t.Errorf("Retry-After: %s", got)
	}
	r.do(staff.Admin, "GET", "/me", "").is(200)
}

func TestWithoutRedis(t *testing.T) {
	r := lite(t)
	r.do(staff.Admin, "GET", "/me", "").is(200)
	before := outages()
	if err := r.redis.Close(); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	for range 5 {
		r.do(staff.Admin, "GET", "/me", "").is(200)
		r.as("wrong", "GET", "/me", "").problem(401, "key")
	}
	if took := time.Since(start); took > 20*time.Second { // half a second a call at most, on a machine that is not busy
		t.Errorf("took %v", took)
	}
	if n := outages() - before; n != 1 {
		t.Errorf("the outage was logged %d times, want once", n)
	}
}

// TestSearchesAreCountedOrRefused: what tells whether a number is known is refused while it cannot be counted, and nothing else is.
func TestSearchesAreCountedOrRefused(t *testing.T) {
	r := lite(t)
	who := r.resident(1, here)
	i := r.judged(staff.Committee, "", residentsHeading+"19900000002,C01,,同意,2023-11-01\n")
	if err := r.redis.Close(); err != nil {
		t.Fatal(err)
	}
	for _, role := range []staff.Role{staff.Committee, staff.Auditor, staff.Admin} {
		r.do(role, "POST", "/residents/search", `{"phone":"19900000001"}`).problem(503, "uncounted")
	}
	refused := r.do(staff.Committee, "POST", "/residents", `{"phone":"19900000003"}`)
	if refused.problem(503, "uncounted"); refused.header.Get("Retry-After") == "" || !strings.Contains(refused.body, "Redis") {
		t.Errorf("%v %s", refused.header, refused.body)
	}
	r.do(staff.Committee, "PATCH", "/residents/"+who.ID, `{"phone":"19900000003"}`).problem(503, "uncounted")
	r.do(staff.Committee, "POST", "/imports/"+i.ID+"/start", `{"rows":"all"}`).problem(503, "uncounted")

	r.do(staff.Committee, "PATCH", "/residents/"+who.ID, `{"community":"甲园"}`).is(200)
	r.do(staff.Admin, "POST", "/residents", `{"phone":"19900000003","committee":"C01"}`).is(201)
}

func outages() int {
	lines.Lock()
	defer lines.Unlock()
	return strings.Count(lines.String(), "Redis does not answer")
}
