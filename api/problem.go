package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/problem"
	"towncrier/roster"
	"towncrier/staff"
	"towncrier/store"
)

// problemDetails is why a request was refused, as huma writes what a handler returns.
type problemDetails struct {
	wire.Problem
	headers http.Header
}

func (p *problemDetails) Error() string             { return p.Type }
func (p *problemDetails) GetStatus() int            { return p.Status }
func (p *problemDetails) GetHeaders() http.Header   { return p.headers }
func (p *problemDetails) ContentType(string) string { return "application/problem+json" }

func refuse(status int, name, detail string, faults ...wire.Fault) *problemDetails {
	return &problemDetails{Problem: wire.Problem{Type: wire.ProblemType(name), Title: http.StatusText(status), Status: status, Detail: detail, Errors: faults}}
}

// invalid refuses a field that a schema cannot describe.
func invalid(location, message string) *problemDetails {
	return refuse(http.StatusUnprocessableEntity, "invalid", "a field is not valid", faultAt(location, message))
}

// faultAt is what is wrong with the field at a location.
func faultAt(location, message string) wire.Fault {
	return wire.Fault{Location: location, Message: message}
}

// retryAfter says when to try again: whole seconds, at least one.
func (p *problemDetails) retryAfter(d time.Duration) *problemDetails {
	seconds := max(1, int((d+time.Second-1)/time.Second))
	p.headers = http.Header{"Retry-After": {strconv.Itoa(seconds)}}
	return p
}

// errAbsent is for what does not exist, or not for this person: which of them is not said.
var errAbsent = problem.NotFound("没有这一项，或者您无权查看")

// statuses says what each domain error is over HTTP. The error's own text is the detail.
var statuses = []struct {
	err      error
	status   int
	name     string
	location string // the field at fault, when the error is always about one
}{
	{problem.ErrNotFound, http.StatusNotFound, "not-found", ""},
	{broadcast.ErrOwn, http.StatusConflict, "own", ""},
	{broadcast.ErrChanged, http.StatusConflict, "changed", ""},
	{broadcast.ErrDrafts, http.StatusConflict, "quota", ""},
	{broadcast.ErrSeries, http.StatusConflict, "quota", ""},
	{broadcast.ErrLists, http.StatusConflict, "too-many-lists", ""},
	{broadcast.ErrFew, http.StatusForbidden, "few", ""},
	{broadcast.ErrExpired, http.StatusConflict, "expired", ""},
	{broadcast.ErrForgotten, http.StatusConflict, "forgotten", ""},
	{broadcast.ErrState, http.StatusConflict, "state", ""},
	{broadcast.ErrTestOwn, http.StatusForbidden, "test-own", "body.to"},
	{broadcast.ErrTests, http.StatusTooManyRequests, "tests", ""},
	{broadcast.ErrChannelOff, http.StatusConflict, "channel-off", "body.channel"},
	{broadcast.ErrEmergency, http.StatusForbidden, "right", ""},
	{broadcast.ErrCommittee, http.StatusForbidden, "not-your-committee", "body.proposal.committee"},
	{roster.ErrNoCommittee, http.StatusUnprocessableEntity, "no-committee", "body.committee"},
	{roster.ErrUnreachable, http.StatusUnprocessableEntity, "unreachable", "body.phone"},
	{phone.ErrNumber, http.StatusUnprocessableEntity, "invalid", "body.phone"},
	{roster.ErrPhoneTaken, http.StatusConflict, "phone-taken", "body.phone"},
	{roster.ErrSuppressed, http.StatusConflict, "suppressed", "body.phone"},
	{roster.ErrInUse, http.StatusConflict, "in-use", "path.code"},
	{staff.ErrNoCommittee, http.StatusUnprocessableEntity, "no-committee", "body.committee"},
	{staff.ErrExists, http.StatusConflict, "staff-exists", "body.id"},
	{staff.ErrDisabled, http.StatusConflict, "disabled", "path.id"},
	{staff.ErrLastAdmin, http.StatusConflict, "last-admin", "path.id"},
	{staff.ErrNoInvitation, http.StatusUnprocessableEntity, "no-invitation", "body.code"},
	{staff.ErrUnconfirmed, http.StatusConflict, "unconfirmed", "body.code"},
	{staff.ErrSecondAdmin, http.StatusConflict, "second-admin", "path.invitation"},
	{staff.ErrSettled, http.StatusConflict, "settled", "path.invitation"},
	{staff.ErrPhoneTaken, http.StatusConflict, "phone-taken", "body.phone"},
	{staff.ErrNoPhone, http.StatusUnprocessableEntity, "no-phone", "body.phone"},
	{staff.ErrSMSOff, http.StatusConflict, "sms-off", ""},
	{staff.ErrSMSOn, http.StatusConflict, "sms-on", "body.in_person"},
	{roster.ErrCodeOff, http.StatusConflict, "sms-off", ""},
	{roster.ErrCodeGone, http.StatusConflict, "code-gone", ""},
	{roster.ErrNoRoom, http.StatusServiceUnavailable, "no-room", ""},
	{inbox.ErrAnswered, http.StatusConflict, "answered", "path.number"},
	{inbox.ErrClosed, http.StatusConflict, "closed", "path.number"},
	{inbox.ErrOwn, http.StatusConflict, "own", ""},
	{roster.ErrOwnUndo, http.StatusConflict, "own", ""},
	{roster.ErrOwnExport, http.StatusConflict, "own", ""},
	{roster.ErrExportClosed, http.StatusConflict, "settled", "path.id"},
	{inbox.ErrProposal, http.StatusConflict, "changed", "body.proposal"},
	{inbox.ErrNoReply, http.StatusConflict, "no-reply", "path.number"},
	{inbox.ErrNoNumber, http.StatusConflict, "no-number", "path.number"},
	{store.ErrKeyReused, http.StatusUnprocessableEntity, "key-reused", "header.Idempotency-Key"},
	{store.ErrKeyBusy, http.StatusConflict, "key-busy", "header.Idempotency-Key"},
}

