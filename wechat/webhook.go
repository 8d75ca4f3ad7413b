package wechat

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"
)

// maxBody has room for a sealed message of 16,000 Chinese characters, or a third of that in compatible mode, which sends
// plaintext and ciphertext both.
const maxBody = 64 << 10

// Webhook answers the platform's GET and POST. Whatever goes wrong behind it, an authentic message gets a valid answer
// before the platform gives up; its server should have a ReadTimeout under 5 s.
type Webhook struct {
	clock

	cfg     Config
	quiet   *quiet
	late    *lateAnswers
	answers *answers

	mismatch atomic.Pointer[refusal] // why the last message that the platform signed was not of the mode that is set here; nil when it was
}

// CheckMode fails when WeChat signs messages that are not of the mode, or not under the key, that is set here.
func (h *Webhook) CheckMode() error {
	if no := h.mismatch.Load(); no != nil {
		return errors.New(no.reason)
	}
	return nil
}

// NewWebhook checks cfg and fills in its defaults.
func NewWebhook(cfg Config) (*Webhook, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	h := &Webhook{cfg: cfg}
	h.quiet = &quiet{}
	h.clock = clock{window: cfg.Window, log: cfg.Log, quiet: h.quiet}
	h.late = &lateAnswers{cfg: &h.cfg, slots: make(chan struct{}, cfg.MaxLate)}
	h.answers = &answers{cfg: &h.cfg, late: h.late, quiet: h.quiet}
	return h, nil
}

// Shutdown waits until every late answer is on its way; new ones are dropped. Call it after the HTTP server's own
// Shutdown. It returns ctx's error when that ends first.
func (h *Webhook) Shutdown(ctx context.Context) error { return h.late.shutdown(ctx) }

// refusal is why a request is not served. Its text goes to the log and to the caller; it holds nothing of the request.
type refusal struct {
	status int
	reason string
	mode   bool // the mode or its key differs from the console's, if the platform sent this
}

func (h *Webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := h.cfg.Now()
	var no *refusal
	switch r.Method {
	case http.MethodGet:
		no = h.verify(w, r, start)
	case http.MethodPost:
		no = h.receive(w, r, start)
	default:
		w.Header().Set("Allow", "GET, POST")
		no = &refusal{status: http.StatusMethodNotAllowed, reason: "only GET and POST are served"}
	}
	if no == nil {
		return
	}
	if held, ok := h.quiet.allow(no.reason, start); ok {
		h.cfg.Log.LogAttrs(r.Context(), slog.LevelWarn, "wechat request refused",
			slog.Int("status", no.status), slog.String("reason", no.reason), slog.Int("held_back", held))
	}
	h.cfg.Observe("refused", OutcomeRefused, h.cfg.Now().Sub(start))
	http.Error(w, no.reason, no.status)
}

// verify answers the console's check that this server knows the token: echostr comes back unchanged.
func (h *Webhook) verify(w http.ResponseWriter, r *http.Request, now time.Time) *refusal {
	q := r.URL.Query()
	stamp, no := timestamp(q)
	if no != nil {
		return no
	}
	if !h.cfg.Crypto.Verify(q.Get("signature"), q.Get("timestamp"), q.Get("nonce")) {
		return &refusal{status: http.StatusForbidden, reason: "signature does not match: is the token here the one in the console?"}
	}
	if !h.inWindow(stamp, now) {
		h.clock.note(r.Context(), now.Sub(stamp), now) // only then: this server asks itself, too, and agrees with itself
		return h.outOfWindow("timestamp")
	}
	echo := q.Get("echostr")
	if echo == "" {
		return &refusal{status: http.StatusBadRequest, reason: "echostr is missing"}
	}
	write(w, "text/plain; charset=utf-8", []byte(echo))
	h.cfg.Observe("verify", OutcomeVerified, h.cfg.Now().Sub(now))
	return nil
}

func (h *Webhook) receive(w http.ResponseWriter, r *http.Request, now time.Time) *refusal {
	q := r.URL.Query()
	stamp, no := timestamp(q)
	if no != nil {
		return no
	}
	plain, key, no := h.authentic(w, r, q)
	if no != nil {
		if no.mode && h.inWindow(stamp, now) && h.cfg.Crypto.Verify(q.Get("signature"), q.Get("timestamp"), q.Get("nonce")) {
			h.mismatch.Store(no)
		}
		return no
	}
	if h.mismatch.Load() != nil {
		h.mismatch.Store(nil)
	}
	h.clock.note(r.Context(), now.Sub(stamp), now)
	in, err := parseInbound(plain)
	if in.FromUserName == "" || in.MsgType == "" {
		if err != nil {
			return &refusal{status: http.StatusBadRequest, reason: "message is not the platform's XML: choose XML, not JSON, in the console"}
		}
		return &refusal{status: http.StatusBadRequest, reason: "message lacks FromUserName or MsgType"}
	}
	if openid := q.Get("openid"); openid != "" && openid != in.FromUserName && !in.aboutSent() {
		return &refusal{status: http.StatusForbidden, reason: "FromUserName is not the openid of the request"}
	}
	if no := h.fresh(&in, stamp, now); no != nil {
		return no
	}
	if err != nil { // an event that the platform would push in the same form again
		h.cfg.Log.Error("wechat event cannot be read", "event", in.Event, "err", err)
		h.cfg.Observe("event", OutcomeFailed, h.cfg.Now().Sub(now))
		write(w, "text/plain; charset=utf-8", []byte("success"))
		return nil
	}
	reply, taken := h.answers.answer(r.Context(), &in, now)
	if !taken {
		panic(http.ErrAbortHandler) // net/http's own way to break a connection: only silence makes the platform push again
	}
	if reply == "" {
		write(w, "text/plain; charset=utf-8", []byte("success")) // needs no sealing, by the platform's own word
		return nil
	}
	body := []byte(reply)
	if h.cfg.Crypto.Sealed() {
		body, err = h.envelope(key, body, q.Get("nonce"))
		if err != nil { // cannot happen: key opened the request
			h.cfg.Log.Error("wechat reply not sealed", "err", err)
			body = []byte("success")
		}
	}
	write(w, "application/xml; charset=utf-8", body)
	return nil
}

