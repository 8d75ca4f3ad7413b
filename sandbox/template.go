package sandbox

import (
	"encoding/json"
	"strconv"
	"time"
)

const (
	// sameFor is how long a client_msg_id is remembered (发送模板消息: 有效期10分钟).
	sameFor = 10 * time.Minute
	// templateQuota is a verified account's below 100,000 followers, a day.
	templateQuota = 100_000
)

// notice is a call of either endpoint.
type notice struct {
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

// readNotice reads a call of one kind, and fills its template.
func (s *Sandbox) readNotice(c call, kind NoticeKind) (in notice, t *NoticeForm, items []Item, failed *apiError) {
	if escaped(c.body) {
		return in, nil, nil, fail(40033)
	}
	if failed = c.decode(&in); failed != nil {
		return in, nil, nil, failed
	}
	t = s.notices.templates[in.Template]
	switch {
	case in.To == "":
		return in, nil, nil, fail(40003)
	case t == nil || t.Kind != kind:
		return in, nil, nil, fail(40037)
	case t.Banned:
		return in, nil, nil, fail(43116)
	}
	items, failed = s.notices.fill(t, in.Data)
	return in, t, items, failed
}

// templateSend is /message/template/send. Which of its checks comes before the look at client_msg_id is not documented: here
// all but the quota's.
func (s *Sandbox) templateSend(c call) (any, *apiError) {
	in, t, items, failed := s.readNotice(c, TemplateMessage)
	if failed != nil {
		return nil, failed
	}
	s.mu.Lock()
	r := s.residents[in.To]
	switch {
	case r == nil:
		failed = fail(40003)
	case r.Blacklisted:
		failed = fail(43019)
	case !r.follows:
		failed = fail(43004)
	}
	s.mu.Unlock()
	if failed != nil {
		return nil, failed
	}

	n, now := s.notices, s.cfg.Now()
	key := sentKey{in.To, in.ClientMsgID}
	n.mu.Lock()
	n.forget(now)
	if known := n.sent[key]; known != nil && in.ClientMsgID != "" {
		s.amend(known, func(n *Notice) { n.Repeats++ })
		n.mu.Unlock()
		return noticeAnswer{Text: errorText(0), MsgID: known.msgID}, nil
	}
	if !n.take(now) {
		n.mu.Unlock()
		return nil, fail(45009)
	}
	l := s.letterTo(in, t, items, r.Resident, now)
	if in.ClientMsgID != "" {
		n.sent[key] = l
		n.order = append(n.order, key)
	}
	n.mu.Unlock()
	s.tell(l)
	return noticeAnswer{Text: errorText(0), MsgID: l.msgID}, nil
}

// letterTo makes and records the letter of a call that passed every check. What becomes of it is known from here on. The lock
// of noticeSide is held.
func (s *Sandbox) letterTo(in notice, t *NoticeForm, items []Item, to Resident, now time.Time) *letter {
	api := templateResult
	if t.Kind == Subscription {
		api = subscribeResult
	}
	l := &letter{msgID: s.nextID()}
	l.fate, _ = s.strike(api, nil)
	status := resultSuccess
	if to.Blocks {
		status = resultBlocked
	}
	if resultForm.MatchString(l.fate.Kind) {
		status = l.fate.Kind
	}
	e := Entry{
		Resident: in.To, At: now, From: FromAccount, Kind: string(t.Kind), Via: string(t.Kind), Text: t.Title, State: Delivered,
		Notice: &Notice{Template: t.ID, Title: t.Title, Items: items, MsgID: strconv.FormatInt(l.msgID, 10), Status: status},
	}
	if t.Kind == Subscription {
		e.Notice.URL = in.Page
	} else {
		e.Notice.URL, e.Notice.ClientMsgID = in.URL, in.ClientMsgID
	}
	if status != resultSuccess {
		e.State, e.Reason = Failed, status
	}
	l.entry = s.record.add(e)
	return l
}

// forget drops what was sent over 10 minutes ago. n.mu is held.
func (n *noticeSide) forget(now time.Time) {
	i := 0
	for ; i < len(n.order) && now.Sub(n.sent[n.order[i]].entry.At) >= sameFor; i++ {
		delete(n.sent, n.order[i])
	}
	n.order = n.order[i:]
}

// take uses up one of the day's template messages. n.mu is held.
func (n *noticeSide) take(now time.Time) bool {
	if day := now.In(chinaTime).Format(time.DateOnly); day != n.day {
		n.day, n.used = day, 0
	}
	n.used++
	return n.used <= n.quota
}

// nextID is for msgids, which share the numbers of MsgId.
func (s *Sandbox) nextID() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastID++
	return s.lastID
}
