package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"towncrier/api/wire"
	"towncrier/staff"
)

// gate is what every request passes before its operation runs, and what its error passes after it.
type gate struct {
	staff       *staff.Service
	limits      *limiter
	access      accessLog
	denied      throttle // entries of the audit log
	idempotency idempotency
	problems    problems
	now         func() time.Time
	streams     Places
	stall       time.Duration // ends an upload or a stream whose client neither sends nor takes a byte
	huma        huma.API
	operations  []operation // in the order in which they are added
	calls       map[string]*call
}

// add makes an operation part of the API: do does it.
func add[I, O any](g *gate, op operation, do handler[I, O]) {
	described := huma.Operation{
		OperationID: op.id, Method: op.method, Path: op.path, Summary: op.summary,
		BodyReadTimeout: -1, // the gate has read the body: a new deadline would cut the connection while the operation runs
		Tags:            []string{strings.Split(op.path, "/")[1]},
		Security:        []map[string][]string{{"key": {}}},
		Middlewares:     huma.Middlewares{g.pass(op)},
		Extensions:      map[string]any{"x-right": string(op.right)},
		Responses:       g.responses(op),
	}
	if _, ok := any(new(O)).(interface{ isCreated() }); ok {
		described.DefaultStatus = http.StatusCreated
	}
	if op.right == public {
		described.Security = []map[string][]string{}
	}
	if op.upload {
		described.RequestBody = &huma.RequestBody{Required: true, Description: fmt.Sprintf("A file of up to %d MiB, as it is", maxUpload>>20),
			Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}
	}
	if op.tagged() {
		described.Parameters = []*huma.Param{{Name: "If-None-Match", In: "header",
			Description: "ETag of the answer that the client has: answered with 304 and without a body when it is the same still",
			Schema:      &huma.Schema{Type: "string"}}}
	}
	if op.keyed() {
		described.Parameters = []*huma.Param{{Name: wire.IdempotencyKey, In: "header",
			Description: "1 to 255 visible ASCII characters; the same request with the same key is done once in 24 hours",
			Schema:      &huma.Schema{Type: "string"}}}
	}
	if op.right != anyStaff && op.right != public && op.right.Label() == "" {
		panic(op.id + " needs a right that staff knows nothing of: " + string(op.right))
	}
	g.operations = append(g.operations, op)
	huma.Register(g.huma, described, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, infoOf(ctx).person, in)
		if err != nil {
			return nil, g.problems.of(ctx, err)
		}
		if s, ok := any(out).(*streamed); ok {
			s.Body = g.problems.stream(s.write)
		}
		writeNext(op, out)
		return out, nil
	})
	remember(g, op, do)
	document := g.huma.OpenAPI()
	for _, l := range op.labels {
		l.learn(documented(document.Paths[op.path], op.method), document.Components.Schemas)
	}
}

// writeNext has a page say where it goes on.
func writeNext[O any](op operation, out *O) {
	if page, ok := any(out).(interface{ writeNext(cursors) }); ok && out != nil {
		page.writeNext(cursors(op.id))
	}
}

// documented is a path's operation with a method.
func documented(path *huma.PathItem, method string) *huma.Operation {
	switch method {
	case http.MethodGet:
		return path.Get
	case http.MethodPost:
		return path.Post
	case http.MethodPut:
		return path.Put
	case http.MethodPatch:
		return path.Patch
	}
	return path.Delete
}

// rightsOf lists what a role may do here.
func (g *gate) rightsOf(role staff.Role) []string {
	may := []string{}
	add := func(right staff.Right) {
		if role.May(right) && !slices.Contains(may, string(right)) {
			may = append(may, string(right))
		}
	}
	for _, op := range g.operations {
		add(op.right)
	}
	if slices.ContainsFunc(g.operations, func(op operation) bool { return op.right == staff.ApproveBroadcasts }) {
		add(staff.SendEmergency) // which a broadcast asks for, and no operation
	}
	return may
}

// responses documents the problems that an operation can answer.
func (g *gate) responses(op operation) map[string]*huma.Response {
	codes := []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity,
		http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable}
	all := map[string]*huma.Response{}
	if op.tagged() {
		all[strconv.Itoa(http.StatusNotModified)] = &huma.Response{Description: "the client's answer is the same still"}
	}
	if op.changes() {
		codes = append(codes, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	schema := g.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[wire.Problem](), true, "Problem")
	for _, code := range codes {
		all[strconv.Itoa(code)] = &huma.Response{
			Description: http.StatusText(code),
			Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: schema}},
		}
	}
	return all
}

// serveDocument is for everybody: the document holds no data. It is written when somebody first asks, since that takes longer than all
// else of making the API, and most processes are never asked.
func (g *gate) serveDocument() http.HandlerFunc {
	describe := sync.OnceValues(func() ([]byte, error) { return describe(g.huma.OpenAPI()) })
	return func(w http.ResponseWriter, r *http.Request) {
		info := infoOf(r.Context())
		info.operation.id = "get-openapi"
		if err := g.limits.take(r.Context(), "address", info.origin.Address, perAddress); err != nil {
			g.problems.write(w, r, err)
			return
		}
		document, err := describe()
		if err != nil {
			g.problems.write(w, r, err)
			return
		}
		held := newRecorder()
		held.header.Set("Content-Type", "application/openapi+json")
		held.Write(document)
		held.tagged(w, r)
	}
}

