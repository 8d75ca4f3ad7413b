package signin

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"towncrier/alarm"
	"towncrier/audit"
)

// ScanLife is how long a code that signs in can be scanned, and answered.
const ScanLife = 5 * time.Minute

// scanScene begins what the city's account on WeChat hears when such a code is scanned.
const scanScene = "login:"

// WeChatFactor is the second factor of who scans a code on the sign-in page, and answers with the number beside it.
const WeChatFactor Kind = "wechat"

// What a caller can tell apart with errors.Is.
var (
	// ErrScanOver is for a sign-in that nobody waits for any more.
	ErrScanOver = errors.New("这次扫码登录已经失效：请重新输入密码，再扫码；也可以用验证码登录")
	// ErrNotAnswered is for a sign-in that nobody confirmed yet.
	ErrNotAnswered = errors.New("还没有收到您在微信里的回复：请扫码，在公众号里回复页面上的两位数字，再按“继续”")
)

// Scan is a sign-in that waits for an answer in WeChat.
type Scan struct {
	Token, Code []byte // digests: of what the browser that waits holds, and of what the QR code says
	Person      string // "" when it waits for nobody: the page is the same
	Number      string // on the page, to be answered
	QR          string // what the QR code holds
	Address     string
	Until       time.Time
	Passed      bool
}

// ScanStore keeps sign-ins that wait for an answer in WeChat, for Store.
type ScanStore interface {
	// AskScan keeps a sign-in of whose login is l, and records the act with it. It does the same for nobody's.
	AskScan(ctx context.Context, l Login, sc Scan, act audit.Act) error
	// Scan finds a sign-in by the digest of its token. ErrScanOver for one that was used, is too old, or was altered by hand.
	Scan(ctx context.Context, token []byte, now time.Time) (Scan, error)
}

// ScanAnswers keeps what the accounts of staff do about them, for WeChatStore.
type ScanAnswers interface {
	// ScanSignIn notes that an account scanned a code, if it is the one that the person confirmed with a second factor; an earlier code that it
	// scanned is not asked about any more. ErrNoBinding.
	ScanSignIn(ctx context.Context, code []byte, openid string, now time.Time) error
	// EndSignIn takes what an account answers: the number passes, everything else ends the sign-in and is recorded. It returns whose the
	// account is. ErrNoBinding when it was asked nothing.
	EndSignIn(ctx context.Context, openid, number string, now time.Time) (person string, passed bool, err error)
}

// AskScan checks a passphrase as Enter does, and makes a code to scan instead of asking for the second factor. Whether the passphrase is right
// changes neither what is returned nor how long it takes: nobody can answer a code that waits for nobody. token is for the browser that waits.
// *TooMany, ErrNoQR, ErrQRLater.
func (s *Service) AskScan(ctx context.Context, a Attempt) (token string, sc Scan, err error) {
	c, err := s.check(ctx, a)
	if err != nil {
		return "", Scan{}, err
	}
	code := rand.Text()
	token = newToken()
	sc = Scan{Token: digest(token), Code: digest(code), Number: twoDigits(), Address: a.Address, Until: s.now().Add(ScanLife)}
	if sc.QR, err = s.cfg.QR.QRCode(ctx, scanScene+code, ScanLife); err != nil {
		return "", Scan{}, fmt.Errorf("sign in by WeChat: %w", errors.Join(err, s.cfg.Store.Excused(ctx, c.by)))
	}
	act := audit.Act{Actor: audit.System("signin"), Action: "session.fail", Subject: c.Person.ID, Detail: "outcome=" + c.outcome(),
		At: s.cfg.Now(), Origin: audit.Origin{Address: a.Address}.String()}
	if c.right {
		sc.Person, act.Action, act.Detail = c.Person.ID, "session.ask", "factor="+string(WeChatFactor)
	}
	if err := s.cfg.Store.AskScan(ctx, c.Login, sc, act); err != nil {
		return "", Scan{}, fmt.Errorf("sign in by WeChat: %w", err)
	}
	return token, sc, nil
}

