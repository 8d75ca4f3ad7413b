package api_test

import (
	"fmt"
	"testing"

	"towncrier/staff"
)

// TestPreviewSaysWhoDeclaredThemselves: a resident counts in the community that they named in WeChat, and an official sees how many
// of an audience by place nobody has checked.
func TestPreviewSaysWhoDeclaredThemselves(t *testing.T) {
	each(t, func(r *fixture) {
		declare := func(n int) {
			if err := r.roster.SetPlace(t.Context(), fmt.Sprintf("%s-%d", openid, n), here, "示例小区"); err != nil {
				t.Fatal(err)
			}
		}
		wants := func(audience string, residents, declared any, label string) {
			t.Helper()
			id := r.draft(staff.Author, `{"audience":`+audience+`}`)
			p := r.do(staff.Author, "GET", "/broadcasts/"+id+"/preview", "").is(200)
			if p["residents"] != residents || p["self_declared"] != declared || p["self_declared_label"] != label {
				t.Errorf("%s: %v residents, %v %v declared themselves; want %v, %v, %v", audience,
					p["residents"], p["self_declared"], p["self_declared_label"], residents, declared, label)
			}
		}
		for n := range 25 {
			r.resident(n, here)
			r.resident(100+n, there)
		}
		const place = `{"committee":"` + here + `"}`
		wants(place, 20.0, 0.0, "0人")
		for n := range 9 {
			declare(n)
		}
		wants(place, 30.0, nil, "少于10人")
		for n := range 6 {
			declare(9 + n)
		}
		wants(place, 40.0, 10.0, "约10人")
		wants(`{"not":{"committee":"`+there+`"}}`, 40.0, 10.0, "约10人")
		wants(`{"committee":"`+there+`"}`, 20.0, 0.0, "0人")
		wants(`{"all":true}`, 60.0, 0.0, "0人") // no place is named
	})
}
