package api

import (
	"context"
	"time"

	"towncrier/audit"
	"towncrier/staff"
	"towncrier/store"
)

// requestTimeout ends a request, with 503, well before the server would cut its connection and an Idempotency-Key's lease would
// pass to another.
const requestTimeout = 8 * time.Second

// countingTimeout is for what reads every resident: a million take 4 s of computing, which a busy machine stretches. It ends before an
// Idempotency-Key's lease, too.
const countingTimeout = 50 * time.Second

// requestInfo is what is learned about a request on its way.
type requestInfo struct {
	id        string
	operation operation // zero until the gate knows it
	person    staff.Person
	origin    audit.Origin
	claim     *store.Claim // on the request's Idempotency-Key; nil without one, and when the key is spent before the operation runs
}

type requestInfoKey struct{}

func withInfo(ctx context.Context, info *requestInfo) context.Context {
	return context.WithValue(audit.WithOrigin(ctx, &info.origin), requestInfoKey{}, info)
}

func infoOf(ctx context.Context) *requestInfo {
	info, _ := ctx.Value(requestInfoKey{}).(*requestInfo)
	if info == nil {
		return &requestInfo{}
	}
	return info
}
