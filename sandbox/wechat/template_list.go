package wechat

import "strings"

// templateLists are what the account says of the templates that it may use.
type templateLists []Template

// Types of a subscription's template.
const (
	oneTime  = 2
	longTerm = 3
)

// messages is template/get_all_private_template: those of template messages.
func (all templateLists) messages(call) (any, *apiError) {
	type row struct {
		ID              string `json:"template_id"`
		Title           string `json:"title"`
		PrimaryIndustry string `json:"primary_industry"`
		DeputyIndustry  string `json:"deputy_industry"`
		Content         string `json:"content"`
		Example         string `json:"example"`
	}
	list := []row{}
	for _, t := range all {
		if t.Kind == TemplateMessage {
			list = append(list, row{ID: t.ID, Title: t.Title, Content: t.content()})
		}
	}
	return map[string][]row{"template_list": list}, nil
}

// subscriptions is wxaapi/newtmpl/gettemplate: those of subscription notifications.
func (all templateLists) subscriptions(call) (any, *apiError) {
	type row struct {
		ID      string `json:"priTmplId"`
		Title   string `json:"title"`
		Content string `json:"content"`
		Example string `json:"example"`
		Type    int    `json:"type"`
	}
	list := []row{}
	for _, t := range all {
		kind := longTerm
		if t.OneTime {
			kind = oneTime
		}
		if t.Kind == Subscription {
			list = append(list, row{ID: t.ID, Title: t.Title, Content: t.content(), Type: kind})
		}
	}
	return struct {
		apiError
		Data []row `json:"data"`
	}{apiError{0, errorText(0)}, list}, nil
}

// content is a template as the lists write it: a line an item.
func (t Template) content() string {
	var b strings.Builder
	for _, i := range t.Items {
		b.WriteString(i.Label + ":{{" + i.Key + ".DATA}}\n")
	}
	return b.String()
}
