package api_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"towncrier/staff"
)

// TestAddressIsText sends what is no text in every query parameter and in every path of the API: each is refused with its place, and
// no database is asked to keep or compare it.
func TestAddressIsText(t *testing.T) {
	each(t, func(r *fixture) {
		placeholder := regexp.MustCompile(`\{[^}]*\}`)
		tried := 0
		for path, methods := range document(r).Paths {
			path = strings.TrimPrefix(path, "/api/v1")
			for method, op := range methods {
				role := staff.Admin
				for _, one := range roles {
					if op.Right != "" && one.May(staff.Right(op.Right)) {
						role = one
					}
				}
				r.rested() // these are more requests than one key may make
				plain := placeholder.ReplaceAllString(path, "BAAAAAAAAAA")
				for _, param := range op.Parameters {
					if param.In != "query" {
						continue
					}
					for _, value := range []string{"%00", "a%00b", "%ff", "%ed%a0%80", "a%C3"} {
						tried++
						r.do(role, strings.ToUpper(method), plain+"?"+url.QueryEscape(param.Name)+"="+value, "").
							problem(400, "malformed", "query."+param.Name)
					}
				}
				if plain != path {
					tried++
					r.do(role, strings.ToUpper(method), placeholder.ReplaceAllString(path, "B%00"), "").problem(400, "malformed", "path")
				}
			}
		}
		if tried < 60 {
			r.t.Errorf("%d addresses were tried", tried)
		}
		r.do(staff.Author, "GET", "/broadcasts?author=%zz", "").problem(400, "malformed", "query")
		r.do(staff.Author, "GET", "/broadcasts?%00=1", "").problem(400, "malformed", "query")
		r.do(staff.Author, "GET", "/broadcasts?limit=1&limit=2", "").problem(400, "malformed", "query.limit")
		r.do(staff.Author, "GET", "/broadcasts?status=draft&status=done", "").is(200)
		if a := r.do(staff.Author, "GET", "/broadcasts?author=li;limit=1", ""); !strings.Contains(a.body, "%3B") {
			a.problem(400, "malformed", "query")
			r.t.Errorf("a semicolon: %s", a.body)
		}
		r.do(staff.Author, "GET", "/broadcasts?text=%E6%9D%8E", "").is(200)
	})
}
