package inbox

import (
	"fmt"

	"towncrier/api"
	"towncrier/desk/page"
)

// question is a page that asks whether a ticket is to end without an answer.
type question struct {
	page.Form
	What, Back, Text string
	Stop             string // where a reply's sender is stopped; "" for other kinds
}

func askClose(v *page.Visit) (page.Result, error) {
	group, err := getTicket.Do(v, api.TicketInput{Number: v.Path("number")})
	if err != nil {
		return nil, err
	}
	t := group.Ticket
	data := &question{Form: v.NewForm(), Back: address(t.Number), Text: t.Text, What: "提问的居民不会收到答复。以后还可以重新打开。"}
	if n := 1 + len(group.Like); n > 1 {
		data.What = fmt.Sprintf("有%d人问了同一件事：要另一位同事批准后才关闭，他们都不会收到答复。", n)
	}
	if t.Phone != "" {
		data.Stop = data.Back + "/stop"
	}
	return v.Show(page.Page{Title: "关闭留言", Name: "inbox/ending", Nav: "/desk/inbox", Data: data,
		Crumbs: []page.Crumb{{Label: "留言", Path: "/desk/inbox"}, {Label: t.Number, Path: data.Back}, {Label: "关闭留言"}}})
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