// problem is what err is over HTTP. An error that the table does not know is the server's own: it is logged, and the caller
// reads no more than the request's id.
func (a *server) problem(ctx context.Context, err error) *problemDetails {
	if p, ok := errors.AsType[*problemDetails](err); ok {
		return p
	}
	if faults := fieldFaults(err, visitOf(ctx).fieldAt); len(faults) > 0 {
		return refuse(http.StatusUnprocessableEntity, "invalid", "a field is not valid", faults...)
	}
	if faults, ok := errors.AsType[broadcast.FaultsError](err); ok {
		return refuse(http.StatusUnprocessableEntity, "faults", "the broadcast has faults: mend it, then ask again", each(faults, broadcastFault)...)
	}
	if e, ok := errors.AsType[*broadcast.StateError](err); ok {
		return refuse(http.StatusConflict, "state", e.Error())
	}
	if e, ok := errors.AsType[*broadcast.ListInUseError](err); ok {
		return refuse(http.StatusConflict, "in-use", e.Error())
	}
	if errors.Is(err, problem.ErrCursor) {
		return refuse(http.StatusBadRequest, "cursor", "the cursor is not one that this list gave",
			faultAt("query.after", "want next of the page before, unchanged, or nothing to begin"))
	}
	if e, ok := errors.AsType[*roster.TooSoon](err); ok {
		return refuse(http.StatusTooManyRequests, "too-soon", e.Error()).retryAfter(e.Wait)
	}
	if e, ok := errors.AsType[*roster.WrongCode](err); ok {
		return refuse(http.StatusUnprocessableEntity, "wrong-code", e.Error())
	}
	for _, s := range statuses {
		if !errors.Is(err, s.err) {
			continue
		}
		if s.location == "body.phone" && s.status == http.StatusConflict && visitOf(ctx).person.Role.NeedsOwnCommittee() {
			return numberHeld()
		}
		p := refuse(s.status, s.name, s.err.Error())
		if s.status == http.StatusNotFound { // in one wording: what is another committee's is not told from what is not there
			p.Detail = errAbsent.Error()
		}
		if s.location != "" {
			p.Errors = []wire.Fault{faultAt(s.location, s.err.Error())}
		}
		if s.err == store.ErrKeyBusy {
			p.retryAfter(time.Second)
		}
		return p
	}
	v := visitOf(ctx)
	if ctx.Err() != nil {
		a.Log.WarnContext(ctx, "api request ended early", "request", v.id, "operation", v.operation, "err", err)
		return refuse(http.StatusServiceUnavailable, "late", "the answer took too long; what was asked may or may not have been done").
			retryAfter(time.Second)
	}
	a.Log.ErrorContext(ctx, "api request failed", "request", v.id, "operation", v.operation, "err", err)
	return refuse(http.StatusInternalServerError, "internal", "")
}

