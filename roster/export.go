package roster

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"towncrier/audit"
)

// exportHeadings are those that an import reads, and three more.
var exportHeadings = []string{"手机号", "居委会代码", "居委会", "小区", "标签", "依据", "同意时间", "同意方式", "同意内容", "微信", "短信", "登记日期"}

// Export writes the residents that f selects to out, which the caller closes, in the order of registration, a page at a time, and returns how many.
// Numbers are masked, and tags that hide names are left out; hide may be nil. That residents were handed out is audited before the
// first is.
func (r *Roster) Export(ctx context.Context, actor audit.Actor, out TableWriter, f Filter, hide func(tag string) bool) (n int, err error) {
	err = r.store.Edit(ctx, nil, func([]Found) (Edit, error) {
		return Edit{Acts: []audit.Act{r.act(actor, "roster.export", f.Committee, "numbers=masked format="+out.Format())}}, nil
	})
	if err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	return r.export(ctx, out, f, "", hide)
}

// export writes residents. With a mark, which becomes the first row, numbers are written in full.
func (r *Roster) export(ctx context.Context, out TableWriter, f Filter, mark string, hide func(tag string) bool) (n int, err error) {
	committees, err := r.Committees(ctx)
	if err != nil {
		return 0, err
	}
	names := map[string]string{}
	for _, c := range committees {
		names[c.Code] = c.Name
	}
	if mark != "" {
		if err := out.Write([]string{mark}); err != nil {
			return 0, err
		}
	}
	if err := out.Write(exportHeadings); err != nil {
		return 0, err
	}
	for after := ""; ; {
		page, next, err := r.List(ctx, f, after, MaxList)
		if err != nil {
			return n, err
		}
		for _, who := range page {
			number := who.Phone.Masked()
			if mark != "" {
				number = string(who.Phone)
			} else if hide != nil {
				who.Tags = slices.DeleteFunc(slices.Clone(who.Tags), hide)
			}
			if err := out.Write(exportRow(who, number, names[who.Committee])); err != nil {
				return n, err
			}
			n++
		}
		if after = next; next == "" {
			return n, nil
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
