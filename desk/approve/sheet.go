package approve

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

// paper is the 审核单: what is signed, and who signed it when.
type paper struct {
	*approval
	Heading string
	Address page.QR // of the page on which it is approved
	Chain   []signature
	Printed time.Time
}

// signature is a step of the chain. At is zero, and Who is "", where nobody has taken it yet.
type signature struct {
	Step, Who string
	At        time.Time
}

func (k kind) sheet(v *page.Visit) (page.Result, error) {
	a, err := k.read(v)
	if err != nil {
		return nil, err
	}
	address, err := addressOf(v, a.Matter.Path+"/approve")
	if err != nil {
		return nil, err
	}
	for _, g := range a.Signed.Groups {
		for i := range g.Fields {
			g.Fields[i].Label = indented(g.Fields[i])
		}
	}
	p := a.page(k, "approve/sheet")
	p.Title = "审核单：" + a.Matter.Title
	p.Data = paper{a, k.list.Label + "审核单", address, a.chain(), v.Now()}
	return v.Show(p)
}

// addressOf draws where a page is found: under the address that is set, or else, in a rehearsal, under the one that was asked.
func addressOf(v *page.Visit, path string) (page.QR, error) {
	city, err := getCity.Do(v, api.Nothing{})
	if err != nil {
		return page.QR{}, err
	}
	return page.NewQR(cmp.Or(strings.TrimRight(city.PublicURL, "/"), "http://"+v.Request.Host)+path, "审批页的二维码")
}

// chain is who took which step towards an approval.
func (a *approval) chain() []signature {
	m := a.Matter
	chain := []signature{{"起草", m.AuthorLabel, m.createdAt}}
	for _, r := range a.Revisions {
		if r.Submission > 0 {
			chain = append(chain, signature{"送审", r.ByLabel, r.At})
			break
		}
	}
	final := "批准"
	if m.Signatures > 1 || m.Reviewer != "" {
		chain, final = append(chain, signature{"复审", m.ReviewerLabel, m.ReviewedAt}), "终审"
	}
	approved := m.approvedAt
	if i := slices.IndexFunc(a.Revisions, func(r wire.BroadcastRevision) bool { return r.Act == "approve" }); m.ApproverLabel != "" && approved.IsZero() && i >= 0 {
		approved = a.Revisions[i].At // of a series
	}
	chain = append(chain, signature{final, m.ApproverLabel, approved})
	if m.confirmer != "" {
		chain = append(chain, signature{"再次确认", m.confirmer, m.confirmed})
	}
	return chain
}
