// Package signin lets members of staff into the console: by a passphrase and a second factor, for a while, with the second factor once more
// before what cannot be undone.
package signin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/newest"
	"towncrier/staff"
)

// How long a session lives.
const (
	Rest        = 30 * time.Minute // without a request
	Life        = 10 * time.Hour   // in all
	StepLife    = 5 * time.Minute  // after the second factor was given again
	AtOnce      = 2                // sessions of a person; the oldest ends for a third
	stillServes = 5 * time.Second  // how old a look at all sessions may be
	seenEvery   = time.Minute      // how often a session's last request is written down
	pressAgain  = time.Minute      // in which the form that gave a session a new token may come once more, with the token before
)

// What a caller can tell apart with errors.Is.
var (
	// ErrNoEntry is for every sign-in that fails: no such account, a wrong passphrase or code, somebody disabled. Which of them is not said.
	ErrNoEntry = errors.New("账号、密码或验证码不对，或者账号不能登录：请核对后再试，用过的验证码要等下一个；忘记密码或更换手机的，请管理员重新邀请")
	// ErrOver is for every token that opens no session, or none any more.
	ErrOver = errors.New("登录已经结束：请重新登录")
	// ErrCode is for a second factor that is wrong in a session.
	ErrCode = errors.New("验证码不对或者已经用过：请输入验证器上最新的验证码，用过的要等下一个（最多30秒）；也可以用一个恢复码")
	// ErrPassphrase is for a present passphrase that is wrong in a session.
	ErrPassphrase = errors.New("现在的密码不对：请核对后再试；忘记密码的，请管理员重新邀请")
	// ErrNoLogin is for somebody who has no passphrase.
	ErrNoLogin = errors.New("您还没有设置登录密码：请管理员邀请您，再用激活码设置")
	// ErrNoRehearsal refuses to sign in without a passphrase where residents are real.
	ErrNoRehearsal = errors.New("只有演练可以一键登录：请用账号、密码和验证码登录")
	// ErrBusy says that so many sign in that nobody could look at this attempt, which counts as none of the account.
	ErrBusy = errors.New("正在登录的人太多：请过几秒再试")
	// ErrUsed says that a proof was used meanwhile.
	ErrUsed = errors.New("the second factor was used already")
)

// TooMany says that failures came before, and how long to wait.
type TooMany struct{ Wait time.Duration }

func (e *TooMany) Error() string {
	if e.Wait < 2*time.Minute {
		return fmt.Sprintf("登录不成功的次数太多：请%d秒后再试", (e.Wait+time.Second-1)/time.Second)
	}
	return fmt.Sprintf("登录不成功的次数太多：请%d分钟后再试，或在别的电脑上登录；忘记密码的，请管理员重新邀请", (e.Wait+time.Minute-1)/time.Minute)
}

// Login is how a person signs in.
type Login struct {
	Person     staff.Person
	Passphrase string // PHC
	Factors    []Enrolled
}

// Session is one browser in which a person is signed in. Its token is nowhere but in that browser.
type Session struct {
	ID        string // names it in lists and in the audit log; opens nothing
	Person    string // staff id
	CreatedAt time.Time
	SeenAt    time.Time // of its last request, to the minute
	Address   string
	Browser   string // in words
	// Rehearsal says that it was opened without a passphrase, by one press: it lives in rehearsals only.
	Rehearsal bool
	// Steps are the subjects for which the second factor was given again, and when.
	Steps map[string]time.Time
}

// Kept is a session with what only a store and this package know of it.
type Kept struct {
	Session
	Token, Previous []byte    // digests: of its token, and of the one before
	PreviousUntil   time.Time // until when that one may come once more
	Replay          []byte    // digest of the request that gave it the newest token
}

// Open is a session that can go on, and its person as they are now.
type Open struct {
	Kept
	Person staff.Person
}

// Alive says whether a session can go on at now.
func (s Session) Alive(now time.Time) bool {
	return now.Before(s.SeenAt.Add(Rest)) && now.Before(s.CreatedAt.Add(Life))
}

