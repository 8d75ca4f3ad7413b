// Package alarm keeps what admins must look at soon: a kind of trouble, since when, how often, and who took note of it.
package alarm

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"towncrier/audit"
	"towncrier/problem"
)

// Kind names a kind of trouble: lower-case words with hyphens. It is a label of metrics, so there are few.
type Kind string

const (
	ManyStops   Kind = "sms-stops"        // unusually many people stopped texts
	CodesCapped Kind = "sms-codes-capped" // no more verification codes are sent today
	ManyReplies Kind = "sms-replies"      // more replies by SMS than the inbox takes
	Restored    Kind = "restored"         // the database was put back from a backup
	// NumbersExported says that a file with residents' numbers in full was fetched.
	NumbersExported Kind = "numbers-exported"
	// AdminChanged says that somebody disabled or changed an admin, ended an admin's key, or renewed one on the machine.
	AdminChanged Kind = "admin-changed"
	// SignInRefused says that somebody answered that a sign-in with their passphrase is not theirs.
	SignInRefused Kind = "signin-refused"
)

// Label is what admins read for it.
func (k Kind) Label() string {
	switch k {
	case ManyStops:
		return "短信退订异常增多"
	case CodesCapped:
		return "当天的验证码已用完"
	case ManyReplies:
		return "短信回复过多"
	case Restored:
		return "数据库从备份恢复过"
	case NumbersExported:
		return "完整号码被导出"
	case AdminChanged:
		return "管理员有变动"
	case SignInRefused:
		return "有人冒用同事的密码登录"
	}
	return string(k)
}

// Kinds are all of them.
var Kinds = []Kind{ManyStops, CodesCapped, ManyReplies, Restored, NumbersExported, AdminChanged, SignInRefused}

// ErrNoAlarm says that no alarm of this kind waits to be acknowledged.
var ErrNoAlarm = problem.NotFound("没有这条待处理的警报：请先查看警报列表")

// ErrOwn says that nobody but the actor who acknowledges an alarm caused it.
var ErrOwn = errors.New("这条警报是您自己的操作引起的：须由另一位管理员核对后确认")

// Alarm is one kind of trouble. An alarm that is raised again after it was acknowledged begins anew.
type Alarm struct {
	Kind    Kind
	Detail  string // what is wrong and what to do, in Chinese, for admins; of the last time. No personal data
	Since   time.Time
	Last    time.Time
	Count   int           // how often it was raised since
	AckedAt time.Time     // zero until somebody took note
	AckedBy string        // the audit actor who did
	Causes  []audit.Actor // whose acts raised it since, sorted; none of what nobody in particular caused
}

// OnlyBy says whether nobody else caused it: they may not acknowledge it.
func (a Alarm) OnlyBy(actor audit.Actor) bool { return len(a.Causes) == 1 && a.Causes[0] == actor }

// Store keeps alarms. Safe for concurrent use by several processes.
type Store interface {
	// Raise notes cause, too, unless it is "".
	Raise(ctx context.Context, kind Kind, detail string, cause audit.Actor, at time.Time) error
	// List returns every kind that was ever raised, the latest first.
	List(ctx context.Context) ([]Alarm, error)
	// Acknowledge notes act's actor and time, and records act with it. Of an alarm that act's actor and others caused, that of the others is
	// taken note of, and the actor's own stays open. ErrNoAlarm when nothing of the kind is open; ErrOwn when nobody but the actor caused it.
	Acknowledge(ctx context.Context, kind Kind, act audit.Act) error
}

// Config is what Alarms need. Observe counts each raise, and may be nil.
type Config struct {
	Store   Store
	Log     *slog.Logger
	Now     func() time.Time
	Observe func(Kind)
}

// Alarms are raised by whatever finds trouble, and read by admins. Safe for concurrent use.
type Alarms struct {
	cfg    Config
	mu     sync.Mutex
	logged map[Kind]time.Time
}

// New makes Alarms.
func New(cfg Config) *Alarms {
	return &Alarms{cfg: cfg, logged: make(map[Kind]time.Time)}
}

// logEvery bounds the lines about one kind: trouble that goes on is raised again and again.
const logEvery = time.Minute

// Raise records trouble and logs it as an ERROR, once a minute and kind. It never fails its caller: when the store is away
// the log has the alarm, and says so. A nil *Alarms raises nothing.
func (a *Alarms) Raise(ctx context.Context, kind Kind, detail string) {
	a.RaiseBy(ctx, "", kind, detail)
}

// RaiseBy is Raise of what somebody's act is the cause of: they may not acknowledge it alone.
func (a *Alarms) RaiseBy(ctx context.Context, cause audit.Actor, kind Kind, detail string) {
	if a == nil {
		return
	}
	now := a.cfg.Now()
	if a.cfg.Observe != nil {
		a.cfg.Observe(kind)
	}
	if a.loud(kind, now) {
		a.cfg.Log.ErrorContext(ctx, "alarm for admins", "kind", string(kind), "detail", detail)
	}
	if err := a.cfg.Store.Raise(ctx, kind, detail, cause, now); err != nil {
		a.cfg.Log.ErrorContext(ctx, "alarm not kept", "kind", string(kind), "err", err)
	}
}

func (a *Alarms) loud(kind Kind, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if last, ok := a.logged[kind]; ok && now.Sub(last) < logEvery {
		return false
	}
	a.logged[kind] = now
	return true
}

// List returns every kind that was ever raised, the latest first.
func (a *Alarms) List(ctx context.Context) ([]Alarm, error) { return a.cfg.Store.List(ctx) }

// Acknowledge says that somebody took note. ErrNoAlarm, ErrOwn: see Store.
func (a *Alarms) Acknowledge(ctx context.Context, actor audit.Actor, kind Kind) error {
	return a.cfg.Store.Acknowledge(ctx, kind, audit.Act{Actor: actor, Action: "alarm.acknowledge", Subject: string(kind), At: a.cfg.Now()})
}
