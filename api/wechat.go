package api

import (
	"context"
	"errors"

	"towncrier/api/wire"
	"towncrier/signin"
	"towncrier/staff"
)

// wechatHandler has the WeChat account to which a member of staff is bound.
type wechatHandler struct{ wechat *signin.WeChat }

func (h wechatHandler) register(g *gate) {
	add(g, get("/me/wechat", "get-my-wechat", "Show whether your WeChat account is bound", anyStaff), h.mine)
	add(g, post("/me/wechat", "bind-my-wechat", "Make a QR code that binds the WeChat account that scans it to you", anyStaff).showsSecret(), h.bind)
	add(g, post("/me/wechat/confirm", "confirm-my-wechat", "Have your WeChat account sign in: with the number that it was told, in the console alone", anyStaff), h.confirm)
	add(g, del("/me/wechat", "unbind-my-wechat", "Take your WeChat account off yours", anyStaff), repeatable(h.unbind, nothingShown, "wechat.unbind"))
}

func (h wechatHandler) mine(ctx context.Context, caller staff.Person, _ *Nothing) (*reply[wire.WeChat], error) {
	bound, err := h.wechat.Bound(ctx, caller.ID)
	if errors.Is(err, signin.ErrNotBound) {
		return &reply[wire.WeChat]{}, nil
	}
	return shown(func(b signin.Bound) wire.WeChat { return wire.WeChat{Bound: true, BoundAt: b.At, SignsIn: b.SignsIn} })(bound, err)
}

func (h wechatHandler) bind(ctx context.Context, caller staff.Person, _ *Nothing) (*reply[wire.WeChatCode], error) {
	text, until, err := h.wechat.Ask(ctx, caller.ID, infoOf(ctx).origin.Session)
	if err != nil {
		return nil, err
	}
	return &reply[wire.WeChatCode]{wire.WeChatCode{Text: text, Until: until}}, nil
}

func (h wechatHandler) confirm(ctx context.Context, caller staff.Person, in *Body[wire.ConfirmWeChat]) (*Nothing, error) {
	return nil, h.wechat.Confirm(ctx, caller.ID, infoOf(ctx).origin.Session, in.Body.Number)
}

func (h wechatHandler) unbind(ctx context.Context, caller staff.Person, _ *Nothing) (*Nothing, error) {
	return nil, h.wechat.Unbind(ctx, caller.ID)
}