// numberHeld is all that a committee is told of a number that it cannot have: whether another committee's resident has it, or
// somebody asked to be left alone, is nothing that it may find out by trying numbers.
func numberHeld() *problemDetails {
	const detail = "this cannot be done with this number; an admin can see why"
	return refuse(http.StatusConflict, "number-held", detail, faultAt("body.phone", detail))
}

// fieldFaults collects what domains say about fields that were handed in, from everything that err joins and wraps.
func fieldFaults(err error, at func(field string) string) []wire.Fault {
	switch e := err.(type) {
	case *problem.Invalid:
		return []wire.Fault{faultAt(at(e.Field), e.Reason)}
	case interface{ Unwrap() []error }:
		var all []wire.Fault
		for _, one := range e.Unwrap() {
			all = append(all, fieldFaults(one, at)...)
		}
		return all
	case interface{ Unwrap() error }:
		return fieldFaults(e.Unwrap(), at)
	}
	return nil
}

// fieldAt is where the request's body has a field that a domain names: what is broadcast stands in its proposal.
func (v *visit) fieldAt(field string) string {
	switch v.operation {
	case "create-broadcast", "change-broadcast", "create-series", "change-series":
	default:
		return "body." + field
	}
	switch field {
	case "cron", "until":
		return "body." + field
	case "expire":
		return "body.expire_minutes"
	case "fallback.wait":
		field = "fallback.wait_minutes"
	}
	return "body.proposal." + field
}

// variableName is what templates call their variables: thing1, title.
var variableName = regexp.MustCompile(`^[A-Za-z_]{1,30}\d{0,2}$`)

// broadcastFault says where in a broadcast, as the API shows it, a fault is.
func broadcastFault(f broadcast.Fault) wire.Fault {
	at := "proposal"
	if f.Channel != "" {
		at += ".messages." + string(f.Channel)
	}
	switch {
	case f.Variable == "url":
		at += ".url"
	case variableName.MatchString(f.Variable):
		at += ".data." + f.Variable
	case f.Variable != "": // one that no template has: somebody may send a number as a name
		at += ".data.?"
	}
	return faultAt(at, f.Text)
}

// asProblem rewrites huma's own errors: they would echo the value that was sent. It also adds the request's id.
func asProblem(ctx huma.Context, _ string, body any) (any, error) {
	if e, ok := body.(*huma.ErrorModel); ok {
		body = fromHuma(e)
	}
	if p, ok := body.(*problemDetails); ok {
		p.Request = visitOf(ctx.Context()).id
	}
	return body, nil
}

var names = map[int]string{
	http.StatusBadRequest:            "malformed",
	http.StatusUnprocessableEntity:   "invalid",
	http.StatusRequestEntityTooLarge: "too-large",
}

func fromHuma(e *huma.ErrorModel) *problemDetails {
	name := names[e.Status]
	if name == "" {
		name = "refused"
	}
	if e.Status >= http.StatusInternalServerError {
		return refuse(e.Status, "internal", "")
	}
	p := refuse(e.Status, name, e.Detail)
	for _, f := range e.Errors {
		message := f.Message
		if strings.HasPrefix(message, "json: ") { // names Go types, and may hold the value
			message = "does not fit the schema"
		}
		p.Errors = append(p.Errors, faultAt(plainLocation(f.Location), message))
	}
	return p
}

var fieldName = regexp.MustCompile(`^[A-Za-z][A-Za-z_-]{0,40}(\[\d{1,4}\])?$`)

// plainLocation hides parts of a location that are no field's name: somebody may send a number as one.
func plainLocation(location string) string {
	parts := strings.Split(location, ".")
	for i, part := range parts {
		if !fieldName.MatchString(part) {
			parts[i] = "?"
		}
	}
	return strings.Join(parts, ".")
}

// writeProblem answers outside of huma.
func writeProblem(w http.ResponseWriter, r *http.Request, p *problemDetails) {
	p.Request = visitOf(r.Context()).id
	for name, values := range p.headers {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // fails when nobody is there to read it any more
}