// authentic reads the body and returns the message in it once its signature is proved.
func (h *Webhook) authentic(w http.ResponseWriter, r *http.Request, q url.Values) ([]byte, Key, *refusal) {
	encryptType := q.Get("encrypt_type")
	aes := encryptType == "aes"
	switch {
	case h.cfg.Crypto.Sealed() && !aes:
		return nil, 0, &refusal{http.StatusForbidden, "an AES key is set, but the message is not sealed: choose 安全模式 in the console", true}
	case !h.cfg.Crypto.Sealed() && aes:
		return nil, 0, &refusal{http.StatusForbidden, "the message is sealed, but no AES key is set here: copy the EncodingAESKey from the console", true}
	case !aes && encryptType != "" && encryptType != "raw":
		return nil, 0, &refusal{status: http.StatusBadRequest, reason: "encrypt_type is neither aes nor raw"}
	case !aes && !h.cfg.Crypto.Verify(q.Get("signature"), q.Get("timestamp"), q.Get("nonce")):
		return nil, 0, &refusal{status: http.StatusForbidden, reason: "signature does not match: is the token here the one in the console?"}
	}
	body, err := readBody(w, r)
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, 0, &refusal{status: http.StatusRequestEntityTooLarge, reason: "body is over " + strconv.FormatInt(tooLarge.Limit, 10) + " bytes"}
	}
	if err != nil {
		return nil, 0, &refusal{status: http.StatusBadRequest, reason: "body broke off"}
	}
	if !aes {
		return body, 0, nil
	}
	env, err := ParseEnvelope(body)
	if err != nil || env.Encrypt == "" {
		return nil, 0, &refusal{status: http.StatusBadRequest, reason: "body is not XML with an Encrypt element: choose XML, not JSON, in the console"}
	}
	if !h.cfg.Crypto.Verify(q.Get("msg_signature"), q.Get("timestamp"), q.Get("nonce"), env.Encrypt) {
		return nil, 0, &refusal{status: http.StatusForbidden, reason: "msg_signature does not match: is the token here the one in the console?"}
	}
	plain, key, err := h.cfg.Crypto.Open(env.Encrypt)
	if err != nil {
		return nil, 0, &refusal{http.StatusForbidden, "message cannot be opened: are the app id and the AES key those in the console?", true}
	}
	return plain, key, nil
}

// fresh refuses what was signed, or sealed, too long ago or by a clock too far ahead. The platform states no window of its
// own. A sealed result of something that the account sent is taken whenever it comes: it can only name our own message's
// id, and the platform does not push it again once the clock is right.
func (h *Webhook) fresh(in *inbound, stamp, now time.Time) *refusal {
	sealed := h.cfg.Crypto.Sealed()
	switch {
	case sealed && in.aboutSent():
		return nil
	case !h.inWindow(stamp, now):
		return h.outOfWindow("timestamp")
	case sealed && !h.inWindow(time.Unix(in.CreateTime, 0), now):
		return h.outOfWindow("CreateTime in the sealed message")
	}
	return nil
}

func (h *Webhook) inWindow(t, now time.Time) bool {
	return now.Sub(t).Truncate(time.Second).Abs() <= h.cfg.Window
}

func (h *Webhook) outOfWindow(what string) *refusal {
	return &refusal{status: http.StatusForbidden, reason: what + " is over " + h.cfg.Window.String() + " away from this server's clock"}
}

// timestamp is when the platform signed a request. Only plain digits are taken: the signature does not tell where one of
// the values that it covers ends and the next begins.
func timestamp(q url.Values) (time.Time, *refusal) {
	text := q.Get("timestamp")
	seconds, err := strconv.ParseUint(text, 10, 63)
	if err != nil || text[0] == '0' {
		return time.Time{}, &refusal{status: http.StatusBadRequest, reason: "timestamp is missing or not a number of seconds"}
	}
	return time.Unix(int64(min(seconds, 1<<40)), 0), nil // beyond, Sub would only saturate
}

// envelope seals a reply as a fresh message: own clock, the request's nonce.
func (h *Webhook) envelope(key Key, reply []byte, nonce string) ([]byte, error) {
	sealed, err := h.cfg.Crypto.Seal(key, reply)
	if err != nil {
		return nil, err
	}
	stamp := strconv.FormatInt(h.cfg.Now().Unix(), 10)
	return Envelope{
		Encrypt: sealed, TimeStamp: stamp, Nonce: nonce,
		MsgSignature: h.cfg.Crypto.Signature(stamp, nonce, sealed),
	}.XML(), nil
}

// usualBody holds what residents write in one read; a message of 1,000 characters takes 5 KiB sealed.
const usualBody = 8 << 10

// readBody takes no more memory for a body than arrived of it, whatever its length is announced to be.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	limited := http.MaxBytesReader(w, r.Body, maxBody)
	if r.ContentLength <= 0 || r.ContentLength > usualBody {
		return io.ReadAll(limited)
	}
	body := make([]byte, r.ContentLength)
	_, err := io.ReadFull(limited, body)
	return body, err
}

func write(w http.ResponseWriter, contentType string, body []byte) {
	header := w.Header()
	header.Set("Content-Type", contentType)
	header.Set("X-Content-Type-Options", "nosniff") // an echostr is not ours to vouch for
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body) // a client that went away will ask again
}
