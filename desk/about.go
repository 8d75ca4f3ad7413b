package desk

import "towncrier/desk/page"

// registerAbout adds a page to which the foot of every page leads.
func registerAbout(k *page.Kit) {
	k.Handle("GET /desk/accessibility", func(v *page.Visit) (page.Result, error) {
		return v.Show(page.Page{Title: "无障碍说明", Name: "desk/accessibility"})
	})
}
