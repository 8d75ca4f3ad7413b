package api

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"towncrier/audit"
	"towncrier/staff"
)

// May is a *Refusal, and on record, when somebody has not the right that an operation asks for.
func (calls *Calls) May(ctx context.Context, who Caller, id string) error {
	op := calls.g.calls[id].op
	info := &requestInfo{id: strings.ToLower(rand.Text()[:16]), operation: op, person: who.Person, origin: who.Origin}
	ctx = withInfo(ctx, info)
	err := calls.g.mayDo(ctx, who.Person, op)
	if err == nil {
		return nil
	}
	refusal := calls.g.problems.of(ctx, err)
	refusal.finish(info)
	return &Refusal{Problem: refusal.Problem}
}

// Refused puts into the audit log that a request came to the console that none of its own pages makes, and why it was refused. person is who
// had a session, zero when that is not known. It is once an hour for a person and a reason, with how many were alike: nobody fills the log.
func (calls *Calls) Refused(ctx context.Context, person staff.Person, why string, from audit.Origin) error {
	g := calls.g
	tell, passed := g.denied.tell(person.ID+" desk "+why, g.now())
	if !tell {
		return nil
	}
	actor := audit.System("desk")
	if person.ID != "" {
		actor = audit.Staff(person.ID)
	}
	return g.access.audit.Record(ctx, audit.Act{Actor: actor, Action: "desk.refused", Detail: fmt.Sprintf("outcome=%s alike=%d", why, passed),
		At: g.now(), Origin: from.String()})
}
