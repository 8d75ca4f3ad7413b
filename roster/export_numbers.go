package roster

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/problem"
)

// NumbersExport is a request to export residents with their numbers in full. One admin asks, another confirms, and within
// NumbersExportFor somebody on the machine writes the file, once.
type NumbersExport struct {
	ID          string // 10 letters and digits
	Committee   string // code; "" for the whole city
	Why         string
	AskedBy     audit.Actor
	AskedAt     time.Time
	ConfirmedBy audit.Actor
	ConfirmedAt time.Time
	UsedBy      audit.Actor
	UsedAt      time.Time
}

const (
	// NumbersExportWait is how long a request may wait to be confirmed.
	NumbersExportWait = 24 * time.Hour
	// NumbersExportFor is how long a confirmed request can be used.
	NumbersExportFor = time.Hour
)

// What a caller can tell apart with errors.Is. Officials read them.
var (
	ErrNoExport     = problem.NotFound("没有这个导出申请：请核对编号")
	ErrOwnExport    = errors.New("这是您自己的申请：须由另一位管理员确认")
	ErrExportClosed = errors.New("这个导出申请不能再确认：已经确认过，或超过24小时")
	ErrExportUnfit  = errors.New("这个导出申请现在不能使用：须由两位在任管理员申请和确认，确认后一小时内使用，只能用一次；请重新申请")
)

// NumbersExportStore keeps requests to export numbers. A method that is given an act records it in the same transaction.
type NumbersExportStore interface {
	AddNumbersExport(ctx context.Context, e NumbersExport, act audit.Act) error
	NumbersExport(ctx context.Context, id string) (NumbersExport, error) // ErrNoExport
	// ConfirmNumbersExport notes act's actor, of a request that was asked for after since and is not confirmed; else ErrExportClosed.
	ConfirmNumbersExport(ctx context.Context, id string, since time.Time, act audit.Act) error
	// UseNumbersExport notes act's actor, of a request that was confirmed after since and is not used, while both the person who asked and the one who
	// confirmed are admins who may act; else ErrExportUnfit.
	UseNumbersExport(ctx context.Context, id string, since time.Time, act audit.Act) error
}

// AskNumbersExport asks to export numbers, of a committee's residents when its code is not "". An *problem.Invalid, ErrNoCommittee.
func (r *Roster) AskNumbersExport(ctx context.Context, actor audit.Actor, committee, why string) (NumbersExport, error) {
	if why = strings.TrimSpace(why); why == "" {
		return NumbersExport{}, &problem.Invalid{Field: "why", Reason: "is empty: say why, for the audit log"}
	}
	if err := checkText("why", why); err != nil {
		return NumbersExport{}, err
	}
	if committee != "" {
		if _, err := r.Committee(ctx, committee); err != nil {
			return NumbersExport{}, err
		}
	}
	e := NumbersExport{ID: strings.ToLower(rand.Text()[:10]), Committee: committee, Why: why, AskedBy: actor, AskedAt: r.instant()}
	if err := r.store.AddNumbersExport(ctx, e, r.act(actor, "export.ask", e.ID, "committee="+committee)); err != nil {
		return NumbersExport{}, fmt.Errorf("ask to export numbers: %w", err)
	}
	return e, nil
}

// NumbersExport shows a request; ErrNoExport.
func (r *Roster) NumbersExport(ctx context.Context, id string) (NumbersExport, error) {
	e, err := r.store.NumbersExport(ctx, id)
	if err != nil {
		return NumbersExport{}, fmt.Errorf("show a request to export numbers: %w", err)
	}
	return e, nil
}

// ConfirmNumbersExport is the second admin's yes. ErrNoExport, ErrOwnExport, ErrExportClosed.
func (r *Roster) ConfirmNumbersExport(ctx context.Context, actor audit.Actor, id string) (NumbersExport, error) {
	e, err := r.NumbersExport(ctx, id)
	if err != nil {
		return NumbersExport{}, err
	}
	if e.AskedBy == actor {
		return NumbersExport{}, ErrOwnExport
	}
	act := r.act(actor, "export.confirm", id, "committee="+e.Committee)
	if err := r.store.ConfirmNumbersExport(ctx, id, r.now().Add(-NumbersExportWait), act); err != nil {
		return NumbersExport{}, fmt.Errorf("confirm to export numbers: %w", err)
	}
	return r.NumbersExport(ctx, id)
}

// ExportNumbers uses a confirmed request up and writes its residents to out, numbers in full, and returns how many. The first row
// says who asked, who confirmed, who wrote the file and when; an import passes over it. It is audited before the first resident is
// written: when writing fails, another request is needed. ErrNoExport, ErrExportUnfit.
func (r *Roster) ExportNumbers(ctx context.Context, actor audit.Actor, out TableWriter, id string) (int, error) {
	e, err := r.NumbersExport(ctx, id)
	if err != nil {
		return 0, err
	}
	now := r.instant()
	act := r.act(actor, "roster.export", e.Committee,
		fmt.Sprintf("numbers=full format=%s request=%s asked=%s confirmed=%s", out.Format(), id, e.AskedBy, e.ConfirmedBy))
	if err := r.store.UseNumbersExport(ctx, id, now.Add(-NumbersExportFor), act); err != nil {
		return 0, fmt.Errorf("export numbers: %w", err)
	}
	mark := fmt.Sprintf("含完整手机号，请勿外传。导出申请%s：%s申请，%s确认，%s于%s导出", id, e.AskedBy, e.ConfirmedBy, actor,
		now.In(chinaTime).Format("2006-01-02 15:04:05"))
	return r.export(ctx, out, Filter{Committee: e.Committee}, mark, nil)
}
