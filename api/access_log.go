package api

import (
	"context"
	"time"

	"towncrier/audit"
	"towncrier/staff"
)

// Audit is the log, to read and to add what no service records by itself.
type Audit interface {
	audit.Log
	Record(ctx context.Context, act audit.Act) error
}

// accessLog puts acts that change nothing into the audit log: access to personal data has to be recorded
// (互联网政务应用安全管理规定, article 20). What cannot be recorded is not shown.
type accessLog struct {
	audit Audit
	now   func() time.Time
}

func (l accessLog) record(ctx context.Context, caller staff.Person, action, subject, detail string) error {
	return l.audit.Record(ctx, audit.Act{Actor: audit.Staff(caller.ID), Action: action, Subject: subject, Detail: detail, At: l.now()})
}
