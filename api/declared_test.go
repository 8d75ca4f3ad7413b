package api_test

import (
	"fmt"
	"testing"

	"towncrier/staff"
)

// TestPreviewSaysWhoDeclaredThemselves: a resident counts in the community that they named in WeChat, and an official sees how many
// of an audience by place nobody has checked.
func TestPreviewSaysWhoDeclaredThemselves(t *testing.T) {
	each(t, func(r *rig) {
		declare := func(n int) {
			if err := r.roster.Settle(t.Context(), fmt.Sprintf("%s-%d", openid, n), here, "示例小区"); err != nil {
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
		for n := range 20 {
			r.resident(n, here)
			r.resident(100+n, there)
		}
		const place = `{"committee":"` + here + `"}`
		wants(place, 20.0, 0.0, "0人")
		for n := range 5 {
			r.resident(50+n, here)
			declare(n)
		}
		wants(place, 30.0, nil, "少于10人")
		for n := range 15 {
			declare(5 + n)
		}
		for n := range 5 {
			r.resident(60+n, here)
		}
		wants(place, 50.0, 20.0, "约20人")
		wants(`{"not":{"committee":"`+there+`"}}`, 50.0, 20.0, "约20人")
		wants(`{"committee":"`+there+`"}`, 20.0, 0.0, "0人")
		wants(`{"all":true}`, 70.0, 0.0, "0人") // no place is named
	})
}
