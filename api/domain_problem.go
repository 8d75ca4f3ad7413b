package api

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"

	"towncrier/alarm"
	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/city"
	"towncrier/emergency"
	"towncrier/feedback"
	"towncrier/imports"
	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/problem"
	"towncrier/revision"
	"towncrier/roster"
	"towncrier/signin"
	"towncrier/staff"
	"towncrier/store"
)

// problems answers with errors.
type problems struct{ log *slog.Logger }

// write answers with an error outside of huma.
func (p problems) write(w http.ResponseWriter, r *http.Request, err error) {
	writeProblem(w, r, p.of(r.Context(), err))
}

// of is what err is over HTTP. An error that the table does not know is the server's own: it is logged, and the caller
// reads no more than the request's id.
func (p problems) of(ctx context.Context, err error) *problemDetails {
	if known, ok := errors.AsType[*problemDetails](err); ok {
		return known
	}
	info := infoOf(ctx)
	if faults := fieldFaults(err, info.operation.at); len(faults) > 0 {
		return refuse(http.StatusUnprocessableEntity, "invalid", badFields, faults...)
	}
	if faults, ok := errors.AsType[broadcast.FaultsError](err); ok {
		return refuse(http.StatusUnprocessableEntity, "faults", "群发的内容有问题：请修改后再办", each(faults, broadcastFault)...)
	}
	if e, ok := errors.AsType[*broadcast.StateError](err); ok {
		return refuse(http.StatusConflict, "state", e.Error())
	}
	if e, ok := errors.AsType[*emergency.StatusError](err); ok {
		return refuse(http.StatusConflict, "state", e.Error())
	}
	if e, ok := errors.AsType[*broadcast.NotDraftError](err); ok {
		return refuse(http.StatusConflict, "state", e.Error())
	}
	if errors.Is(err, imports.ErrState) {
		return refuse(http.StatusConflict, "state", err.Error())
	}
	if e, ok := errors.AsType[*broadcast.ListInUseError](err); ok {
		return refuse(http.StatusConflict, "in-use", e.Error())
	}
	if known := contentProblem(err); known != nil {
		return known
	}
	if errors.Is(err, problem.ErrCursor) {
		return refuse(http.StatusBadRequest, "cursor", "不能从这里接着查",
			faultAt("query.after", "应是上一页给出的 next，原样填写；从头查起就不填"))
	}
	if e, ok := errors.AsType[*roster.TooSoon](err); ok {
		return refuse(http.StatusTooManyRequests, "too-soon", e.Error()).retryAfter(e.Wait)
	}
	if e, ok := errors.AsType[*broadcast.TooManyAudiences](err); ok {
		return refuse(http.StatusTooManyRequests, "rate", e.Error()).retryAfter(e.Wait)
	}
	if errors.Is(err, broadcast.ErrUncounted) {
		p.log.WarnContext(ctx, "an audience is not counted: Redis does not answer", "request", info.id, "err", err)
		return refuse(http.StatusServiceUnavailable, "uncounted", broadcast.ErrUncounted.Error()).retryAfter(time.Minute)
	}
	if e, ok := errors.AsType[*roster.WrongCode](err); ok {
		return refuse(http.StatusUnprocessableEntity, "wrong-code", e.Error())
	}
	for _, s := range statuses {
		if !errors.Is(err, s.err) {
			continue
		}
		if s.location == "body.phone" && s.status == http.StatusConflict && info.person.Role.NeedsOwnCommittee() {
			return numberHeld()
		}
		answer := refuse(s.status, s.name, s.err.Error())
		if s.status == http.StatusNotFound {
			answer.Detail = absent(err, info.operation)
		}
		if s.location != "" {
			answer.Errors = []wire.Fault{faultAt(s.location, cmp.Or(phone.Reason(err), s.err.Error()))}
		}
		if s.err == store.ErrKeyBusy {
			answer.retryAfter(time.Second)
		}
		return answer
	}
	if ctx.Err() != nil {
		p.log.WarnContext(ctx, "api request ended early", "request", info.id, "operation", info.operation.id, "err", err)
		return refuse(http.StatusServiceUnavailable, "late", "办理超时：可能已经办成，也可能没有；请先查看结果，再决定是否重试").
			retryAfter(time.Second)
	}
	if store.Away(err) {
		p.log.WarnContext(ctx, "the database is away", "request", info.id, "operation", info.operation.id, "err", err)
		return refuse(http.StatusServiceUnavailable, "away", "数据库暂时没有应答：可能已经办成，也可能没有；请过一会儿先查看结果，再决定是否重试").
			retryAfter(awayRetry)
	}
	p.log.ErrorContext(ctx, "api request failed", "request", info.id, "operation", info.operation.id, "err", err)
	return refuse(http.StatusInternalServerError, "internal", brokenHere)
}

