package wechat

import "towncrier/content"

// MenuOf turns the content's menu into the platform's. A tap on a topic comes back as its id.
func MenuOf(buttons []content.MenuButton) []Button {
	var out []Button
	for _, b := range buttons {
		button := Button{Name: b.Name, URL: b.URL, Sub: MenuOf(b.Buttons)}
		if b.Topic != "" {
			button.Key = "topic:" + b.Topic
		}
		out = append(out, button)
	}
	return out
}
