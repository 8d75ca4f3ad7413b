package wechat

import (
	"bytes"
	"crypto/rand"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"towncrier/sandbox/platform"
	"towncrier/wechat"
)

// webhookAPI is what faults of the pushes name: latency delays a push, drop loses the webhook's answer, so that the platform
// pushes again what was answered already.
var webhookAPI = platform.API{Name: "webhook", Kinds: []string{platform.FaultLatency, platform.FaultDrop}}

const (
	// pushes of one message: the first and three retries (被动回复用户消息: 总共重试三次).
	pushes = 4
	// maxReply is far above a sealed text of 2048 bytes.
	maxReply = 1 << 20
)

// webhook is the system under test as the platform calls it.
type webhook struct {
	base   *platform.Base
	crypto *wechat.Crypto
	cfg    Config
	reader replyReader
}

// pushAll pushes up to four times. Only silence is retried: an answer that is not valid ends the matter at once.
func (h *webhook) pushAll(m message) (said reply, attempts int, err error) {
	plain, err := xml.Marshal(m)
	if err != nil {
		return reply{}, 0, fmt.Errorf("write the message: %w", err)
	}
	if !h.cfg.SplitCDATA {
		plain = bytes.ReplaceAll(plain, []byte("]]]]><![CDATA[>"), []byte("]]>")) // what encoding/xml made of it
	}
	var req push
	for attempts = 1; ; attempts++ {
		if attempts == 1 || !h.cfg.IdenticalRetries {
			if req, err = h.sign(m, plain); err != nil {
				return reply{}, attempts, err
			}
		}
		body, answered, err := h.push(req)
		if answered && err == nil {
			said, err = h.reader.read(m, body)
		}
		if answered || attempts == pushes || h.base.Err() != nil {
			return said, attempts, err
		}
		h.base.Log.Info("sandbox push is tried again", "type", m.MsgType.Text, "attempt", attempts, "err", err)
	}
}

// push is one signed request, before it is sent.
type push struct {
	query url.Values
	body  []byte
}

func (h *webhook) sign(m message, plain []byte) (push, error) {
	timestamp := strconv.FormatInt(h.base.Now().Unix(), 10)
	nonce := rand.Text()[:10]
	p := push{body: plain, query: url.Values{
		"timestamp": {timestamp},
		"nonce":     {nonce},
		"openid":    {m.FromUserName.Text},
		"signature": {h.crypto.Signature(timestamp, nonce)},
	}}
	if h.cfg.Mode == Plain {
		return p, nil
	}
	sealed, err := h.crypto.Seal(0, plain)
	if err != nil {
		return push{}, fmt.Errorf("seal the message: %w", err)
	}
	p.query.Set("encrypt_type", "aes")
	p.query.Set("msg_signature", h.crypto.Signature(timestamp, nonce, sealed))
	p.body, err = h.wrap(m, plain, sealed)
	return p, err
}

// wrap puts the sealed message into the body; in compatible mode beside the plaintext's own elements.
func (h *webhook) wrap(m message, plain []byte, sealed string) ([]byte, error) {
	envelope, err := xml.Marshal(struct {
		XMLName    xml.Name `xml:"xml"`
		ToUserName *cdata
		Encrypt    cdata
	}{ToUserName: onlyIn(h.cfg.Mode == Secure, m.ToUserName), Encrypt: cdata{sealed}})
	if err != nil {
		return nil, fmt.Errorf("write the envelope: %w", err)
	}
	if h.cfg.Mode == Secure {
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

// push sends one request. answered says whether an answer came in time, valid or not.
func (h *webhook) push(p push) (body []byte, answered bool, err error) {
	fault, occurs := h.base.Faults.Next(webhookAPI, nil)
	if occurs && fault.Kind == platform.FaultLatency && !h.base.Wait(fault.Delay()) {
		return nil, false, h.base.Err()
	}
	u, err := url.Parse(h.cfg.WebhookURL)
	if err != nil {
		return nil, false, err
	}
	u.RawQuery = p.query.Encode()
	header := http.Header{"Content-Type": {"text/xml"}, "User-Agent": {"Mozilla/4.0"}}
	body, answered, err = h.base.Post(u.String(), header, p.body, maxReply)
	if answered && occurs && fault.Kind == platform.FaultDrop {
		return nil, false, errors.New("the answer was lost on the way, as a fault demands")
	}
	return body, answered, err
}
