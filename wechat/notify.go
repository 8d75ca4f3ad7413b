package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"towncrier/broadcast"
)

// prepared is a message that is the same for all residents, written once: a call puts only the resident and its own id into it.
// encoding/json a call costs as much as the rest of the request.
type prepared struct {
	op         string // message/template/send or message/subscribe/bizsend
	target     url.URL
	middle     []byte // from behind the openid to the end of data
	repeatable bool   // a repeat of a call, with its id, is no second message: for 10 minutes, says 发送模板消息
}

// value is one variable of a template.
type value struct {
	Value string `json:"value"`
}

// prepare writes message m of the template with the platform's code. The only error is *Error.
func (c *Client) prepare(m broadcast.Message, code string) (*prepared, error) {
	s := &prepared{op: "message/template/send", repeatable: true}
	link := "url"
	if m.Channel == broadcast.Subscription {
		s.op, s.repeatable, link = "message/subscribe/bizsend", false, "page"
	}
	s.target = *c.base.JoinPath("/cgi-bin/" + s.op)
	if !strings.HasPrefix(s.target.Path, "/") { // so JoinPath leaves it when base has no path, and only String mends it
		s.target.Path = "/" + s.target.Path
	}
	data := make(map[string]value, len(m.Data))
	for key, text := range m.Data {
		data[key] = value{unescapable(text)}
	}
	fields := map[string]any{"template_id": code, "data": data}
	if m.URL != "" {
		fields[link] = m.URL
	}
	raw, err := encode(fields)
	if err != nil {
		return nil, &Error{Op: s.op, Class: CallerFault, Cause: "the message cannot be written as JSON"}
	}
	// {"data":…}\n becomes ","data":…
	s.middle = slices.Concat([]byte(`",`), bytes.TrimSuffix(raw, []byte("}\n"))[1:])
	return s, nil
}

// body is the call for one resident. It is false for an openid or id that would need escaping, which neither ever does.
func (s *prepared) body(openid, id string) ([]byte, bool) {
	if !bare(openid) || !bare(id) {
		return nil, false
	}
	b := make([]byte, 0, len(s.middle)+len(openid)+len(id)+40)
	b = append(b, `{"touser":"`...)
	b = append(b, openid...)
	b = append(b, s.middle...)
	if s.repeatable {
		b = append(b, `,"client_msg_id":"`...)
		b = append(b, id...)
		b = append(b, '"')
	}
	return append(b, '}'), true
}

// bare says whether s stands in JSON as it is.
func bare(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return s != ""
}

// unescapable makes a text one that encoding/json writes without \u, which the platform refuses (40033).
func unescapable(text string) string {
	return strings.NewReplacer("\u2028", "\n", "\u2029", "\n").Replace(clean(text))
}

// notified is the answer to a message that was taken; the SDK has no msgid of a subscription notification. msgid is a number, beyond what a float64 holds exactly.
type notified struct {
	Code  int         `json:"errcode"`
	Text  string      `json:"errmsg"`
	MsgID json.Number `json:"msgid"`
}

var jsonHeader = []string{jsonType}

// notify sends a prepared message to one resident and returns the platform's id of the message, under which its result is reported;
// "" when the platform gave none. The only error is *Error.
func (c *Client) notify(ctx context.Context, s *prepared, openid, id string) (msgid string, err error) {
	body, ok := s.body(openid, id)
	if !ok {
		return "", &Error{Op: s.op, Class: CallerFault, Cause: "openid or message id is not one"}
	}
	repeated := false
	err = c.underToken(ctx, s.op, func(token string) error {
		answer, err := c.exchange(ctx, s.op, s.request(token, body, &repeated))
		if err != nil {
			return err
		}
		var got notified
		if err := json.Unmarshal(answer, &got); err != nil {
			return unreadable(s.op)
		}
		if got.Code != 0 {
			return rejected(s.op, got.Code, got.Text, c.secret, token, openid)
		}
		msgid = got.MsgID.String()
		return nil
	})
	if repeated {
		err = doubted(err)
	}
	return msgid, err
}

// SendTemplate sends one template message, at most once under an id within the platform's 10 minutes. The only error is *Error.
func (c *Client) SendTemplate(ctx context.Context, openid, id, code string, data map[string]string, url string) error {
	s, err := c.prepare(broadcast.Message{Channel: broadcast.Template, Data: data, URL: url}, code)
	if err == nil {
		_, err = c.notify(ctx, s, openid, id)
	}
	return err
}

// doubted is what the error of a call means that net/http had made before, on a connection that broke: the first may have been taken.
// Only what the resident refuses was refused then, too.
func doubted(err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Class == UserGone || e.Class == OptedOut {
		return err
	}
	doubt := *e
	doubt.Class = InDoubt
	return &doubt
}

// request is a call for one resident. repeated becomes true when net/http makes it once more although some of it may have gone out.
func (s *prepared) request(token string, body []byte, repeated *bool) *http.Request {
	target := s.target
	target.RawQuery = "access_token=" + url.QueryEscape(token)
	req := &http.Request{
		Method: http.MethodPost, URL: &target, Host: target.Host, Header: http.Header{"Content-Type": jsonHeader},
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: int64(len(body)),
		Body: io.NopCloser(bytes.NewReader(body)),
		GetBody: func() (io.ReadCloser, error) {
			*repeated = s.repeatable // others are repeated only when nothing went out
			return io.NopCloser(bytes.NewReader(body)), nil
		},
	}
	if s.repeatable {
		// Tells net/http, and nobody else, that it may repeat the call when the server closed an idle connection just then.
		req.Header["X-Idempotency-Key"] = nil
	}
	return req
}
