package roster

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"time"

	"towncrier/alarm"
	"towncrier/phone"
	"towncrier/sms"
)

// A code has a million values. A resident may try 5 times each, gets at most 5 codes a day, and after 20 wrong tries within a
// day no further one that day: a guesser's chance is 20 in a million a day. With many accounts against one number it is 25 in
// a million a day (5 codes of 5 tries, since a number gets at most 5 codes a day in all); and its owner sees each of
// those texts.
const (
	CodeDigits   = 6
	CodeLife     = 5 * time.Minute
	CodeTries    = 5
	CodesAMinute = 1 // for a number, and for a resident
	CodesADay    = 5 // the same
	WrongADay    = 20
	// StoppedADay is CodesADay for a number whose owner wants no texts: it may still be bound by its holder.
	StoppedADay = 1

	// codeFresh is how long a code may wait to be sent: later it would come as a surprise, or after a second one.
	codeFresh = 60 * time.Second
)

var (
	// ErrCodeOff says that SMS is off: no code can be sent.
	ErrCodeOff = errors.New("短信没有开通，不能发送验证码：请联系系统管理员")
	// ErrCodeGone says that there is no code to confirm: none was asked for, or it expired, was used, or was tried too
	// often.
	ErrCodeGone = errors.New("验证码已经失效：请重新获取")
)

// TooSoon says that no other code may be asked for yet.
type TooSoon struct {
	Wait   time.Duration
	Capped bool // as many as the whole city may have in a day were sent
}

func (e *TooSoon) Error() string {
	return fmt.Sprintf("获取验证码太频繁：请%s后再试", spell(e.Wait))
}

// spell is a wait as people say it, rounded up.
func spell(d time.Duration) string {
	if seconds := int((d + time.Second - 1) / time.Second); seconds <= 120 {
		return fmt.Sprintf("%d秒", seconds)
	}
	return fmt.Sprintf("%d分钟", int((d+time.Minute-1)/time.Minute))
}

// WrongCode says that a code is not the one that was sent. With none left, it is void.
type WrongCode struct{ Left int }

func (e *WrongCode) Error() string {
	return fmt.Sprintf("验证码不对，还可以试%d次", e.Left)
}

// Challenge is a code on its way to a number, for the resident who says that it is theirs. Everything but ID and At is
// personal or secret.
type Challenge struct {
	ID     string // random; the only part that leaves sealed storage
	OpenID string
	Number phone.Number
	Code   string
	At     time.Time
}

// CodeStore keeps challenges for CodeLife and counts against their limits. Each method is atomic over all processes. now is
// the caller's clock.
type CodeStore interface {
	// Put keeps c in place of the resident's challenge before, unless a limit forbids it: *TooSoon. It counts at once.
	Put(ctx context.Context, c Challenge, most CodeLimits) error
	// Get is the challenge with this id; ErrCodeGone when there is none any more, or a newer one took its place.
	Get(ctx context.Context, id string, now time.Time) (Challenge, error)
	// Try takes one try. The right code ends the challenge and is its number's proof. Else it is a *WrongCode, or ErrCodeGone.
	Try(ctx context.Context, openid, code string, now time.Time) (phone.Number, error)
	// Cancel ends a challenge that was not sent, unless a newer one took its place. It counts all the same.
	Cancel(ctx context.Context, c Challenge) error
}

// CodeLimits are what a city sets beside the fixed limits on one number and one resident. Over all numbers they bound what
// somebody with many accounts can have sent at the city's cost.
type CodeLimits struct {
	AMinute   int // over all; 0 for no limit
	ADay      int // the same
	NumberDay int // for this number, CodesADay or less
}

// CodeQueue has Send called with a challenge's id, soon, in some process. An id that was queued before is not queued
// twice.
type CodeQueue interface {
	QueueCode(ctx context.Context, id string) error
}

// CodeTexts sends each text at most once; an *sms.Desk does.
type CodeTexts interface {
	Send(ctx context.Context, kind sms.Kind, t sms.Text) (sms.State, error)
	Drop(ctx context.Context, kind sms.Kind, t sms.Text, code string) (dropped bool, err error)
}

// Teller pushes a message to a resident in WeChat, when their window is open.
type Teller interface {
	Tell(ctx context.Context, to, text string) error
}

// CodeStops says whether the owner of a number wants no texts; a Roster does.
type CodeStops interface {
	Suppressed(ctx context.Context, number phone.Number) (Suppression, bool, error)
}

// CodesConfig is what Codes need.
type CodesConfig struct {
	Store    CodeStore
	Queue    CodeQueue
	Texts    CodeTexts
	Tell     Teller        // of a code that could not be sent
	Stops    CodeStops     // nil knows of no stops
	Alarms   *alarm.Alarms // hears that the day's cap is reached; may be nil
	AMinute  int           // codes over all numbers; 0 for no limit
	ADay     int           // the same
	Template string        // the provider's template, whose one variable is code
	Enabled  bool          // whether SMS is on
	Now      func() time.Time
}

// Codes prove by SMS that a number is a resident's. Safe for concurrent use by several processes.
type Codes struct{ cfg CodesConfig }

