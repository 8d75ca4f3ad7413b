package sandbox

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// Delivery is what became of an action.
type Delivery struct {
	Sent  Entry  // the action, settled
	Reply *Entry // what the phone showed at once; nil when the webhook said `success`, or nobody is told
}

const (
	// pushes of one message: the first and three retries (被动回复用户消息: 总共重试三次).
	pushes = 4
	// maxReply is far above a sealed text of 2048 bytes.
	maxReply = 1 << 20
	// failureNotice is what WeChat shows when the account's server gives no valid answer.
	failureNotice = "该公众号暂时无法提供服务，请稍后再试"
	// transferNote stands for the conversation's opening on a person's desk, of which the phone shows nothing.
	transferNote = "会话已转给人工客服"
)

// deliver pushes a message until the webhook answers, and shows the resident what it said.
func (s *Sandbox) deliver(m message, sent Entry) Delivery {
	d := Delivery{}
	reply, attempts, err := s.pushAll(m)
	if err != nil {
		d.Sent = s.record.settle(sent.ID, Failed, attempts, err.Error())
		if s.ctx.Err() != nil {
			return d
		}
		s.cfg.Log.Warn("sandbox push failed", "type", m.MsgType.Text, "attempts", attempts, "err", err)
		if !m.silent() {
			d.Reply = s.show(Entry{Resident: sent.Resident, From: FromPlatform, Kind: "notice", Text: failureNotice, AnswerTo: sent.ID})
		}
		return d
	}
	d.Sent = s.record.settle(sent.ID, Delivered, attempts, "")
	switch reply.MsgType {
	case "text":
		d.Reply = s.show(Entry{Resident: sent.Resident, From: FromAccount, Kind: "text", Text: reply.Content, Via: ByReply, AnswerTo: sent.ID})
	case "transfer_customer_service":
		d.Reply = s.show(Entry{Resident: sent.Resident, From: FromPlatform, Kind: "transfer", Text: transferNote, Via: ByReply, AnswerTo: sent.ID})
	}
	return d
}

// show records what reaches a resident, unless they left meanwhile.
func (s *Sandbox) show(e Entry) *Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.residents[e.Resident].follows {
		return nil
	}
	e.At = s.cfg.Now()
	return s.record.add(e)
}

// pushAll pushes up to four times. Only silence is retried: an answer that is not valid ends the matter at once.
func (s *Sandbox) pushAll(m message) (reply passive, attempts int, err error) {
	plain, err := xml.Marshal(m)
	if err != nil {
		return passive{}, 0, fmt.Errorf("write the message: %w", err)
	}
	if !s.cfg.SplitCDATA {
		plain = bytes.ReplaceAll(plain, []byte("]]]]><![CDATA[>"), []byte("]]>")) // what encoding/xml made of it
	}
	var req push
	for attempts = 1; ; attempts++ {
		if attempts == 1 || !s.cfg.IdenticalRetries {
			if req, err = s.sign(m, plain); err != nil {
				return passive{}, attempts, err
			}
		}
		body, answered, err := s.push(req)
		if answered && err == nil {
			reply, err = s.judge(m, body)
		}
		if answered || attempts == pushes || s.ctx.Err() != nil {
			return reply, attempts, err
		}
		s.cfg.Log.Info("sandbox push is tried again", "type", m.MsgType.Text, "attempt", attempts, "err", err)
	}
}

// push is one signed request, before it is sent.
type push struct {
	query url.Values
	body  []byte
}

func (s *Sandbox) sign(m message, plain []byte) (push, error) {
	timestamp := strconv.FormatInt(s.cfg.Now().Unix(), 10)
	nonce := rand.Text()[:10]
	p := push{body: plain, query: url.Values{
		"timestamp": {timestamp},
		"nonce":     {nonce},
		"openid":    {m.FromUserName.Text},
		"signature": {s.crypto.Signature(timestamp, nonce)},
	}}
	if s.cfg.Mode == Plain {
		return p, nil
	}
	sealed, err := s.crypto.Seal(0, plain)
	if err != nil {
		return push{}, fmt.Errorf("seal the message: %w", err)
	}
	p.query.Set("encrypt_type", "aes")
	p.query.Set("msg_signature", s.crypto.Signature(timestamp, nonce, sealed))
	p.body, err = s.wrap(m, plain, sealed)
	return p, err
}

// wrap puts the sealed message into the body; in compatible mode beside the plaintext's own elements.
func (s *Sandbox) wrap(m message, plain []byte, sealed string) ([]byte, error) {
	envelope, err := xml.Marshal(struct {
		XMLName    xml.Name `xml:"xml"`
		ToUserName *cdata
		Encrypt    cdata
	}{ToUserName: onlyIn(s.cfg.Mode == Secure, m.ToUserName), Encrypt: cdata{sealed}})
	if err != nil {
		return nil, fmt.Errorf("write the envelope: %w", err)
	}
	if s.cfg.Mode == Secure {
		return envelope, nil
	}
	open, end := []byte("<xml>"), []byte("</xml>")
	return slices.Concat(bytes.TrimSuffix(plain, end), bytes.TrimPrefix(envelope, open)), nil
}

func onlyIn(mode bool, c cdata) *cdata {
	if !mode {
		return nil
	}
	return &c
}

// errSilence says that no answer came in time, or at all.
var errSilence = errors.New("no answer in time")

// push sends one request. answered says whether an answer came in time, valid or not.
func (s *Sandbox) push(p push) (body []byte, answered bool, err error) {
	fault, struck := s.strike(webhook, nil)
	if struck && fault.Kind == FaultLatency && !s.wait(s.ctx, fault.delay()) {
		return nil, false, s.ctx.Err()
	}
	ctx, cancel := context.WithTimeout(s.ctx, s.cfg.Timeout)
	defer cancel()
	u, err := url.Parse(s.cfg.WebhookURL)
	if err != nil {
		return nil, false, err
	}
	u.RawQuery = p.query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(p.body))
	if err != nil {
		return nil, false, err
	}
	req.Header.Set("Content-Type", "text/xml")
	req.Header.Set("User-Agent", "Mozilla/4.0")
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, false, silence(ctx, err)
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	switch {
	case err != nil:
		return nil, false, silence(ctx, err)
	case struck && fault.Kind == FaultDrop:
		return nil, false, errors.New("the answer was lost on the way, as a fault demands")
	case resp.StatusCode != http.StatusOK:
		return nil, true, fmt.Errorf("answered HTTP %d, want 200", resp.StatusCode)
	case len(body) > maxReply:
		return nil, true, fmt.Errorf("reply is over %d bytes", maxReply)
	}
	return body, true, nil
}

// silence words a failed request without its URL, which holds the openid and a valid signature, or an SMS callback's key.
func silence(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errSilence
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return fmt.Errorf("not reached: %w", err)
}

// wait is false when ctx or the Sandbox ends first.
func (s *Sandbox) wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	case <-s.ctx.Done():
		return false
	}
}
