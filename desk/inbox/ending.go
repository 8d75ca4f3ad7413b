package inbox

import (
	"fmt"

	"towncrier/api"
	"towncrier/desk/page"
)

// question is a page that asks whether a ticket is to end without an answer.
type question struct {
	page.Form
	Title, What, Label, Back string
	Text                     string
}

func askClose(v *page.Visit) (page.Result, error) {
	return ask(v, "关闭留言", "关闭，不答复", func(n int) string {
		if n > 1 {
			return fmt.Sprintf("有%d人问了同一件事：要另一位同事批准后才关闭，他们都不会收到答复。", n)
		}
		return "提问的居民不会收到答复。以后还可以重新打开。"
	})
}

func askStop(v *page.Visit) (page.Result, error) {
	return ask(v, "停止向来信号码发短信", "停发短信并关闭", func(int) string {
		return "以后不再给这个号码发短信，留言同时关闭。要恢复，须由机主自己同意，或者由两位管理员撤销。"
	})
}

func ask(v *page.Visit, title, label string, what func(people int) string) (page.Result, error) {
	group, err := getTicket.Do(v, api.TicketInput{Number: v.Path("number")})
	if err != nil {
		return nil, err
	}
	back := address(group.Ticket.Number)
	return v.Show(page.Page{Title: title, Name: "inbox/ending", Nav: "/desk/inbox",
		Crumbs: []page.Crumb{{Label: "留言", Path: "/desk/inbox"}, {Label: group.Ticket.Number, Path: back}, {Label: title}},
		Data:   &question{Form: v.NewForm(), Title: title, Label: label, Back: back, What: what(1 + len(group.Like)), Text: group.Ticket.Text}})
}

func doClose(v *page.Visit) (page.Result, error) {
	number := v.Path("number")
	done, err := closeTicket.Do(v, api.TicketInput{Number: number})
	switch {
	case err != nil:
		return nil, err
	case done.Proposal != nil:
		return page.See(address(number) + "?done=proposed"), nil
	}
	return page.See(address(number) + "?done=closed"), nil
}

func doStop(v *page.Visit) (page.Result, error) {
	number := v.Path("number")
	if _, err := stopSender.Do(v, api.TicketInput{Number: number}); err != nil {
		return nil, err
	}
	return page.See(address(number) + "?done=stopped"), nil
}
