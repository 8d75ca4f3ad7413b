package api

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"sync"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/staff"
)

// Calls are the API's operations for callers in the same process: the pages that officials work with. Each is checked for its right and
// its fields, limited, recorded, and done once for a key, as it is over HTTP. Safe for concurrent use.
type Calls struct{ g *gate }

// Caller is a member of staff who was let in by other means than a key.
type Caller struct {
	Person  staff.Person
	Origin  audit.Origin
	Session string // names it to the limits
	Counted bool   // the request that it calls for was counted: a page does several operations
}

// Call is an operation with what it takes and what it answers. O is the type of the answer's body, Nothing when it has none, File when it streams.
type Call[I, O any] struct {
	g *gate
	c *call
}

// call is an operation whose types are known at run time only.
type call struct {
	op      operation
	in, out reflect.Type
	do      func(ctx context.Context, in any) (any, error)
}

// File is the answer of an operation that streams.
type File struct {
	Name  string // to save it under
	Type  string // its media type
	Write func(io.Writer) error
}

// Find is the operation with an id. It is an error when there is none, or it takes or answers something else.
func Find[I, O any](calls *Calls, id string) (Call[I, O], error) {
	c := calls.g.calls[id]
	switch in, out := reflect.TypeFor[I](), reflect.TypeFor[O](); {
	case c == nil:
		return Call[I, O]{}, fmt.Errorf("there is no operation %s", id)
	case c.in != in || c.out != out:
		return Call[I, O]{}, fmt.Errorf("%s takes %v and answers %v, not %v and %v", id, c.in, c.out, in, out)
	}
	return Call[I, O]{calls.g, c}, nil
}

// Has says whether there is an operation with an id: some are there only with what they work on.
func (calls *Calls) Has(id string) bool { return calls.g.calls[id] != nil }

// Right is what an operation asks for, "" for nothing but to be a member of staff.
func (calls *Calls) Right(id string) staff.Right { return calls.g.calls[id].op.right }

// Do does the operation. A change with the same key and input is done once: it is answered as it was the first time. key may be "". Errors are
// *Refusal.
func (c Call[I, O]) Do(ctx context.Context, who Caller, key string, in I) (out O, err error) {
	op := c.c.op
	info := &requestInfo{id: strings.ToLower(rand.Text()[:16]), operation: op, person: who.Person, origin: who.Origin}
	ctx = withInfo(ctx, info)
	if !op.upload && !op.stream {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, max(op.limit, requestTimeout))
		defer cancel()
	}
	answer, err := c.do(ctx, who, key, &in)
	if err != nil {
		refusal := c.g.problems.of(ctx, err)
		refusal.finish(info)
		return out, &Refusal{refusal.Problem, refusal.headers.Get("Retry-After")}
	}
	out, _ = answer.(O)
	return out, nil
}

func (c Call[I, O]) do(ctx context.Context, who Caller, key string, in *I) (answer any, err error) {
	op := c.c.op
	if err := c.g.mayDo(ctx, who.Person, op); err != nil {
		return nil, err
	}
	if !who.Counted {
		if err := c.g.limits.take(ctx, "key", "session "+who.Session, perKey); err != nil {
			return nil, err
		}
	}
	if err := c.g.check(op, in); err != nil {
		return nil, err
	}
	if file, ok := any(in).(interface{ limit() }); ok {
		file.limit()
	}
	if op.upload || op.stream {
		free, err := c.g.stream(who.Person.ID)
		if err != nil {
			return nil, err
		}
		defer func() { answer = until(ctx, answer, free) }()
	}
	if key == "" || !op.keyed() {
		return c.c.do(ctx, in)
	}
	return c.once(ctx, key, in)
}

// until gives a place back once there is an answer; of a file once it is written, or its request is over.
func until(ctx context.Context, answer any, free func()) any {
	file, ok := answer.(File)
	if !ok {
		free()
		return answer
	}
	free = sync.OnceFunc(free)
	context.AfterFunc(ctx, free)
	write := file.Write
	file.Write = func(w io.Writer) error {
		defer free()
		return write(w)
	}
	return file
}

// once does a change, or gives the answer that it had before.
func (c Call[I, O]) once(ctx context.Context, key string, in *I) (any, error) {
	op, keys := c.c.op, c.g.idempotency
	asked, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	claim, kept, err := keys.claimFor(ctx, op, key, "in process "+op.id+"\n"+string(asked))
	switch {
	case err != nil:
		return nil, err
	case claim == nil:
		var out O
		err := json.Unmarshal([]byte(kept), &out)
		return out, err
	case !op.secret:
		infoOf(ctx).claim = claim
	}
	answer, err := c.c.do(ctx, in)
	status, body := http.StatusOK, []byte(nil)
	if err == nil {
		body, err = json.Marshal(answer)
	}
	if err != nil {
		status = c.g.problems.of(ctx, err).Status
	}
	keys.settle(context.WithoutCancel(ctx), op, claim, status, body, func() ([]byte, error) { return body, nil })
	return answer, err
}

// Refusal is why an operation was not done, in words that officials read.
type Refusal struct {
	wire.Problem
	RetryAfter string // seconds; "" when it says nothing of that
}

func (r *Refusal) Error() string { return r.Type }

// bodyOf is the body of what an operation answers over HTTP with: all that callers in the process want of it.
func bodyOf[O any](out *O) any {
	if file, ok := any(out).(*streamed); ok {
		return File{file.name, file.Type, file.write}
	}
	if body := reflect.ValueOf(out).Elem().FieldByName("Body"); body.IsValid() {
		return body.Interface()
	}
	return Nothing{}
}

// remember keeps an operation for callers in the process.
func remember[I, O any](g *gate, op operation, do handler[I, O]) {
	if g.calls == nil {
		g.calls = map[string]*call{}
	}
	g.calls[op.id] = &call{op: op, in: reflect.TypeFor[I](), out: reflect.TypeOf(bodyOf(new(O))), do: func(ctx context.Context, in any) (any, error) {
		out, err := do(ctx, infoOf(ctx).person, in.(*I))
		if err != nil || out == nil {
			return Nothing{}, err
		}
		writeNext(op, out)
		return bodyOf(out), nil
	}}
}
