package api

import (
	"context"
	"slices"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/notify"
	"towncrier/staff"
)

// myNoticesHandler has what a member of staff is told by WeChat.
type myNoticesHandler struct{ notices *notify.Service }

func (h myNoticesHandler) register(g *gate) {
	add(g, get("/me/notices", "get-my-notices", "Show what you are told by WeChat when it waits for you", anyStaff), h.show)
	add(g, put("/me/notices", "choose-my-notices", "Choose what you are told by WeChat when it waits for you", anyStaff), repeatable(h.choose, h.chosen, "staff.notices"))
}

func (h myNoticesHandler) show(ctx context.Context, caller staff.Person, _ *Nothing) (*reply[wire.Page[wire.NoticeKind]], error) {
	unwanted, err := h.notices.Unwanted(ctx, caller.ID)
	return listed(func(r notify.Rule) wire.NoticeKind {
		return wire.NoticeKind{Kind: string(r.Kind), Label: r.Label, Hint: r.Hint, Wanted: !slices.Contains(unwanted, r.Kind), AtNight: r.AtNight}
	})(notify.Rules, err)
}

func (h myNoticesHandler) choose(ctx context.Context, caller staff.Person, in *Body[wire.ChooseNotices]) (*reply[wire.Page[wire.NoticeKind]], error) {
	wanted := make([]notify.Kind, len(in.Body.Wanted))
	for i, kind := range in.Body.Wanted {
		wanted[i] = notify.Kind(kind)
	}
	if err := h.notices.Choose(ctx, caller.ID, wanted); err != nil {
		return nil, err
	}
	return h.show(ctx, caller, nil)
}

func (h myNoticesHandler) chosen(ctx context.Context, caller staff.Person, _ audit.Act) (*reply[wire.Page[wire.NoticeKind]], error) {
	return h.show(ctx, caller, nil)
}