// SteppedUp says whether the second factor was given again for a subject, lately enough.
func (s Session) SteppedUp(subject string, now time.Time) bool {
	at, ok := s.Steps[subject]
	return ok && now.Before(at.Add(StepLife))
}

// Counted is what failures are counted by.
type Counted struct{ Account, Address string }

// notAnID begins an account that is none, so that nobody can fail as it by typing it in as theirs: no form takes it.
const notAnID = "\x00"

// Store keeps logins and sessions. A method that is given an act records it in the same transaction as the change. Safe for concurrent use,
// by several processes too.
type Store interface {
	// Login is how a person signs in. ErrNoLogin for everybody who cannot: unknown, disabled, without a passphrase, or with one that was
	// written into the database by hand.
	Login(ctx context.Context, person string) (Login, error)
	// Attempt has count judge an attempt, and keeps what it makes of the two tallies. The address's is nil for none.
	Attempt(ctx context.Context, by Counted, count func(own, address *Tally) (wait time.Duration)) (time.Duration, error)
	// Passed takes back what Attempt counted.
	Passed(ctx context.Context, by Counted) error
	// Excused takes back that Attempt counted a failure of the account; its address's stays counted.
	Excused(ctx context.Context, by Counted) error
	// Failed records an attempt that came to nothing.
	Failed(ctx context.Context, act audit.Act) error
	// Begin keeps a session of somebody whose login, if a session needs one, is still l, ends what they have open beyond AtOnce-1 others, and takes
	// back what Attempt counted. ErrUsed, ErrNoLogin.
	Begin(ctx context.Context, l Login, k Kept, proof Proof, by Counted, act audit.Act) error
	// Session finds a session by its token's digest, or by the one before it, with the person as they are now. ErrOver for one that
	// ended, was altered by hand, or whose person is disabled or has other rights.
	Session(ctx context.Context, token []byte) (Kept, staff.Person, error)
	// Open are all sessions that Session finds.
	Open(ctx context.Context) ([]Open, error)
	Seen(ctx context.Context, id string, at time.Time) error
	// Renew puts k in the place of the session whose token is before, and takes back what Attempt counted. ErrUsed, ErrOver.
	Renew(ctx context.Context, before []byte, k Kept, proof Proof, by Counted, act audit.Act) error
	// Sessions are a person's that have not ended, the newest first.
	Sessions(ctx context.Context, person string) ([]Session, error)
	// End ends a session of a person at once. False when it had ended.
	End(ctx context.Context, id string, at time.Time, act audit.Act) (bool, error)
	// Enrol opens an invitation: it keeps the login, in place of the person's login before, and ends their sessions. staff.ErrNoInvitation.
	Enrol(ctx context.Context, inv staff.Invitation, fresh Credentials, act audit.Act) error
	// Change keeps what fresh has in place of what the person had, ends their other sessions, and puts k in the place of the session whose
	// token is before. ErrUsed, ErrOver, ErrNoLogin.
	Change(ctx context.Context, before []byte, l Login, fresh Credentials, k Kept, proof Proof, by Counted, act audit.Act) error
	// Rehash keeps the same passphrase under other parameters, while it is still before.
	Rehash(ctx context.Context, person, before, after string) error
	// LastSignIns are when everybody signed in last, by person.
	LastSignIns(ctx context.Context) (map[string]time.Time, error)
	// SignIns are the times of a person's newest sessions, the newest first.
	SignIns(ctx context.Context, person string, limit int) ([]time.Time, error)
	// Failures counts the attempts of a person that came to nothing since an instant.
	Failures(ctx context.Context, person string, since time.Time) (int, error)
	// Sweep deletes sessions and tallies that nobody looks at any more.
	Sweep(ctx context.Context, sessionsBefore, talliesBefore time.Time) error
	ScanStore
}

// Config is what a Service needs.
type Config struct {
	Store     Store
	Staff     *staff.Service
	Enrolment *staff.Enrolment
	QR        QRCodes // for AskScan
	// City is what the city is called, whose names are no passphrases; nil for none.
	City func() []string
	// Rehearsal lets made-up colleagues in by one press.
	Rehearsal bool
	Now       func() time.Time
}

