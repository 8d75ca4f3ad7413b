package signin

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"towncrier/alarm"
	"towncrier/audit"
	"towncrier/problem"
	"towncrier/staff"
)

// BindLife is how long a code that binds a WeChat account can be scanned, and answered.
const BindLife = 10 * time.Minute

// BindStep is the subject for which a second factor is given before an account is bound that then signs in.
const BindStep = "own wechat"

// bindScene begins what the city's account on WeChat hears when such a code is scanned.
const bindScene = "staff:"

// What a caller can tell apart with errors.Is.
var (
	// ErrNoQR says that the city's account on WeChat may make no code, so that nobody can bind theirs.
	ErrNoQR = errors.New("微信没有给这个公众号生成二维码的权限，不能绑定微信：请系统管理员在公众平台核对接口权限")
	// ErrQRLater says that WeChat made no code just now.
	ErrQRLater = errors.New("微信没有生成二维码：请过一会儿再试；一直这样的，请告诉系统管理员")
	// ErrNoBinding is for a code that nobody asked for, that is too old, or that another account scanned first.
	ErrNoBinding = errors.New("nobody waits for this account to be bound")
	// ErrBoundElsewhere is for an account that is another colleague's.
	ErrBoundElsewhere = errors.New("the account is another colleague's")
	// ErrNumber is for a number that the bound account was not told, or that comes from elsewhere than the page that asks for it.
	ErrNumber = &problem.Invalid{Field: "number", Reason: "数字不对：请填您的微信在绑定时收到的两位数字。您的微信没有收到数字的，绑定的不是它：请马上解除绑定，再重新绑定"}
	// ErrNotBound is for somebody without a WeChat account.
	ErrNotBound = problem.NotFound("没有绑定微信：可能已经解除，请刷新页面")
)

// QRCodes makes codes that lead to the city's account on WeChat, which hears the scene. ErrNoQR, ErrQRLater.
type QRCodes interface {
	QRCode(ctx context.Context, scene string, life time.Duration) (text string, err error)
}

// WeChatStore keeps which WeChat account is whose, apart from residents. Implementations seal accounts and are safe for concurrent use.
type WeChatStore interface {
	// AskBinding keeps the digest of a code that binds the account that scans it to a person, in place of their code before. The account can be
	// confirmed, and then signs in, when the second factor was given for BindStep in the person's session, lately enough.
	AskBinding(ctx context.Context, person, session string, code []byte, until, now time.Time) error
	// ScanBinding gives a code to the account that scanned it first, and returns whose it is. ErrNoBinding.
	ScanBinding(ctx context.Context, code []byte, openid string, now time.Time) (staff.Person, error)
	// EndBinding takes back what an account was asked, and with yes binds it to the person in place of theirs before. number is to be told to
	// the account, for ConfirmBinding; "" when it cannot be confirmed. ErrNoBinding, ErrBoundElsewhere.
	EndBinding(ctx context.Context, openid string, yes bool, now time.Time) (number string, err error)
	// ConfirmBinding has a person's account sign in from now on, if number is what it was told, and the second factor was given for BindStep in
	// the person's session, lately enough. ErrNumber, ErrNotBound.
	ConfirmBinding(ctx context.Context, person, session, number string, act audit.Act) error
	// Unbind takes a person's account from them. ErrNotBound.
	Unbind(ctx context.Context, person string, act audit.Act) error
	// UnbindAccount takes an account from whose it is, and is no error when it is nobody's. It fills in the act's Subject.
	UnbindAccount(ctx context.Context, openid string, act audit.Act) error
	// Bound is a person's account. ErrNotBound.
	Bound(ctx context.Context, person string) (Bound, error)
	ScanAnswers
}

// Bound is a WeChat account that a person has.
type Bound struct {
	OpenID  string
	At      time.Time
	SignsIn bool // its owner confirmed it, after a second factor
}

// WeChat binds colleagues to their WeChat accounts, and lets those accounts confirm sign-ins, each by a code that is scanned and a question in
// the chat. Safe for concurrent use.
type WeChat struct {
	Store WeChatStore
	QR    QRCodes
	// Alarms hear of sign-ins that were not the person's own; nil for nobody.
	Alarms *alarm.Alarms
	Now    func() time.Time
}