// awayRetry is about as long as a database takes to start.
const awayRetry = 5 * time.Second

// brokenHere is all that a caller reads of a fault of the server's own.
const brokenHere = "系统出错，没有办成：请稍后再试；仍然不行，请把请求编号告诉系统管理员"

// absent says what kind of thing is not there, and not whether it is another committee's: domains have one error for both.
func absent(err error, op operation) string {
	text := cmp.Or(problem.Missing(err), problem.ErrNotFound.Error())
	if errors.Is(err, staff.ErrNoPerson) && strings.Contains(op.path, "{invitation}") {
		text = errNoInvitation.Error()
	}
	what, remedy, ok := strings.Cut(text, "：")
	what += "，或者您无权查看"
	if ok {
		what += "：" + remedy
	}
	return what
}

// What a path names and the caller does not find.
var (
	errNoKey        = problem.NotFound("没有这把密钥：请核对编号，见本人的密钥列表")
	errNoInvitation = problem.NotFound("没有这个邀请：请核对编号，见邀请列表")
	errNoCommittee  = problem.NotFound("没有这个居委会：请核对代码，见居委会列表")
)

// statuses says what each domain error is over HTTP. The error's own text is the detail.
var statuses = []struct {
	err      error
	status   int
	name     string
	location string // the field at fault, when the error is always about one
}{
	{problem.ErrNotFound, http.StatusNotFound, "not-found", ""},
	{broadcast.ErrNotWriter, http.StatusForbidden, "not-writer", ""},
	{broadcast.ErrCitys, http.StatusForbidden, "not-yours", ""},
	{broadcast.ErrOwn, http.StatusConflict, "own", ""},
	{broadcast.ErrSigned, http.StatusConflict, "signed", ""},
	{city.ErrSlow, http.StatusServiceUnavailable, "slow", ""},
	{revision.ErrOwn, http.StatusConflict, "own", ""},
	{revision.ErrSelf, http.StatusConflict, "own", ""},
	{revision.ErrHash, http.StatusConflict, "changed", "body.hash"},
	{revision.ErrMoved, http.StatusConflict, "moved", ""},
	{revision.ErrEmpty, http.StatusConflict, "empty", ""},
	{revision.ErrSameRows, http.StatusConflict, "empty", ""},
	{revision.ErrIsWithdrawn, http.StatusConflict, "state", ""},
	{revision.ErrNotWithdrawn, http.StatusConflict, "state", ""},
	{revision.ErrLate, http.StatusConflict, "expired", ""},
	{emergency.ErrOwn, http.StatusConflict, "own", ""},
	{emergency.ErrHash, http.StatusConflict, "changed", "body.hash"},
	{emergency.ErrRight, http.StatusForbidden, "right", ""},
	{emergency.ErrMany, http.StatusConflict, "quota", ""},
	{emergency.ErrNotPaused, http.StatusConflict, "state", ""},
	{broadcast.ErrHash, http.StatusConflict, "changed", ""},
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
	{imports.ErrBusy, http.StatusConflict, "too-many-imports", ""},
	{roster.ErrNoCommittee, http.StatusUnprocessableEntity, "no-committee", "body.committee"},
	{roster.ErrUnreachable, http.StatusUnprocessableEntity, "unreachable", "body.phone"},
	{phone.ErrNumber, http.StatusUnprocessableEntity, "invalid", "body.phone"},
	{roster.ErrPhoneTaken, http.StatusConflict, "phone-taken", "body.phone"},
	{roster.ErrSuppressed, http.StatusConflict, "suppressed", "body.phone"},
	{roster.ErrInUse, http.StatusConflict, "in-use", "path.code"},
	{staff.ErrNoCommittee, http.StatusUnprocessableEntity, "no-committee", "body.committee"},
	{staff.ErrExists, http.StatusConflict, "staff-exists", "body.id"},
	{staff.ErrActor, http.StatusForbidden, "right", ""},
	{staff.ErrDisabled, http.StatusConflict, "disabled", "path.id"},
	{staff.ErrLastAdmin, http.StatusConflict, "last-admin", "path.id"},
	{staff.ErrOneAdmin, http.StatusConflict, "one-admin", "query.confirm"},
	{staff.ErrDisableSelf, http.StatusConflict, "own", "path.id"},
	{staff.ErrOwnRole, http.StatusConflict, "own", "path.id"},
	{staff.ErrNoChange, http.StatusUnprocessableEntity, "no-change", "body"},
	{staff.ErrNoInvitation, http.StatusUnprocessableEntity, "no-invitation", "body.code"},
	{staff.ErrUnconfirmed, http.StatusConflict, "unconfirmed", "body.code"},
	{staff.ErrSecondAdmin, http.StatusConflict, "second-admin", "path.invitation"},
	{staff.ErrSettled, http.StatusConflict, "settled", "path.invitation"},
	{staff.ErrPhoneTaken, http.StatusConflict, "phone-taken", "body.phone"},
	{staff.ErrNoPhone, http.StatusUnprocessableEntity, "no-phone", "body.phone"},
	{signin.ErrNoQR, http.StatusConflict, "wechat-off", ""},
	{signin.ErrQRLater, http.StatusServiceUnavailable, "wechat-away", ""},
	{feedback.ErrAnswered, http.StatusConflict, "answered", "path.id"},
	{feedback.ErrMany, http.StatusConflict, "feedback-waits", ""},
	{staff.ErrSMSOff, http.StatusConflict, "sms-off", ""},
	{staff.ErrSMSOn, http.StatusConflict, "sms-on", "body.in_person"},
	{roster.ErrCodeOff, http.StatusConflict, "sms-off", ""},
	{roster.ErrCodeGone, http.StatusConflict, "code-gone", ""},
	{roster.ErrNoRoom, http.StatusServiceUnavailable, "no-room", ""},
	{inbox.ErrAnswered, http.StatusConflict, "answered", "path.number"},
	{inbox.ErrClosed, http.StatusConflict, "closed", "path.number"},
	{alarm.ErrOwn, http.StatusConflict, "own", "path.kind"},
	{inbox.ErrOpen, http.StatusConflict, "open", "path.number"},
	{inbox.ErrGone, http.StatusConflict, "gone", "path.number"},
	{inbox.ErrAllSeparate, http.StatusUnprocessableEntity, "all-separate", "body.numbers"},
	{inbox.ErrOwn, http.StatusConflict, "own", ""},
	{roster.ErrOwnUndo, http.StatusConflict, "own", ""},
	{roster.ErrOwnExport, http.StatusConflict, "own", ""},
	{roster.ErrExportClosed, http.StatusConflict, "settled", "path.id"},
	{roster.ErrExportUnconfirmed, http.StatusConflict, "unconfirmed", "path.id"},
	{roster.ErrExportNotYours, http.StatusForbidden, "not-yours", "path.id"},
	{roster.ErrExportUsed, http.StatusConflict, "used", "path.id"},
	{roster.ErrExportExpired, http.StatusConflict, "expired", "path.id"},
	{roster.ErrExportUnfit, http.StatusConflict, "unfit", "path.id"},
	{inbox.ErrProposal, http.StatusConflict, "changed", "body.proposal"},
	{inbox.ErrNoReply, http.StatusConflict, "no-reply", "path.number"},
	{inbox.ErrNoNumber, http.StatusConflict, "no-number", "path.number"},
	{store.ErrKeyReused, http.StatusUnprocessableEntity, "key-reused", "header.Idempotency-Key"},
	{store.ErrKeyBusy, http.StatusConflict, "key-busy", "header.Idempotency-Key"},
}

// numberHeld is all that a committee is told of a number that it cannot have: whether another committee's resident has it, or
// somebody asked to be left alone, must not be found out by trying numbers.
func numberHeld() *problemDetails {
	const detail = "这个号码不能这样登记：请向管理员了解原因"
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

// variableName is what templates call their variables: thing1, title.
var variableName = regexp.MustCompile(`^[A-Za-z_]{1,30}\d{0,2}$`)

// broadcastFault says where in a broadcast, as the API shows it, a fault is.
func broadcastFault(f broadcast.Fault) wire.Fault {
	at := "proposal"
	if f.Field != "" {
		at += "." + f.Field
	}
	if f.Channel != "" {
		at += ".messages." + string(f.Channel)
	}
	switch {
	case f.Variable == "url":
		at += ".url"
	case variableName.MatchString(f.Variable):
		at += ".data." + f.Variable
	case f.Variable != "": // one that no template has: a phone number may have been sent as a name
		at += ".data.?"
	}
	return faultAt(at, f.Text)
}