// Service signs staff in. Safe for concurrent use.
type Service struct {
	cfg    Config
	hasher hasher
	all    newest.Answers[[]Open] // for Still
}

// New makes a Service.
func New(cfg Config) *Service {
	return &Service{cfg: cfg, hasher: newHasher(), all: newest.Answers[[]Open]{For: stillServes}}
}

// Attempt is what somebody hands in to sign in.
type Attempt struct {
	ID, Passphrase, Code, Address, Agent string
	Admits                               func(staff.Role) bool // whether colleagues with a role work from there; nil for all
}

// Enter signs somebody in. ErrNoEntry, *TooMany. It takes the same time whatever is wrong.
func (s *Service) Enter(ctx context.Context, a Attempt) (token string, _ Session, err error) {
	c, err := s.check(ctx, a)
	if err != nil {
		return "", Session{}, err
	}
	proof, proven := prove(c.Factors, a.Code, s.cfg.Now())
	if !c.right || !proven {
		return "", Session{}, s.failed(ctx, c.Person.ID, a.Address, c.outcome(), ErrNoEntry)
	}
	token, k := s.open(c.Person, a.Address, a.Agent)
	err = s.cfg.Store.Begin(ctx, c.Login, k, proof, c.by, s.act(k.Session, "session.begin", "factor="+string(proof.Kind)))
	if errors.Is(err, ErrUsed) || errors.Is(err, ErrNoLogin) {
		return "", Session{}, s.failed(ctx, c.Person.ID, a.Address, "changed", ErrNoEntry)
	}
	if err != nil {
		return "", Session{}, fmt.Errorf("sign in: %w", err)
	}
	return token, k.Session, nil
}

// checked is a login whose passphrase was compared with what somebody handed in.
type checked struct {
	Login
	by    Counted
	known bool // there is such a login
	there bool // and its person works from where the attempt comes
	right bool // and the passphrase is its own
	grown bool // and was hashed with less than is asked for by now
}

// check counts an attempt, and compares its passphrase. *TooMany.
func (s *Service) check(ctx context.Context, a Attempt) (c checked, err error) {
	c.by = Counted{strings.ToLower(strings.TrimSpace(a.ID)), network(a.Address)}
	wait, err := s.cfg.Store.Attempt(ctx, c.by, s.count)
	if err == nil && wait > 0 {
		return c, &TooMany{wait}
	}
	if err == nil {
		c.Login, c.known, err = s.login(ctx, c.by.Account)
	}
	if err == nil {
		c.right, c.grown, err = s.hasher.verify(ctx, c.Passphrase, a.Passphrase)
		c.there = a.Admits == nil || a.Admits(c.Person.Role)
		c.right = c.right && c.known && c.there
	}
	if errors.Is(err, ErrBusy) {
		err = errors.Join(err, s.cfg.Store.Excused(ctx, c.by))
	}
	if err != nil {
		return c, fmt.Errorf("sign in: %w", err)
	}
	if c.grown {
		s.rehash(ctx, &c, a.Passphrase)
	}
	return c, nil
}

// rehash keeps a passphrase with as much as is asked for by now, if it is right; it takes as long for a wrong one. When that fails, the next
// sign-in does it.
func (s *Service) rehash(ctx context.Context, c *checked, passphrase string) {
	after, err := s.hasher.hash(ctx, passphrase)
	if err == nil && c.right && s.cfg.Store.Rehash(ctx, c.Person.ID, c.Passphrase, after) == nil {
		c.Passphrase = after
	}
}

// outcome is what is recorded of a sign-in that comes to nothing.
func (c checked) outcome() string {
	switch {
	case !c.known:
		return "no-login"
	case !c.there:
		return "network"
	case !c.right:
		return "passphrase"
	}
	return "code"
}