// Ask makes a code that a person scans to bind their WeChat account. Codes of theirs before bind nothing any more. session is the id of the
// one in which they ask, "" for none. ErrNoQR, ErrQRLater.
func (w *WeChat) Ask(ctx context.Context, person, session string) (text string, until time.Time, err error) {
	now := w.Now().UTC().Truncate(time.Millisecond)
	token, until := rand.Text(), now.Add(BindLife)
	if text, err = w.QR.QRCode(ctx, bindScene+token, BindLife); err != nil {
		return "", time.Time{}, err
	}
	return text, until, w.Store.AskBinding(ctx, person, session, digest(token), until, now)
}

// Bound is a person's WeChat account. ErrNotBound.
func (w *WeChat) Bound(ctx context.Context, person string) (Bound, error) {
	return w.Store.Bound(ctx, person)
}

// Confirm has a person's account sign in from now on, when they have the number that it was told: whoever scanned the code on their screen before
// them has the number, but not their page. ErrNumber, ErrNotBound.
func (w *WeChat) Confirm(ctx context.Context, person, session, number string) error {
	return w.Store.ConfirmBinding(ctx, person, session, typed(number), audit.Act{Actor: audit.Staff(person), Action: "wechat.confirm", Subject: person, At: w.Now()})
}

// Unbind takes a person's WeChat account from them, at their own wish. ErrNotBound.
func (w *WeChat) Unbind(ctx context.Context, person string) error {
	return w.Store.Unbind(ctx, person, audit.Act{Actor: audit.Staff(person), Action: "wechat.unbind", Subject: person, At: w.Now()})
}

// Scanned takes a scene that an account scanned, and returns what is asked in the chat. ok is false for a scene of another kind. With an
// error there is something to say, too.
func (w *WeChat) Scanned(ctx context.Context, openid, scene string) (text string, ok bool, err error) {
	if code, ok := strings.CutPrefix(scene, scanScene); ok {
		text, err = w.scanned(ctx, openid, code)
		return text, true, err
	}
	token, ok := strings.CutPrefix(scene, bindScene)
	if !ok {
		return "", false, nil
	}
	p, err := w.Store.ScanBinding(ctx, digest(token), openid, w.Now())
	switch {
	case errors.Is(err, ErrNoBinding):
		return "这个二维码已经失效：请在工作台“我的账号”里重新生成，再扫码。", true, nil
	case err != nil:
		return "系统暂时办不了：请过一会儿再扫码。", true, err
	}
	return fmt.Sprintf("您是%s（工作台账号%s）吗？\n是本人并且要绑定这个微信，请回复1；不是请回复0。", p.Name, p.ID), true, nil
}

// Said takes what an account wrote when it was asked something. ok is false when it was not, and for what answers no such question.
func (w *WeChat) Said(ctx context.Context, openid, text string) (reply string, ok bool, err error) {
	if reply, ok, err = w.signsIn(ctx, openid, text); ok || err != nil {
		return reply, ok, err
	}
	yes, answers := answer(text)
	if !answers {
		return "", false, nil
	}
	number, err := w.Store.EndBinding(ctx, openid, yes, w.Now())
	switch {
	case errors.Is(err, ErrNoBinding):
		return "", false, nil
	case errors.Is(err, ErrBoundElsewhere):
		return "没有绑定：这个微信已经是另一位同事的，请那位同事先在工作台解除绑定。", true, nil
	case err != nil:
		return "", false, err
	case !yes:
		return "没有绑定。", true, nil
	}
	reply = "已绑定。有事等您办时，会在这里提醒您；要听哪些、解除绑定，都在工作台“我的账号”里。"
	if number != "" {
		reply += "\n要能用这个微信扫码登录，请把数字" + number + "填到工作台“绑定微信”页面上，不要告诉别人。"
	}
	return reply, true, nil
}

// answer reads a yes or a no. Whatever else somebody writes is no concern of this package: it is not even looked up.
func answer(text string) (yes, ok bool) {
	switch typed(text) {
	case "1", "是", "是的":
		return true, true
	case "0", "不是", "否":
		return false, true
	}
	return false, false
}

func typed(text string) string { return strings.Trim(norm.NFKC.String(text), " .。!！") }

// Left forgets an account that left the city's: nothing can be sent there.
func (w *WeChat) Left(ctx context.Context, openid string) error {
	return w.Store.UnbindAccount(ctx, openid, audit.Act{Actor: audit.System("wechat"), Action: "wechat.unbind", Detail: "unfollowed", At: w.Now()})
}
