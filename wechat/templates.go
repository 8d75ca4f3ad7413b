package wechat

import (
	"context"
	"regexp"
	"strings"

	"github.com/silenceper/wechat/v2/officialaccount/message"
)

// Template is a form that the account may fill in, as the platform lists it.
type Template struct {
	ID      string
	Title   string
	Items   []TemplateItem
	OneTime bool // of subscription notifications: one consent is used up by one message
}

// TemplateItem is a line of a template.
type TemplateItem struct{ Key, Label string }

// Templates lists the account's templates of template messages.
func (c *Client) Templates(ctx context.Context) ([]Template, error) {
	var got struct {
		List []message.TemplateItem `json:"template_list"`
	}
	if err := c.call(ctx, "/cgi-bin/template/get_all_private_template", nil, nil, &got); err != nil {
		return nil, err
	}
	all := make([]Template, len(got.List))
	for i, t := range got.List {
		all[i] = Template{ID: t.TemplateID, Title: t.Title, Items: itemsOf(t.Content)}
	}
	return all, nil
}

// SubscriptionTemplates lists the account's templates of subscription notifications.
func (c *Client) SubscriptionTemplates(ctx context.Context) ([]Template, error) {
	var got struct {
		List []message.PrivateSubscribeItem `json:"data"`
	}
	if err := c.call(ctx, "/wxaapi/newtmpl/gettemplate", nil, nil, &got); err != nil {
		return nil, err
	}
	const oneTime = 2
	all := make([]Template, len(got.List))
	for i, t := range got.List {
		all[i] = Template{ID: t.PriTmplID, Title: t.Title, Items: itemsOf(t.Content), OneTime: t.SubType == oneTime}
	}
	return all, nil
}

// itemForm is a line of a template's content: 会议时间:{{date2.DATA}}.
var itemForm = regexp.MustCompile(`(?m)^(.*?)\{\{\s*([A-Za-z0-9_]+)\.DATA\s*\}\}`)

func itemsOf(content string) (items []TemplateItem) {
	for _, found := range itemForm.FindAllStringSubmatch(content, -1) {
		items = append(items, TemplateItem{Key: found[2], Label: strings.TrimRight(strings.TrimSpace(found[1]), ":： ")})
	}
	return items
}
