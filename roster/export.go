package roster

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"towncrier/audit"
)

// exportHeadings are those that an import reads, and three more.
var exportHeadings = []string{"手机号", "居委会代码", "居委会", "小区", "标签", "依据", "同意时间", "同意方式", "同意内容", "微信", "短信", "登记日期"}

// Rows are the rows of a table as they are read, the headings first. They end at the first error.
type Rows = iter.Seq2[[]string, error]

// Export gives out the residents that f selects, in the order of registration. Numbers are masked, and tags that hide names are left
// out; hide may be nil. That residents are given out, in a format, is audited before the first one is.
func (r *Roster) Export(ctx context.Context, actor audit.Actor, format string, f Filter, hide func(tag string) bool) (Rows, error) {
	err := r.store.Edit(ctx, nil, func([]Found) (Edit, error) {
		return Edit{Acts: []audit.Act{r.act(actor, "roster.export.masked", f.Committee, "numbers=masked format="+format)}}, nil
	})
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	return r.exported(ctx, f, func(who Resident) (Resident, string) {
		if hide != nil {
			who.Tags = slices.DeleteFunc(slices.Clone(who.Tags), hide)
		}
		return who, who.Phone.Masked()
	}), nil
}

// exported reads residents a page at a time. show is a resident as they are given out, and their number.
func (r *Roster) exported(ctx context.Context, f Filter, show func(Resident) (Resident, string)) Rows {
	return func(yield func([]string, error) bool) {
		committees, err := r.Committees(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		names := map[string]string{}
		for _, c := range committees {
			names[c.Code] = c.Name
		}
		if !yield(exportHeadings, nil) {
			return
		}
		for after, more := "", true; more; more = after != "" {
			var page []Resident
			if page, after, err = r.List(ctx, f, after, MaxList); err != nil {
				yield(nil, err)
				return
			}
			for _, who := range page {
				who, number := show(who)
				if !yield(exportRow(who, number, names[who.Committee]), nil) {
					return
				}
			}
		}
	}
}

func exportRow(who Resident, number, committee string) []string {
	row := []string{number, who.Committee, committee, who.Community, strings.Join(who.Tags, "、"), "", "", "", "", "", "",
		who.CreatedAt.In(chinaTime).Format("2006-01-02")}
	i := slices.IndexFunc(who.Consents, func(c Consent) bool { return c.What == "notices" })
	if i < 0 && len(who.Consents) > 0 {
		i = 0
	}
	if i >= 0 {
		c := who.Consents[i]
		row[5], row[6], row[7], row[8] = c.Basis.Label(), c.At.In(chinaTime).Format("2006-01-02"), labelOf(howLabels, c.How), labelOf(whatLabels, c.What)
	}
	if who.OpenID != "" {
		row[9] = "已关注"
	}
	if slices.ContainsFunc(who.Preferences, func(p Preference) bool { return p.Topic == "" && p.Channel == SMS && !p.Wants }) {
		row[10] = "已退订"
	}
	return row
}

func labelOf(names map[string]string, value string) string {
	if name, ok := names[value]; ok {
		return name
	}
	return value
}

// committeeHeadings are those that an import reads.
var committeeHeadings = []string{"代码", "名称", "街道", "区县", "小区"}

// communitiesInCell are as many as fit into a cell that an import reads, whatever their names: 50 of 64 bytes with their separators are 3.3 KiB of 4.
const communitiesInCell = 50

// ExportCommittees gives out all committees, by code. One of many communities has several rows.
func (r *Roster) ExportCommittees(ctx context.Context) (Rows, error) {
	all, err := r.Committees(ctx)
	if err != nil {
		return nil, err
	}
	return func(yield func([]string, error) bool) {
		if !yield(committeeHeadings, nil) {
			return
		}
		for _, c := range all {
			for rest := c.Communities; ; {
				some := rest[:min(len(rest), communitiesInCell)]
				if !yield([]string{c.Code, c.Name, c.Street, c.Area, strings.Join(some, "、")}, nil) {
					return
				}
				if rest = rest[len(some):]; len(rest) == 0 {
					break
				}
			}
		}
	}, nil
}