// pass lets a request through to its operation, or answers it.
func (g *gate) pass(op operation) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(hc)
		infoOf(r.Context()).operation = op
		w, r, done := g.timed(w, r, op)
		defer done()
		err := g.enter(r.Context(), w, r, op)
		if err == nil {
			defer drain(r.Body)
		}
		if err == nil && (op.upload || op.stream) {
			var free func()
			if free, err = g.stream(infoOf(r.Context()).person.ID); err == nil {
				defer free()
			}
		}
		if err == nil {
			err = readQuery(r, hc.Operation().Parameters)
		}
		if err == nil {
			err = readCursor(r, op, hc.Operation().Parameters)
		}
		var body []byte
		if err == nil && op.upload && r.Header.Get("Content-Encoding") != "" {
			err = packed()
		}
		if err == nil && !op.upload {
			body, err = readBody(w, r, hc.Operation().RequestBody != nil)
			if content := hc.Operation().RequestBody; err == nil && content != nil && content.Required && len(body) == 0 {
				err = refuse(http.StatusBadRequest, "malformed", "没有收到内容", faultAt("body", "应为 JSON，写在花括号里：没有要填的也请发送 {}"))
			}
		}
		if err == nil {
			body, err = readLabels(r, op, body)
		}
		switch {
		case err != nil:
			g.problems.write(w, r, err)
		case op.keyed():
			g.idempotency.run(w, r, op, body, func(w http.ResponseWriter) { next(humago.NewContext(hc.Operation(), r, w)) })
		case op.tagged():
			held := newRecorder()
			next(humago.NewContext(hc.Operation(), r, held))
			held.tagged(w, r)
		default:
			next(humago.NewContext(hc.Operation(), r, w))
		}
	}
}

// enter counts a request, refuses one that may not go on, and has the answer say how long its key opens.
func (g *gate) enter(ctx context.Context, w http.ResponseWriter, r *http.Request, op operation) error {
	if op.right == public {
		address := infoOf(ctx).origin.Address
		if err := g.limits.take(ctx, "address", address, perAddress); err != nil {
			return err
		}
		return g.limits.take(ctx, "activation", address, perActivation)
	}
	key, err := g.admit(ctx, r, op)
	if err != nil {
		return err
	}
	w.Header().Set(wire.KeyExpires, key.ExpiresAt.Format(time.RFC3339))
	return g.limits.take(ctx, "key", key.ID, perKey)
}

// admit finds the member of staff that the key names, and whether they have the right. It returns their key.
func (g *gate) admit(ctx context.Context, r *http.Request, op operation) (staff.Key, error) {
	secret, ok := bearer(r)
	if !ok {
		return staff.Key{}, unauthorized("没有密钥：请带上您的密钥，写法是 Authorization: Bearer tck_…", "")
	}
	info := infoOf(ctx)
	info.origin.Key = staff.KeyID(secret)
	person, key, err := g.staff.Authenticate(ctx, secret)
	if errors.Is(err, staff.ErrKey) {
		if err := g.limits.takeWrongKey(ctx, info.origin.Address); err != nil {
			return staff.Key{}, err
		}
		return staff.Key{}, wrongKey()
	}
	if err != nil {
		return staff.Key{}, err
	}
	info.person = person
	if err := g.limits.take(ctx, "address", info.origin.Address, perAddress); err != nil {
		return staff.Key{}, err
	}
	return key, g.mayDo(ctx, person, op)
}

// mayDo refuses an operation for which a person has not the right.
func (g *gate) mayDo(ctx context.Context, person staff.Person, op operation) error {
	if op.right == anyStaff || person.Role.May(op.right) {
		return nil
	}
	if err := g.recordDenied(ctx, person, op); err != nil {
		return err
	}
	return refuse(http.StatusForbidden, "right", Lacks(person.Role, op.right))
}

// Lacks says that a role may not do something, and who may.
func Lacks(role staff.Role, right staff.Right) string {
	var who []string
	for _, r := range staff.Roles {
		if r.May(right) {
			who = append(who, r.Label())
		}
	}
	return fmt.Sprintf("您的角色是%s，没有“%s”的权限（%s）：请由%s办理", role.Label(), right.Label(), right, strings.Join(who, "、"))
}

// recordDenied puts a request without the right into the audit log, once an hour for a person and an operation.
func (g *gate) recordDenied(ctx context.Context, caller staff.Person, op operation) error {
	tell, passed := g.denied.tell(caller.ID+" "+op.id, g.now())
	if !tell {
		return nil
	}
	return g.access.record(ctx, caller, "api.denied", "", fmt.Sprintf("operation=%s right=%s alike=%d", op.id, op.right, passed))
}

// bearer reads the credentials of RFC 6750; the scheme's case does not matter.
func bearer(r *http.Request) (string, bool) {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	secret = strings.TrimSpace(secret)
	return secret, strings.EqualFold(scheme, "Bearer") && secret != ""
}

// wrongKey is for a key that does not open, or does not any more.
func wrongKey() error {
	return unauthorized("密钥无效：可能输入有误、已停用或过期，或者本人已停用。请核对，或请管理员重新邀请", `, error="invalid_token"`)
}

func unauthorized(detail, more string) error {
	p := refuse(http.StatusUnauthorized, "key", detail)
	p.headers = http.Header{"Www-Authenticate": {`Bearer realm="towncrier"` + more}}
	return p
}
