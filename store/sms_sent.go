package store

import (
	"context"
	"encoding/hex"

	"towncrier/roster"
	"towncrier/sms"
)

var _ roster.Texts = (*SMS)(nil)

// stateNames are what a resident reads of a text.
var stateNames = map[sms.State]string{
	sms.Pending: "等待发送", sms.Sending: "正在发送", sms.Accepted: "已发出，等待回执", sms.Delivered: "已送达",
	sms.Undelivered: "未送达", sms.Failed: "未发出", sms.Doubtful: "结果未知", sms.Unknown: "结果未知",
}

// Sent implements roster.Texts: what was sent to the resident, and to their number.
func (s *SMS) Sent(ctx context.Context, residentID string, limit int) ([]roster.Sent, error) {
	subject, err := hex.DecodeString(residentID)
	if err != nil {
		return nil, wrap("list what was sent", roster.ErrNoResident)
	}
	all, err := collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT kind, state, created_at FROM text
		WHERE subject = $1 OR phone_find = (SELECT phone_find FROM resident WHERE subject = $1)
		ORDER BY created_at DESC, id DESC LIMIT $2`, subject, limit)), func(row row) (roster.Sent, error) {
		var kind sms.Kind
		var state sms.State
		one := roster.Sent{Channel: roster.SMS, By: "本系统"}
		err := row.Scan(&kind, &state, into(&one.At))
		one.State = stateNames[state]
		switch kind {
		case sms.Code:
			one.What, one.Why = "短信验证码", "您在微信里绑定手机号"
		case sms.Access:
			one.What, one.Why = "短信提醒", "您的工作账号有变动"
		}
		return one, err
	})
	return all, wrap("list what was sent", err)
}