// twoDigits draws a number from 10 to 99: no answer to a yes-or-no question is one.
func twoDigits() string {
	n, err := rand.Int(rand.Reader, big.NewInt(90))
	if err != nil {
		panic(err) // never fails since Go 1.24
	}
	return strconv.FormatInt(10+n.Int64(), 10)
}

// Scan is the sign-in for which a browser waits. ErrScanOver.
func (s *Service) Scan(ctx context.Context, token string) (Scan, error) {
	if len(token) != tokenLength {
		return Scan{}, ErrScanOver
	}
	return s.cfg.Store.Scan(ctx, digest(token), s.now())
}

// EnterScanned signs in the person who answered what AskScan asked. scan is its token. ErrScanOver, ErrNotAnswered.
func (s *Service) EnterScanned(ctx context.Context, scan, address, agent string) (token string, _ Session, err error) {
	sc, err := s.Scan(ctx, scan)
	if err != nil {
		return "", Session{}, err
	}
	if !sc.Passed {
		return "", Session{}, ErrNotAnswered
	}
	l, known, err := s.login(ctx, sc.Person)
	if err != nil {
		return "", Session{}, fmt.Errorf("sign in by WeChat: %w", err)
	}
	if !known {
		return "", Session{}, s.failed(ctx, sc.Person, address, "changed", ErrScanOver)
	}
	token, k := s.open(l.Person, address, agent)
	proof, by := Proof{Kind: WeChatFactor, ID: string(sc.Token)}, Counted{sc.Person, network(sc.Address)}
	err = s.cfg.Store.Begin(ctx, l, k, proof, by, s.act(k.Session, "session.begin", "factor="+string(WeChatFactor)))
	if errors.Is(err, ErrUsed) || errors.Is(err, ErrNoLogin) {
		return "", Session{}, s.failed(ctx, sc.Person, address, "changed", ErrScanOver)
	}
	if err != nil {
		return "", Session{}, fmt.Errorf("sign in by WeChat: %w", err)
	}
	return token, k.Session, nil
}

// scanned asks an account about the sign-in whose code it scanned. Who scans another's code learns nothing.
func (w *WeChat) scanned(ctx context.Context, openid, code string) (text string, err error) {
	err = w.Store.ScanSignIn(ctx, digest(code), openid, w.Now())
	switch {
	case errors.Is(err, ErrNoBinding):
		return "这个二维码已经失效：请回到登录页，重新生成后再扫码。", nil
	case err != nil:
		return "系统暂时办不了：请过一会儿再扫码。", err
	}
	return "是您在登录工作台吗？\n是本人，请回复页面上的两位数字；不是您，请回复0。", nil
}

// signsIn takes what an account answered about a sign-in. ok is false when it was asked about none.
func (w *WeChat) signsIn(ctx context.Context, openid, text string) (reply string, ok bool, err error) {
	number := typed(text)
	yes, answers := answer(text)
	if no := answers && !yes; !no && !isTwoDigits(number) {
		return "", false, nil
	}
	person, passed, err := w.Store.EndSignIn(ctx, openid, number, w.Now())
	switch {
	case errors.Is(err, ErrNoBinding):
		return "", false, nil
	case err != nil:
		return "系统暂时办不了：请再回复一次。", true, err
	case passed:
		return "已确认，请回到登录页。", true, nil
	case answers:
		w.Alarms.Raise(ctx, alarm.SignInRefused, "有人用 "+person+" 的密码登录，本人在微信里回复不是自己：请与本人核实，让本人马上修改密码，并在操作日志里查对象 "+person)
		return "没有登录。有人知道您的密码：请马上登录工作台，在“我的账号”里修改密码，并告诉管理员。", true, nil
	}
	return "数字不对，没有登录：请回到登录页，重新生成二维码后再扫码。", true, nil
}

func isTwoDigits(text string) bool {
	return len(text) == 2 && strings.Trim(text, "0123456789") == ""
}
