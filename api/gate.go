package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/staff"
)

// operation is what an API operation is before its types.
type operation struct {
	id      string
	method  string
	path    string
	summary string
	right   staff.Right // "" when every member of staff may, public when anybody may
	status  int         // of success, 200 when 0
	once    bool        // the answer holds a secret that is shown once
}

// public is the right of an operation for whoever has no key yet: it takes none, and counts against a limit of its own.
const public staff.Right = "public"

// register adds an operation. do is told who asks; what it returns as an error goes through problem.
func register[I, O any](a *server, op operation, do func(ctx context.Context, who staff.Person, in *I) (*O, error)) {
	described := huma.Operation{
		OperationID: op.id, Method: op.method, Path: op.path, Summary: op.summary, DefaultStatus: op.status,
		BodyReadTimeout: -1, // the gate has read the body: a new deadline would cut the connection while the operation runs
		Tags:            []string{strings.Split(op.path, "/")[1]},
		Security:        []map[string][]string{{"key": {}}},
		Middlewares:     huma.Middlewares{a.gate(op)},
		Extensions:      map[string]any{"x-right": string(op.right)},
		Responses:       a.refusals(op),
	}
	if op.right == public {
		described.Security = []map[string][]string{}
	}
	if op.keyed() {
		described.Parameters = []*huma.Param{{Name: "Idempotency-Key", In: "header",
			Description: "1 to 255 visible ASCII characters; the same request with the same key is done once in 24 hours",
			Schema:      &huma.Schema{Type: "string"}}}
	}
	if op.right != "" && op.right != public {
		a.rights = append(a.rights, op.right)
	}
	huma.Register(a.huma, described, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, visitOf(ctx).person, in)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return out, nil
	})
}

func (op operation) changes() bool { return op.method != http.MethodGet }

// keyed says whether an Idempotency-Key is honoured: it is one person's.
func (op operation) keyed() bool { return op.changes() && op.right != public }

// gate is what a request passes before its operation runs.
func (a *server) gate(op operation) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(hc)
		ctx := r.Context()
		v := visitOf(ctx)
		v.operation = op.id
		if no := a.enter(ctx, r, op); no != nil {
			writeProblem(w, r, no)
			return
		}
		if no := readQuery(r); no != nil {
			writeProblem(w, r, no)
			return
		}
		body, no := readBody(w, r, hc.Operation().RequestBody != nil)
		if no != nil {
			writeProblem(w, r, no)
			return
		}
		if !op.keyed() {
			next(hc)
			return
		}
		a.once(w, r, op, body, func(w http.ResponseWriter) { next(humago.NewContext(hc.Operation(), r, w)) })
	}
}

// enter counts a request and finds out whether it may go on.
func (a *server) enter(ctx context.Context, r *http.Request, op operation) *problemDetails {
	if op.right == public {
		address := a.address(r)
		if no := a.limits.pass(ctx, "address", address, perAddress); no != nil {
			return no
		}
		return a.limits.pass(ctx, "activation", address, perActivation)
	}
	key, no := a.admit(ctx, r, op)
	if no != nil {
		return no
	}
	return a.limits.pass(ctx, "key", key, perKey)
}

// admit finds out who asks and whether they may. It returns the id of their key.
func (a *server) admit(ctx context.Context, r *http.Request, op operation) (key string, no *problemDetails) {
	secret, ok := bearer(r)
	if !ok {
		return "", unauthorized("send a key: Authorization: Bearer tck_…", "")
	}
	v := visitOf(ctx)
	v.origin.Key = staff.KeyID(secret)
	person, key, err := a.Staff.Authenticate(ctx, secret)
	switch {
	case errors.Is(err, staff.ErrKey):
		if no := a.limits.wrongKey(ctx, a.address(r)); no != nil {
			return "", no
		}
		return "", unauthorized("the key does not open: it is unknown, revoked, expired, or of somebody who may not act any more", `, error="invalid_token"`)
	case err != nil:
		return "", a.problem(ctx, err)
	}
	v.person = person
	if no := a.limits.pass(ctx, "address", a.address(r), perAddress); no != nil {
		return "", no
	}
	if op.right != "" && !person.Role.May(op.right) {
		if err := a.recordDenied(ctx, person, op); err != nil {
			return "", a.problem(ctx, err)
		}
		return "", refuse(http.StatusForbidden, "right", "the role "+string(person.Role)+" lacks the right "+string(op.right))
	}
	return key, nil
}

// recordDenied has the audit log say that somebody asked for what they may not do, once an hour for an operation.
func (a *server) recordDenied(ctx context.Context, who staff.Person, op operation) error {
	tell, passed := a.denied.tell(who.ID+" "+op.id, a.Now())
	if !tell {
		return nil
	}
	return a.record(ctx, who, "api.denied", "", fmt.Sprintf("operation=%s right=%s alike=%d", op.id, op.right, passed))
}

// record adds what somebody did that changed nothing, and the log must know of all the same: access to personal data has to be
// recorded (互联网政务应用安全管理规定, article 20).
func (a *server) record(ctx context.Context, who staff.Person, action, subject, detail string) error {
	return a.Audit.Record(ctx, audit.Act{Actor: audit.Staff(who.ID), Action: action, Subject: subject, Detail: detail, At: a.Now()})
}

// bearer reads the credentials of RFC 6750; the scheme's case does not matter.
func bearer(r *http.Request) (string, bool) {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	secret = strings.TrimSpace(secret)
	return secret, strings.EqualFold(scheme, "Bearer") && secret != ""
}

func unauthorized(detail, more string) *problemDetails {
	p := refuse(http.StatusUnauthorized, "key", detail)
	p.headers = http.Header{"Www-Authenticate": {`Bearer realm="towncrier"` + more}}
	return p
}

// refusals documents the problems that an operation can answer.
func (a *server) refusals(op operation) map[string]*huma.Response {
	codes := []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity,
		http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable}
	if op.changes() {
		codes = append(codes, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	schema := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[wire.Problem](), true, "Problem")
	all := map[string]*huma.Response{}
	for _, code := range codes {
		all[strconv.Itoa(code)] = &huma.Response{
			Description: http.StatusText(code),
			Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: schema}},
		}
	}
	return all
}
