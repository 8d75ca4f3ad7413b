package compose

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/desk/page"
)

// choices are what an official can choose among now.
type choices struct {
	templates templates
	notices   []wire.Notice
	drafts    []wire.Draft
	values    map[string][]page.Choice // by kind of condition
	more      map[string]bool          // kinds of which values has the first only
	kinds     []page.Choice
	counted   page.Counted // the residents whom values choose
}

// mostValues is how many values of a kind are offered. Whoever wants another writes its name.
const mostValues = 200

// whole reads all that the page offers.
func (c *choices) whole(v *page.Visit) (err error) {
	c.values, c.more, c.kinds = map[string][]page.Choice{}, map[string]bool{}, []page.Choice{{Value: "all", Label: "全体居民"}}
	if err := c.readTemplates(v); err != nil {
		return err
	}
	if c.notices, err = allNotices(v); err != nil {
		return err
	}
	drafts, err := listDrafts.Do(v, api.Nothing{})
	if err != nil {
		return err
	}
	c.drafts = drafts.Items
	facets, err := listFacets.Do(v, api.FacetsInput{Limit: mostValues, Soon: api.Soon{Soon: true}})
	if err != nil {
		return err
	}
	c.counted = page.CountedAt(facets.CountedAt, facets.Counting, "")
	for _, group := range facets.Groups {
		label := group.Label
		if group.Kind == "topic" { // the broadcast has one, too
			label = "订阅的主题"
		}
		c.kinds = append(c.kinds, page.Choice{Value: group.Kind, Label: label})
		c.more[group.Kind] = group.Next != "" || facets.CountedAt.IsZero() // tags and communities that only a count finds are written by name
		for _, f := range group.Items {
			c.values[group.Kind] = append(c.values[group.Kind], page.Choice{Value: f.Value, Label: f.Name + "（" + f.NLabel + "）"})
		}
	}
	lists, err := listLists.Do(v, api.Nothing{})
	if err != nil {
		return err
	}
	c.kinds = append(c.kinds, page.Choice{Value: "list", Label: "名单"})
	for _, l := range lists.Items {
		c.values["list"] = append(c.values["list"], page.Choice{Value: l.ID, Label: l.Title})
	}
	return nil
}

// ticked reads no more than what a look at a form with some cites needs: it is taken as often as somebody types.
func (c *choices) ticked(v *page.Visit, cites []string) error {
	if err := c.readTemplates(v); err != nil {
		return err
	}
	read := map[string]bool{}
	for _, said := range cites {
		cite, ok := citeOf(said)
		if !ok || read[cite.Notice] || len(read) == broadcast.MaxCites {
			continue
		}
		read[cite.Notice] = true
		n, err := getNotice.Do(v, api.NoticeInput{ID: cite.Notice})
		if r, ok := errors.AsType[*api.Refusal](err); ok && r.Status == http.StatusNotFound {
			continue
		}
		if err != nil {
			return err
		}
		c.notices = append(c.notices, n)
	}
	return nil
}

func (c *choices) readTemplates(v *page.Visit) error {
	found, err := listTemplates.Do(v, api.Nothing{})
	c.templates = templates{}
	for _, t := range found.Items {
		c.templates[t.ID] = t
	}
	return err
}

func allNotices(v *page.Visit) (all []wire.Notice, err error) {
	for after := ""; ; {
		p, err := listNotices.Do(v, api.ListNoticesInput{Following: api.Following{After: after}, Limit: 200})
		if err != nil {
			return nil, err
		}
		if all = append(all, p.Items...); p.Next == "" {
			return all, nil
		}
		after = p.Next
	}
}

// of are the templates of a channel, by title.
func (t templates) of(channel string) (all []wire.Template) {
	for _, one := range t {
		if one.Channel == channel {
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(a, b wire.Template) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// countedWords say of the numbers behind values what their list does not; "" when they are of now.
func (c choices) countedWords() string {
	switch {
	case c.counted.Making && c.counted.At.IsZero():
		return "各项人数正在清点，过一会儿再打开就有了。标签和没有登记的小区暂时不列出，可以直接写名称。"
	case c.counted.Making:
		return "各项人数是" + c.counted.Words()
	}
	return ""
}

// kind is what a condition is called, or a group of them.
func (c choices) kind(value string) string {
	switch value {
	case "and":
		return "都要满足的一组条件"
	case "or":
		return "满足任一个的一组条件"
	}
	for _, k := range c.kinds {
		if k.Value == value {
			return k.Label
		}
	}
	return value
}