// login is a login to check against, whoever it is for.
func (s *Service) login(ctx context.Context, id string) (l Login, known bool, err error) {
	if !staff.IsID(id) { // PostgreSQL cannot even be asked for some texts
		return Login{Passphrase: nobodys}, false, nil
	}
	l, err = s.cfg.Store.Login(ctx, id)
	if errors.Is(err, ErrNoLogin) {
		return Login{Person: l.Person, Passphrase: nobodys}, false, nil
	}
	return l, err == nil, err
}

// failed records what came to nothing, and returns what the person is told.
func (s *Service) failed(ctx context.Context, person, address, outcome string, told error) error {
	act := audit.Act{Actor: audit.System("signin"), Action: "session.fail", Subject: person, Detail: "outcome=" + outcome,
		At: s.cfg.Now(), Origin: audit.Origin{Address: address}.String()}
	if err := s.cfg.Store.Failed(ctx, act); err != nil {
		return fmt.Errorf("record a failed sign-in: %w", err)
	}
	return told
}

// Rehearse signs a made-up colleague in by one press. ErrNoRehearsal, staff.ErrNoPerson, staff.ErrDisabled.
func (s *Service) Rehearse(ctx context.Context, id, address, agent string) (token string, _ Session, err error) {
	if !s.cfg.Rehearsal {
		return "", Session{}, ErrNoRehearsal
	}
	p, err := s.cfg.Staff.Get(ctx, id)
	if err == nil && !p.DisabledAt.IsZero() {
		err = staff.ErrDisabled
	}
	if err != nil {
		return "", Session{}, err
	}
	token, k := s.open(p, address, agent)
	k.Rehearsal = true
	by := Counted{id, network(address)}
	err = s.cfg.Store.Begin(ctx, Login{Person: p}, k, Proof{}, by, s.act(k.Session, "session.begin", "factor=rehearsal"))
	if err != nil {
		return "", Session{}, fmt.Errorf("sign in: %w", err)
	}
	return token, k.Session, nil
}

func (s *Service) open(p staff.Person, address, agent string) (token string, k Kept) {
	now := s.now()
	token = newToken()
	return token, Kept{Token: digest(token), Session: Session{
		ID: strings.ToLower(rand.Text()[:10]), Person: p.ID, CreatedAt: now, SeenAt: now, Address: address, Browser: browser(agent)}}
}

// Since is when a person signed in before their newest session, zero for never, and how many attempts failed since then.
func (s *Service) Since(ctx context.Context, person string) (last time.Time, failures int, err error) {
	at, err := s.cfg.Store.SignIns(ctx, person, 2)
	if err != nil {
		return time.Time{}, 0, err
	}
	if len(at) == 2 {
		last = at[1]
	}
	failures, err = s.cfg.Store.Failures(ctx, person, last)
	return last, failures, err
}

// LastSignIns are when everybody signed in last, by person.
func (s *Service) LastSignIns(ctx context.Context) (map[string]time.Time, error) {
	return s.cfg.Store.LastSignIns(ctx)
}

// Sweep deletes what nobody looks at any more.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.cfg.Now()
	return s.cfg.Store.Sweep(ctx, now.Add(-sessionsKept), now.Add(-forget))
}

// sessionsKept is longer than an account may go unused: sessions say when it was used.
const sessionsKept = staff.UnusedLife + 10*24*time.Hour

// act is something that a person did in a session.
func (s *Service) act(in Session, action, detail string) audit.Act {
	return audit.Act{Actor: audit.Staff(in.Person), Action: action, Subject: in.Person, Detail: detail,
		At: s.cfg.Now(), Origin: audit.Origin{Address: in.Address, Session: in.ID}.String()}
}

func (s *Service) now() time.Time { return s.cfg.Now().UTC().Truncate(time.Millisecond) }

// tokenLength is how long 32 bytes in base64 are.
const tokenLength = 43

func newToken() string {
	secret := make([]byte, 32)
	rand.Read(secret) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(secret)
}

// digest is what the store is told of a secret.
func digest(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// network is what failures from an address count for: whoever has one IPv6 address has 2^64 of them.
func network(address string) string {
	at, err := netip.ParseAddr(address)
	if err != nil || at.Unmap().Is4() {
		return address
	}
	prefix, _ := at.Prefix(64)
	return prefix.String()
}
