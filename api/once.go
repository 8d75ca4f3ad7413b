package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"towncrier/store"
)

// lease is how long a request may take before another with its Idempotency-Key may run. patience ends it long before: when
// the lease is over undone, its process died.
const lease = time.Minute

// answer is what is kept of a response.
type answer struct {
	Status int
	Header map[string]string
	Body   string
}

// once runs an operation, or gives the answer that the same request had before (draft-ietf-httpapi-idempotency-key-header-07).
// Only an answer of success is kept: what was refused changed nothing, and its key may be used again.
//
// The claim is made before the act and settled after it. When the process dies in between, the request may be repeated after the
// lease: an operation that is registered with again then finds what it did, and the others bear to run twice. One that shows a
// secret does not, since it would make a second: its key is spent before it runs.
func (a *server) once(w http.ResponseWriter, r *http.Request, op operation, body []byte, run func(http.ResponseWriter)) {
	keys := r.Header.Values("Idempotency-Key")
	if len(keys) == 0 {
		run(w)
		return
	}
	if len(keys) > 1 || !goodKey(keys[0]) {
		writeProblem(w, r, refuse(http.StatusBadRequest, "malformed", "the Idempotency-Key is not valid",
			faultAt("header.Idempotency-Key", "want one key of 1 to 255 visible ASCII characters")))
		return
	}
	ctx := r.Context()
	request := r.Method + " " + r.URL.RequestURI() + "\n" + string(body)
	claim, prior, err := a.Idempotency.Claim(ctx, visitOf(ctx).person.ID, keys[0], request, a.Now(), lease)
	switch {
	case errors.Is(err, store.ErrKeySpent):
		writeProblem(w, r, keySpent())
		return
	case err != nil:
		writeProblem(w, r, a.problem(ctx, err))
		return
	case claim == nil:
		var kept answer
		if err := json.Unmarshal([]byte(prior), &kept); err != nil {
			writeProblem(w, r, a.problem(ctx, err))
			return
		}
		kept.write(w)
		return
	}
	if op.once {
		if err := a.Idempotency.Complete(ctx, claim, "", ""); err != nil {
			writeProblem(w, r, a.problem(ctx, err))
			return
		}
	} else {
		visitOf(ctx).claim = claim
	}
	held := newRecorder()
	if claim.Done != nil {
		held.header.Set("Idempotency-Replayed", "true")
	}
	run(held)
	a.settle(context.WithoutCancel(ctx), op, claim, held)
	held.copyTo(w)
}

func keySpent() *problemDetails {
	return refuse(http.StatusConflict, "key-spent",
		"the request was done, or broke off, and its answer is not kept. Of who is erased nothing stays. A secret is shown once: "+
			"look at the list of invitations, and invite again under a new Idempotency-Key")
}

// settle keeps the answer, or gives the key back. When that fails the answer is given all the same: what was asked is done.
func (a *server) settle(ctx context.Context, op operation, claim *store.Claim, held *recorder) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var err error
	switch {
	case op.once && (held.status < http.StatusBadRequest || held.status >= http.StatusInternalServerError):
		return // spent already, and it may have been done
	case held.status >= http.StatusBadRequest:
		err = a.Idempotency.Release(ctx, claim)
	default:
		kept := answer{Status: held.status, Header: map[string]string{}, Body: held.body.String()}
		for name := range held.header {
			kept.Header[name] = held.header.Get(name)
		}
		var text []byte
		if text, err = json.Marshal(kept); err == nil {
			err = a.Idempotency.Complete(ctx, claim, string(text), aboutWhom(op, held.body.Bytes()))
		}
	}
	if err != nil {
		a.Log.ErrorContext(ctx, "api answer not kept for its idempotency key", "request", visitOf(ctx).id, "operation", op.id, "err", err)
	}
}

// aboutWhom is the subject id of the resident whom an answer shows: it must not outlive them.
func aboutWhom(op operation, body []byte) string {
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
