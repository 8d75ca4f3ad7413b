package wechat

import "towncrier/sandbox/platform"

// sendCustom is /message/custom/send for the two types that the rehearsal shows: text and msgmenu.
func (u *users) sendCustom(c call) (any, *apiError) {
	var in struct {
		To   string `json:"touser"`
		Type string `json:"msgtype"`
		Text struct {
			Content string `json:"content"`
		} `json:"text"`
		Menu struct {
			Head string            `json:"head_content"`
			List []platform.Option `json:"list"`
			Tail string            `json:"tail_content"`
		} `json:"msgmenu"`
	}
	if err := c.decodeText(&in); err != nil {
		return nil, err
	}
	e := platform.Entry{Resident: in.To, At: u.base.Now(), From: platform.FromAccount, Kind: in.Type, Via: platform.ByCustom}
	switch in.Type {
	case "text":
		e.Text = in.Text.Content
	case "msgmenu":
		e.Text, e.Options, e.Tail = in.Menu.Head, in.Menu.List, in.Menu.Tail
	}
	failed := u.with(in.To, func(to *user) *apiError {
		switch size := sizeOf(e); {
		case !to.follows:
			return fail(43004)
		case in.Type != "text" && in.Type != "msgmenu":
			return fail(40008)
		case size == 0:
			return fail(44004)
		case size > maxText:
			return fail(45002)
		}
		if failed := to.windows.take(e.At); failed != nil {
			return failed
		}
		u.base.Record.Add(e)
		return nil
	})
	if failed != nil {
		return nil, failed
	}
	u.base.Record.Changed() // the window
	return success(), nil
}

// sizeOf is what is shown, in bytes.
func sizeOf(e platform.Entry) int {
	n := len(e.Text) + len(e.Tail)
	for _, o := range e.Options {
		n += len(o.Content)
	}
	return n
}
