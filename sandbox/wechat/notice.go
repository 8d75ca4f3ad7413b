package wechat

import (
	"bytes"
	"encoding/json"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"towncrier/sandbox/platform"
)

// sameFor is how long a client_msg_id is remembered (发送模板消息: 有效期10分钟).
const sameFor = 10 * time.Minute

// notices takes template messages and subscription notifications.
type notices struct {
	base      *platform.Base
	users     *users
	templates templates
	results   *results
	quota     int           // template messages a day
	ids       *atomic.Int64 // the last msgid; they share the numbers of MsgId

	mu    sync.Mutex
	last  map[*Template]filled // the data of each template's last call
	sent  map[sentKey]*notice  // of the last 10 minutes, by client_msg_id
	order []sentKey            // as they came
	day   string               // in China, that used counts
	used  int
}

// filled is what data made of a template. It never changes, so that notices share it.
type filled struct {
	data  []byte
	items []platform.Item
}

type sentKey struct{ openid, clientMsgID string }

func newNotices(base *platform.Base, users *users, templates templates, results *results, quota int, ids *atomic.Int64) *notices {
	return &notices{
		base: base, users: users, templates: templates, results: results, quota: quota, ids: ids,
		last: map[*Template]filled{}, sent: map[sentKey]*notice{},
	}
}

// noticeCall is a call of either endpoint.
type noticeCall struct {
	To          string          `json:"touser"`
	Template    string          `json:"template_id"`
	URL         string          `json:"url"`
	Page        string          `json:"page"`
	ClientMsgID string          `json:"client_msg_id"`
	Data        json.RawMessage `json:"data"`
}

// noticeAnswer is the answer of an accepted call.
type noticeAnswer struct {
	Code  int    `json:"errcode"`
	Text  string `json:"errmsg"`
	MsgID int64  `json:"msgid"`
}

// sendTemplate is /message/template/send. Which of its checks comes before the look at client_msg_id is not documented: here
// all but the quota's.
func (n *notices) sendTemplate(c call) (any, *apiError) {
	return n.send(c, TemplateMessage, func(u *user, _ *Template) *apiError {
		switch {
		case u.Blacklisted:
			return fail(43019)
		case !u.follows:
			return fail(43004)
		}
		return nil
	})
}

// sendSubscription is /message/subscribe/bizsend: to anybody who agreed, whether they follow or not.
func (n *notices) sendSubscription(c call) (any, *apiError) {
	return n.send(c, Subscription, func(u *user, t *Template) *apiError {
		if !u.agreed[t.ID] {
			return fail(43101)
		}
		return nil
	})
}

// send takes a call of one kind, for a user that check lets through.
func (n *notices) send(c call, kind TemplateKind, check func(*user, *Template) *apiError) (any, *apiError) {
	in, t, items, failed := n.read(c, kind)
	if failed != nil {
		return nil, failed
	}
	blocks := false
	failed = n.users.with(in.To, func(u *user) *apiError {
		blocks = u.Blocks
		return check(u, t)
	})
	if failed != nil {
		return nil, failed
	}
	accepted, again, failed := n.accept(in, t, items, blocks)
	switch {
	case failed != nil:
		return nil, failed
	case again:
		accepted.update(n.base.Record, func(n *platform.Notice) { n.Repeats++ })
	default:
		n.results.schedule(accepted)
	}
	return noticeAnswer{Text: errorText(0), MsgID: accepted.msgID}, nil
}

// read reads a call of one kind, and fills its template.
func (n *notices) read(c call, kind TemplateKind) (in noticeCall, t *Template, items []platform.Item, failed *apiError) {
	if failed = c.decodeText(&in); failed != nil {
		return in, nil, nil, failed
	}
	t = n.templates[in.Template]
	switch {
	case in.To == "":
		return in, nil, nil, fail(40003)
	case t == nil || t.Kind != kind:
		return in, nil, nil, fail(40037)
	case t.Banned:
		return in, nil, nil, fail(43116)
	}
	items, failed = n.fill(t, in.Data)
	return in, t, items, failed
}

// fill reads data, a call's JSON, and holds it against the template. A broadcast's is the same in every call, and read once.
func (n *notices) fill(t *Template, data []byte) ([]platform.Item, *apiError) {
	n.mu.Lock()
	last, known := n.last[t]
	n.mu.Unlock()
	if known && bytes.Equal(last.data, data) {
		return last.items, nil
	}
	var values map[string]struct{ Value string }
	if len(data) > 0 && json.Unmarshal(data, &values) != nil {
		return nil, fail(47001)
	}
	items, failed := t.fill(values)
	if failed == nil {
		n.mu.Lock()
		n.last[t] = filled{data, items}
		n.mu.Unlock()
	}
	return items, failed
}

// accept records a notice, or finds the template message that came with the same client_msg_id before.
func (n *notices) accept(in noticeCall, t *Template, items []platform.Item, blocks bool) (accepted *notice, again bool, failed *apiError) {
	now, key := n.base.Now(), sentKey{in.To, in.ClientMsgID}
	n.mu.Lock()
	defer n.mu.Unlock()
	if t.Kind == Subscription {
		return n.record(in, t, items, blocks, now), false, nil
	}
	n.forget(now)
	if known := n.sent[key]; known != nil {
		return known, true, nil
	}
	if !n.take(now) {
		return nil, false, fail(45009)
	}
	accepted = n.record(in, t, items, blocks, now)
	if in.ClientMsgID != "" {
		n.sent[key] = accepted
		n.order = append(n.order, key)
	}
	return accepted, false, nil
}

// forget drops what was sent over 10 minutes ago. n.mu is held.
func (n *notices) forget(now time.Time) {
	i := 0
	for ; i < len(n.order) && now.Sub(n.sent[n.order[i]].at) >= sameFor; i++ {
		delete(n.sent, n.order[i])
	}
	n.order = n.order[i:]
}

// take uses up one of the day's template messages. n.mu is held.
func (n *notices) take(now time.Time) bool {
	if day := now.In(platform.ChinaTime).Format(time.DateOnly); day != n.day {
		n.day, n.used = day, 0
	}
	n.used++
	return n.used <= n.quota
}

// record records the notice of a call that passed every check. What becomes of it is known from here on.
func (n *notices) record(in noticeCall, t *Template, items []platform.Item, blocks bool, now time.Time) *notice {
	api := templateResultAPI
	if t.Kind == Subscription {
		api = subscribeResultAPI
	}
	accepted := &notice{at: now, msgID: n.ids.Add(1)}
	accepted.fault, _ = n.base.Faults.Next(api, nil)
	status := resultSuccess
	if blocks {
		status = resultBlocked
	}
	if resultForm.MatchString(accepted.fault.Kind) {
		status = accepted.fault.Kind
	}
	e := platform.Entry{
		Resident: in.To, At: now, From: platform.FromAccount, Kind: string(t.Kind), Via: string(t.Kind), Text: t.Title, State: platform.Delivered,
		Notice: &platform.Notice{Template: t.ID, Title: t.Title, Items: items, MsgID: strconv.FormatInt(accepted.msgID, 10), Status: status},
	}
	if t.Kind == Subscription {
		e.Notice.URL = in.Page
	} else {
		e.Notice.URL, e.Notice.ClientMsgID = in.URL, in.ClientMsgID
	}
	if status != resultSuccess {
		e.State, e.Reason = platform.Failed, status
	}
	accepted.entry = n.base.Record.Add(e)
	return accepted
}
