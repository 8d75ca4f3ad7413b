package desk

import "towncrier/desk/page"

// registerAbout adds the pages to which the foot of every page leads.
func registerAbout(k *page.Kit) {
	for path, p := range map[string]page.Page{
		"/desk/feedback":      {Title: "意见反馈", Name: "desk/feedback"},
		"/desk/accessibility": {Title: "无障碍说明", Name: "desk/accessibility"},
	} {
		k.Handle("GET "+path, func(v *page.Visit) (page.Result, error) { return v.Show(p) })
	}
}
