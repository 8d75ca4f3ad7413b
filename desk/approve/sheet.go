package approve

import (
	"time"

	"towncrier/desk/page"
)

// paper is the 审核单: what is signed, and who signed it when.
type paper struct {
	*approval
	Chain   []signature
	Printed time.Time
}

// signature is a step of the chain. At is zero, and Who is "", where nobody has taken it yet.
type signature struct {
	Step, Who string
	At        time.Time
}

func sheet(v *page.Visit) (page.Result, error) {
	a, err := broadcasts.read(v)
	if err != nil {
		return nil, err
	}
	p := a.page(broadcasts, "approve/sheet")
	p.Title = "审核单：" + a.Matter.Title
	p.Data = paper{a, a.chain(), v.Now()}
	return v.Show(p)
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
	chain = append(chain, signature{final, m.ApproverLabel, m.approvedAt})
	if m.confirmer != "" {
		chain = append(chain, signature{"再次确认", m.confirmer, m.confirmed})
	}
	return chain
}
