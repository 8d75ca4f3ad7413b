package roster

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"towncrier/alarm"
	"towncrier/audit"
	"towncrier/problem"
)

// NumbersExport is a request to export residents with their numbers in full. It takes two admins: one requests it, another reviews and
// confirms it, and the first then fetches the file.
//
//	state      how it is reached                                    next state
//	waiting    an admin says whose numbers are needed, and why      confirmed, or expired after NumbersExportWait
//	confirmed  another admin confirms the request                   used, or expired after NumbersExportFor
//	used       the requester fetches the file, and all admins get   none; a download that was cut off counts as fetched
//	           an alarm; both admins must still have their rights
//	expired    it was not confirmed or fetched in time, or one of   none
//	           the two admins was disabled or lost the right
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
	EndedAt     time.Time // when one of the two was disabled or given other rights
}

// NumbersExportState is where a NumbersExport stands.
type NumbersExportState string

// States of a NumbersExport.
const (
	ExportWaiting   NumbersExportState = "waiting"
	ExportConfirmed NumbersExportState = "confirmed"
	ExportUsed      NumbersExportState = "used"
	ExportExpired   NumbersExportState = "expired"
)

const (
	// NumbersExportWait is how long a request may wait to be confirmed.
	NumbersExportWait = 24 * time.Hour
	// NumbersExportFor is how long a confirmed request can be used.
	NumbersExportFor = time.Hour
)

// State is where e stands at now.
func (e NumbersExport) State(now time.Time) NumbersExportState {
	switch {
	case !e.UsedAt.IsZero():
		return ExportUsed
	case !e.EndedAt.IsZero():
		return ExportExpired
	case !e.ConfirmedAt.IsZero() && now.Sub(e.ConfirmedAt) < NumbersExportFor:
		return ExportConfirmed
	case e.ConfirmedAt.IsZero() && now.Sub(e.AskedAt) < NumbersExportWait:
		return ExportWaiting
	}
	return ExportExpired
}

// What a caller can tell apart with errors.Is. Officials read them.
var (
	ErrNoExport          = problem.NotFound("没有这个导出申请：请核对编号")
	ErrOwnExport         = errors.New("这是您自己的申请：须由另一位管理员确认")
	ErrExportClosed      = errors.New("这个导出申请不能再确认：已经确认过，超过24小时，或者申请人停用过、换过角色")
	ErrExportUnconfirmed = errors.New("这个导出申请还没有确认：请另一位管理员先确认")
	ErrExportNotYours    = errors.New("这不是您的导出申请：只有申请的管理员本人可以取回")
	ErrExportUsed        = errors.New("这个导出申请已经取回过：只能取一次，中途断开也算取过；请重新申请")
	ErrExportExpired     = errors.New("这个导出申请已经过期：24小时内没有确认，确认后一小时内没有取回，或者申请、确认的管理员停用过、换过角色；请重新申请")
	ErrExportUnfit       = errors.New("这个导出申请不能使用：申请和确认的管理员须都在任，且没有别人正在取回；请重新申请")
)

// NumbersExportStore keeps requests to export numbers. A method that is given an act records it in the same transaction, and
// refuses an actor who is no admin by then as a change of staff does.
type NumbersExportStore interface {
	AddNumbersExport(ctx context.Context, e NumbersExport, act audit.Act) error
	NumbersExport(ctx context.Context, id string) (NumbersExport, error) // ErrNoExport
	// ConfirmNumbersExport notes act's actor, of a request that was asked for after since and is not confirmed; else ErrExportClosed.
	ConfirmNumbersExport(ctx context.Context, id string, since time.Time, act audit.Act) error
	// UseNumbersExport notes act's actor, who asked for it, of a request that was confirmed after since and is not used, while both the
	// person who asked and the one who confirmed are admins who may act; else ErrExportUnfit.
	UseNumbersExport(ctx context.Context, id string, since time.Time, act audit.Act) error
	// NumbersExports are the newest first.
	NumbersExports(ctx context.Context, limit int) ([]NumbersExport, error)
}

// AskNumbersExport asks to export numbers, of a committee's residents when its code is not "". An *problem.Invalid, ErrNoCommittee.
func (r *Roster) AskNumbersExport(ctx context.Context, actor audit.Actor, committee, why string) (NumbersExport, error) {
	if why = strings.TrimSpace(why); why == "" {
		return NumbersExport{}, &problem.Invalid{Field: "why", Reason: "没有填写，请说明原因，会记入审计日志"}
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

// NumbersExports lists the newest 200 requests.
func (r *Roster) NumbersExports(ctx context.Context) ([]NumbersExport, error) {
	all, err := r.store.NumbersExports(ctx, 200)
	if err != nil {
		return nil, fmt.Errorf("list requests to export numbers: %w", err)
	}
	return all, nil
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

// ExportNumbers uses a confirmed request up, and gives out its residents with their numbers in full. The first row says who asked, who
// confirmed, and when it was fetched; an import passes over it. It is audited, and all admins get an alarm, before the first resident is
// given out: when that breaks off, another request is needed. ErrNoExport, ErrExportUnconfirmed, ErrExportNotYours, ErrExportUsed,
// ErrExportExpired, ErrExportUnfit.
func (r *Roster) ExportNumbers(ctx context.Context, actor audit.Actor, format, id string) (Rows, error) {
	e, err := r.NumbersExport(ctx, id)
	if err != nil {
		return nil, err
	}
	now := r.instant()
	switch {
	case e.AskedBy != actor:
		return nil, ErrExportNotYours
	case e.State(now) == ExportWaiting:
		return nil, ErrExportUnconfirmed
	case e.State(now) == ExportUsed:
		return nil, ErrExportUsed
	case e.State(now) == ExportExpired:
		return nil, ErrExportExpired
	}
	act := r.act(actor, "roster.export.full", e.Committee,
		fmt.Sprintf("numbers=full format=%s request=%s asked=%s confirmed=%s", format, id, e.AskedBy, e.ConfirmedBy))
	if err := r.store.UseNumbersExport(ctx, id, now.Add(-NumbersExportFor), act); err != nil {
		return nil, fmt.Errorf("export numbers: %w", err)
	}
	r.alarms.RaiseBy(ctx, actor, alarm.NumbersExported, "含完整手机号的居民名单已被取回，导出申请"+id+"：请核对是谁申请、谁确认、为什么")
	mark := fmt.Sprintf("含完整手机号，请勿外传。导出申请%s：%s申请，%s确认，%s取回", id, e.AskedBy, e.ConfirmedBy, now.In(chinaTime).Format("2006-01-02 15:04:05"))
	rows := r.exported(ctx, Filter{Committee: e.Committee}, func(who Resident) (Resident, string) { return who, string(who.Phone) })
	return func(yield func([]string, error) bool) {
		if yield([]string{mark}, nil) {
			rows(yield)
		}
	}, nil
}
