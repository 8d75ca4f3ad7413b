package office

import (
	"net/url"
	"strings"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

var (
	listAudit   = page.NewAct[api.ListAuditInput, wire.Page[wire.AuditEntry]]("list-audit")
	exportAudit = page.NewAct[api.AuditFileInput, api.File]("list-audit-csv")
	verifyAudit = page.NewAct[api.VerifyAuditInput, wire.AuditProof]("verify-audit")
)

func registerAudit(k *page.Kit) {
	k.Section("/desk/audit", listAudit)
	k.Handle("GET /desk/audit", showAudit, listAudit)
	k.Handle("GET /desk/audit.csv", auditFile, exportAudit)
	k.Handle("GET /desk/audit/verify", verify, verifyAudit)
}

// log is a page of the audit log.
type log struct {
	page.Form
	Entries     []wire.AuditEntry
	First, Next string
	File        string // all of them
	Filtered    bool
}

// asked is what the address asks for, and its fields.
func asked(v *page.Visit) (f api.AuditFilter, said url.Values) {
	said = url.Values{}
	for name, to := range map[string]*string{"from": &f.From, "to": &f.To, "actor": &f.Actor, "action": &f.Action, "subject": &f.Subject} {
		if *to = strings.TrimSpace(v.Query(name)); *to != "" {
			said.Set(name, *to)
		}
	}
	return f, said
}

func showAudit(v *page.Visit) (page.Result, error) {
	data := &log{Form: page.EmptyForm()}
	filter, said := asked(v)
	for name := range said {
		data.Set(name, said.Get(name))
	}
	data.Filtered, data.File = len(said) > 0, "/desk/audit.csv?"+said.Encode()
	in := api.ListAuditInput{Limit: 50, AuditFilter: filter}
	in.After = v.Query("after")
	p := page.Page{Title: "日志", Name: "office/audit", Nav: "/desk/audit", Data: data}
	entries, err := listAudit.Do(v, in)
	if err != nil {
		return v.Again(p, &data.Form, err)
	}
	data.Entries = entries.Items
	if v.Query("after") != "" {
		data.First = "/desk/audit?" + said.Encode()
	}
	if entries.Next != "" {
		said.Set("after", entries.Next)
		data.Next = "/desk/audit?" + said.Encode()
	}
	return v.Show(p)
}

func auditFile(v *page.Visit) (page.Result, error) {
	filter, _ := asked(v)
	file, err := exportAudit.Do(v, api.AuditFileInput{AuditFilter: filter})
	if err != nil {
		return nil, err
	}
	return page.Download(file), nil
}

func verify(v *page.Visit) (page.Result, error) {
	proof, err := verifyAudit.Do(v, api.VerifyAuditInput{})
	if err != nil {
		return nil, err
	}
	return v.Show(page.Page{Title: "核对日志", Name: "office/verify", Nav: "/desk/audit", Data: proof, Crumbs: []page.Crumb{{Label: "日志", Path: "/desk/audit"}, {Label: "核对日志"}}})
}
