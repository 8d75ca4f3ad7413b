// Package office has the pages of who works here and of how the system fares: colleagues and what lets them in, the audit log, checks.
package office

import (
	"embed"

	"towncrier/desk/page"
)

//go:embed *.html
var templates embed.FS

// Register adds the pages to the desk.
func Register(k *page.Kit) {
	k.Templates(templates, "office")
	registerStaff(k)
	registerPerson(k)
	registerInvitations(k)
	registerAudit(k)
	registerHealth(k)
}