// NewCodes makes Codes.
func NewCodes(cfg CodesConfig) *Codes { return &Codes{cfg} }

// Request has a fresh code sent to number and voids the resident's code before. It returns before the text is sent:
// ErrCodeOff, *TooSoon, or an error when the stores are away.
func (c *Codes) Request(ctx context.Context, openid string, number phone.Number) error {
	if !c.cfg.Enabled {
		return ErrCodeOff
	}
	most := CodeLimits{c.cfg.AMinute, c.cfg.ADay, CodesADay}
	if c.cfg.Stops != nil {
		_, stopped, err := c.cfg.Stops.Suppressed(ctx, number)
		if err != nil {
			return fmt.Errorf("request a verification code: %w", err)
		}
		if stopped {
			most.NumberDay = StoppedADay
		}
	}
	code, err := newCode()
	if err != nil {
		return err
	}
	ch := Challenge{ID: rand.Text(), OpenID: openid, Number: number, Code: code, At: c.cfg.Now()}
	err = c.cfg.Store.Put(ctx, ch, most)
	if soon, ok := errors.AsType[*TooSoon](err); ok && soon.Capped {
		c.cfg.Alarms.Raise(ctx, alarm.CodesCapped, fmt.Sprintf(
			"今天已发出%d条短信验证码，达到上限，不再发送：请查看是否有人恶意刷验证码；确属正常使用的，调高 TOWNCRIER_SMS_CODES_A_DAY", most.ADay))
	}
	if err != nil {
		return fmt.Errorf("request a verification code: %w", err)
	}
	if err := c.cfg.Queue.QueueCode(ctx, ch.ID); err != nil {
		// It may have been queued after all: without its challenge it is not sent.
		return errors.Join(fmt.Errorf("queue a verification code: %w", err), c.cfg.Store.Cancel(context.WithoutCancel(ctx), ch))
	}
	return nil
}

// Confirm is the number that the code was sent to. Each call takes a try, whatever comes of it: *WrongCode, ErrCodeGone.
func (c *Codes) Confirm(ctx context.Context, openid, code string) (phone.Number, error) {
	if !c.cfg.Enabled {
		return "", ErrCodeOff
	}
	number, err := c.cfg.Store.Try(ctx, openid, code, c.cfg.Now())
	if err != nil {
		return "", fmt.Errorf("confirm a verification code: %w", err)
	}
	return number, nil
}

// ErrLate says that a code waited too long and was dropped.
var ErrLate = errors.New("the verification code waited too long to be sent, and was dropped")

// Send gives a queued code to the provider, once however often it is called. again says that a later call may succeed; any
// other error is final, is written down with the text, and was told to the resident when they got nothing.
func (c *Codes) Send(ctx context.Context, id string) (again bool, err error) {
	now := c.cfg.Now()
	ch, err := c.cfg.Store.Get(ctx, id, now)
	if errors.Is(err, ErrCodeGone) {
		return false, nil // replaced by a newer one, or long over: nobody waits for it
	}
	if err != nil {
		return true, err
	}
	t := sms.Text{To: ch.Number, Template: c.cfg.Template, Params: map[string]string{"code": ch.Code}, OutID: ch.ID}
	if now.Sub(ch.At) >= codeFresh {
		dropped, err := c.cfg.Texts.Drop(ctx, sms.Code, t, "late")
		switch {
		case err != nil:
			return true, err
		case !dropped:
			return false, nil
		}
		return false, errors.Join(ErrLate, c.sorry(ctx, ch, "验证码没能及时发出，请稍后再试。"))
	}
	state, err := c.cfg.Texts.Send(ctx, sms.Code, t)
	switch {
	case err == nil:
		return false, nil
	case state == "", state == sms.Pending:
		return true, err
	case state == sms.Failed:
		return false, errors.Join(err, c.sorry(ctx, ch, apology(err)))
	}
	return false, err
}

// sorry tells the resident, and ends the challenge: a code that nobody got is nobody's to confirm.
func (c *Codes) sorry(ctx context.Context, ch Challenge, text string) error {
	err := c.cfg.Store.Cancel(ctx, ch)
	if c.cfg.Tell == nil {
		return err
	}
	if told := c.cfg.Tell.Tell(ctx, ch.OpenID, text); told != nil {
		return errors.Join(err, fmt.Errorf("tell the resident: %w", told))
	}
	return err
}

// apology is what a resident reads when a code was not sent.
func apology(err error) string {
	e, ok := errors.AsType[*sms.Error](err)
	switch {
	case ok && e.Class == sms.Limited:
		return "这个号码近期收到的验证码太多，短信平台暂时不再发送。请明天再试。"
	case ok && (e.Class == sms.Refused || e.Class == sms.OptedOut):
		return "验证码短信没能发出：短信平台不向这个号码发送。请检查号码，或换一个号码再试。"
	}
	return "验证码短信没能发出，请稍后再试。"
}

// newCode draws each of the million codes with the same chance.
func newCode() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", fmt.Errorf("draw a verification code: %w", err)
	}
	return fmt.Sprintf("%0*d", CodeDigits, n), nil
}
