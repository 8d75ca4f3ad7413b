package api

import (
	"context"
	"errors"
	"strings"

	"towncrier/audit"
	"towncrier/problem"
	"towncrier/staff"
	"towncrier/store"
)

// repeatable makes an operation that one transaction does, and one of the actions records in the audit log, safe to repeat under its
// Idempotency-Key. When the process died after that transaction and before the answer was kept, a repeat does nothing: found
// answers it, from what was recorded and from how things stand now.
//
// An operation that bears to run twice, because what it does in several transactions goes on where it was cut off, is added
// without it.
func repeatable[I, O any](do handler[I, O], found func(ctx context.Context, caller staff.Person, act audit.Act) (*O, error), actions ...string) handler[I, O] {
	return func(ctx context.Context, caller staff.Person, in *I) (*O, error) {
		claim := infoOf(ctx).claim
		switch {
		case claim == nil:
			return do(ctx, caller, in)
		case claim.Done == nil:
			return do(store.WithClaim(ctx, claim, actions...), caller, in)
		}
		out, err := found(ctx, caller, *claim.Done)
		if errors.Is(err, problem.ErrNotFound) {
			return nil, keySpent() // it is gone since
		}
		return out, err
	}
}

// noted is what an audit entry's detail says of name, as in name=value.
func noted(act audit.Act, name string) string {
	for _, word := range strings.Fields(act.Detail) {
		if value, ok := strings.CutPrefix(word, name+"="); ok {
			return value
		}
	}
	return ""
}

// nothingShown answers a repeat of what has no answer.
func nothingShown(context.Context, staff.Person, audit.Act) (*Nothing, error) { return nil, nil }
