package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"towncrier/api/wire"
	"towncrier/staff"
	"towncrier/store"
)

// lease is how long a request may take before another with its Idempotency-Key may run. requestTimeout ends it long before: when
// the lease is over undone, its process died.
const lease = time.Minute

// idempotency does a request once that comes several times with one Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07).
// Only an answer of success is kept: what was refused changed nothing, and its key may be used again.
//
// The claim is made before the act and settled after it. When the process dies in between, the request may be repeated after the
// lease: an operation that is repeatable then finds what it did, and the others bear to run twice. One that shows a
// secret does not, since it would make a second: its key is spent before it runs.
type idempotency struct {
	keys     *store.Idempotency
	problems problems
	now      func() time.Time
}

// answer is what is kept of a response.
type answer struct {
	Status int
	Header map[string]string
	Body   string
}

// run runs an operation, or gives the answer that the same request had before.
func (i idempotency) run(w http.ResponseWriter, r *http.Request, op operation, body []byte, run func(http.ResponseWriter)) {
	keys := r.Header.Values(wire.IdempotencyKey)
	if len(keys) == 0 {
		run(w)
		return
	}
	ctx := r.Context()
	claim, prior, err := i.claim(r, op, keys, body)
	switch {
	case err != nil:
		i.problems.write(w, r, err)
		return
	case claim == nil:
		prior.write(w)
		return
	case !op.secret:
		infoOf(ctx).claim = claim
	}
	held := newRecorder()
	if claim.Done != nil {
		held.header.Set("Idempotency-Replayed", "true")
	}
	run(held)
	i.settle(context.WithoutCancel(ctx), op, claim, held.status, held.body.Bytes(), func() ([]byte, error) { return json.Marshal(answerOf(held)) })
	held.copyTo(w)
}

func answerOf(held *recorder) answer {
	kept := answer{Status: held.status, Header: map[string]string{}, Body: held.body.String()}
	for name := range held.header {
		kept.Header[name] = held.header.Get(name)
	}
	return kept
}

// claim is the request's to run, or nil when it has an answer.
func (i idempotency) claim(r *http.Request, op operation, keys []string, body []byte) (claim *store.Claim, prior answer, err error) {
	if len(keys) > 1 || !goodKey(keys[0]) {
		return nil, prior, refuse(http.StatusBadRequest, "malformed", badFields,
			faultAt("header.Idempotency-Key", "应为1到255个英文字母、数字或符号，只写一个"))
	}
	claim, kept, err := i.claimFor(r.Context(), op, keys[0], r.Method+" "+r.URL.RequestURI()+"\n"+string(body))
	if err == nil && claim == nil {
		err = json.Unmarshal([]byte(kept), &prior)
	}
	return claim, prior, err
}

// claimFor is a request's to run, or nil when something is kept of it.
func (i idempotency) claimFor(ctx context.Context, op operation, key, request string) (claim *store.Claim, kept string, err error) {
	claim, kept, err = i.keys.Claim(ctx, claimant(infoOf(ctx).person), key, request, i.now(), lease)
	switch {
	case errors.Is(err, store.ErrKeySpent):
		err = keySpent()
	case err == nil && claim != nil && op.secret:
		err = i.keys.Complete(ctx, claim, "", "")
	}
	return claim, kept, err
}

// claimant is a person as what they are now: who changes their role or committee is not answered what they saw before.
func claimant(p staff.Person) string { return p.ID + " " + string(p.Role) + " " + p.Committee }

func keySpent() error {
	return refuse(http.StatusConflict, "key-spent",
		"这一步已经办过或中断，结果没有保留（激活码、二维码只显示一次，删除的居民不留任何信息）：请先查看是否办成，需要时重新发起")
}

// settle keeps what is to be kept of an answer, of which body is shown, or gives the key back. When that fails the answer is given all the
// same: what was asked is done.
func (i idempotency) settle(ctx context.Context, op operation, claim *store.Claim, status int, body []byte, kept func() ([]byte, error)) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	var err error
	switch {
	case op.secret && (status < http.StatusBadRequest || status >= http.StatusInternalServerError):
		return // spent already, and it may have been done
	case status >= http.StatusBadRequest:
		err = i.keys.Release(ctx, claim)
	default:
		var text []byte
		if text, err = kept(); err == nil {
			err = i.keys.Complete(ctx, claim, string(text), residentIn(op, body))
		}
	}
	if err != nil {
		i.problems.log.ErrorContext(ctx, "api answer not kept for its idempotency key", "request", infoOf(ctx).id, "operation", op.id, "err", err)
	}
}

// residentIn is the subject id of the resident that an answer shows: it must not outlive them.
func residentIn(op operation, body []byte) string {
	var shown struct {
		ID string `json:"id"`
	}
	if strings.HasPrefix(op.path, "/residents") && len(body) > 0 {
		_ = json.Unmarshal(body, &shown) // our own text: every operation there answers with a resident
	}
	return shown.ID
}

func (kept answer) write(w http.ResponseWriter) {
	for name, value := range kept.Header {
		w.Header().Set(name, value)
	}
	w.Header().Set("Idempotency-Replayed", "true")
	w.WriteHeader(kept.Status)
	w.Write([]byte(kept.Body))
}

func goodKey(key string) bool {
	return key != "" && len(key) <= 255 && strings.IndexFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}
