package wechat

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"towncrier/redact"
)

// Class says what a caller can do about an Error.
type Class string

const (
	Retry         Class = "retry"         // not done; try again after a while
	RefreshToken  Class = "refresh token" // the access token was refused, a fresh one too
	UserGone      Class = "user gone"     // does not follow the account (any more), or blocked it
	OptedOut      Class = "opted out"     // the resident refuses this kind of message
	WindowClosed  Class = "window closed" // customer-service messages may not be sent now: use another channel
	CallerFault   Class = "caller fault"  // the request is wrong: it never works as it is
	Configuration Class = "configuration" // secret, app id, IP list, base URL or permissions: a person must act
	Quota         Class = "quota"         // used up for today
	Alarm         Class = "alarm"         // the platform banned something: a person must act at once
	RestartOAuth  Class = "restart oauth" // the resident must authorise again
	Done          Class = "done"          // sent before under the same idempotency key
	Late          Class = "late"          // not done: it had to wait until its caller may not make it any more (broadcast.MayCall)
	InDoubt       Class = "in doubt"      // it may have been done: never repeat blindly what a resident would see twice
)

// Error is a call that failed. It holds no token, secret, openid or URL; RID is the platform's id for asking it about the
// call (/cgi-bin/openapi/rid/get).
type Error struct {
	Op    string // the call, as in "message/custom/send"
	Code  int    // errcode; 0 when there was no readable answer
	Class Class
	RID   string
	Key   string // of 47003, the template's variable that is not valid, when the platform named it
	Cause string // what happened in our words, or the network's without addresses of ours
	Words string // the platform's own, without what is secret or personal; "" when it gave none
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "wechat %s: ", e.Op)
	if e.Code != 0 {
		fmt.Fprintf(&b, "errcode %d: ", e.Code)
	}
	b.WriteString(e.Cause)
	if e.Words != "" {
		fmt.Fprintf(&b, ": WeChat says %q", e.Words)
	}
	fmt.Fprintf(&b, " (%s)", e.Class)
	if e.RID != "" {
		fmt.Fprintf(&b, " rid %s", e.RID)
	}
	return b.String()
}

// NoPermission is the code of a call that the account may not make.
const NoPermission = 48001

// actable says that only a person can mend a refusal.
func actable(e *Error) bool {
	return e.Class == Configuration || e.Class == Alarm
}

// classes are the error codes that say something of their own; ranges follow in classify.
var classes = map[int]struct {
	class Class
	says  string
}{
	-1:           {Retry, "the platform is busy"},
	40001:        {RefreshToken, "AppSecret wrong, or access token not the latest"},
	40003:        {UserGone, "openid is not a follower's, or another account's"},
	40013:        {Configuration, "app id is not valid"},
	40014:        {RefreshToken, "access token is not valid"},
	40029:        {RestartOAuth, "OAuth code is not valid"},
	40163:        {RestartOAuth, "OAuth code was used before"},
	40031:        {CallerFault, "list of openids is not valid"},
	40032:        {CallerFault, "list of openids has a wrong length"},
	40033:        {CallerFault, "text holds \\u escapes"},
	40035:        {CallerFault, "a parameter is not valid"},
	40037:        {Configuration, "template id is not valid"},
	40053:        {CallerFault, "scene of the QR code is not valid"},
	40125:        {Configuration, "AppSecret is wrong: copy it from the console again"},
	40164:        {Configuration, "this server's IP is not on the account's list: add it in the console"},
	40165:        {CallerFault, "mini program path is not valid"},
	40243:        {Configuration, "AppSecret is frozen: unfreeze it in the console"},
	41001:        {RefreshToken, "access token is missing"},
	42001:        {RefreshToken, "access token expired"},
	42007:        {RestartOAuth, "the resident changed the WeChat password"},
	43004:        {UserGone, "the receiver does not follow the account"},
	43019:        {UserGone, "the receiver is on the account's blacklist"},
	43101:        {OptedOut, "the resident refused, never subscribed, or used up the consents"},
	43108:        {Retry, "two calls for one resident at once"},
	43116:        {Alarm, "the template is banned"},
	43117:        {Retry, "too many messages to this resident"},
	44002:        {CallerFault, "body is empty"},
	44003:        {CallerFault, "news message is empty"},
	44004:        {CallerFault, "text is empty"},
	45009:        {Quota, "the API's quota for today is used up"},
	45011:        {Retry, "too many calls"},
	45015:        {WindowClosed, "the resident has not written in 48 hours"},
	45047:        {WindowClosed, "the number of messages since the resident last wrote is used up"},
	45065:        {Done, "this clientmsgid was sent before"},
	45066:        {Retry, "the same clientmsgid again within a minute"},
	45067:        {CallerFault, "clientmsgid is too long"},
	46004:        {UserGone, "no such resident"},
	47001:        {CallerFault, "the platform could not read the request"},
	47003:        {CallerFault, "a template value is not valid"},
	NoPermission: {Configuration, "the account has no permission for this API"},
	48002:        {OptedOut, "the resident turned off messages"},
	48004:        {Alarm, "the API is banned: see the console"},
	48006:        {Quota, "clear_quota is used up for this month"},
	48008:        {Configuration, "the account has no permission for this type of message"},
	50001:        {OptedOut, "the resident has not authorised the API"},
	50002:        {Alarm, "the account is restricted after a violation"},
	50005:        {UserGone, "the resident does not follow the account"},
	50007:        {Alarm, "the account is frozen: see the console"},
	61004:        {Configuration, "this server's IP is not registered"},
	61450:        {Retry, "system error of the platform"},
	61451:        {CallerFault, "a parameter is not valid"},
	89501:        {Configuration, "this server's IP waits for an administrator: confirm it in WeChat"},
	89503:        {Configuration, "an administrator must confirm this server's IP in WeChat"},
	89506:        {Configuration, "an administrator refused this server's IP twice: wait 24 hours, then have it confirmed"},
	89507:        {Configuration, "an administrator refused this server's IP: wait 1 hour, then have it confirmed"},
}

// classify reads the table of error codes; a code that nobody listed is Configuration, so that a person looks it up.
func classify(code int) (Class, string) {
	if known, ok := classes[code]; ok {
		return known.class, known.says
	}
	switch {
	case code >= 45001 && code <= 45008:
		return CallerFault, "a size limit is passed"
	case code >= 45056 && code <= 45059, code >= 45157 && code <= 45159:
		return CallerFault, "a limit of tags is passed"
	case code >= 65301 && code <= 65317:
		return CallerFault, "the menu is not valid"
	}
	return Configuration, "see the platform's list of error codes"
}

// rejected is the error for an answer with an errcode. secrets are those that the call knows; none is kept.
func rejected(op string, code int, message string, secrets ...string) *Error {
	class, says := classify(code)
	words, _, _ := strings.Cut(message, "rid:")
	e := &Error{Op: op, Code: code, Class: class, Cause: says, RID: rid(message), Words: redact.Text(words, secrets...)}
	if code == 47003 {
		if e.Key = faultyKey(message); e.Key != "" {
			e.Cause = "the template value of " + e.Key + " is not valid"
		}
	}
	return e
}

// unreadable is a 200 that is no JSON, as a proxy's page is: the call may have been made.
func unreadable(op string) *Error {
	return &Error{Op: op, Class: InDoubt, Cause: "the answer is not the platform's JSON"}
}

func asError(op string, err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		if e.Class == InDoubt {
			// Only the token was in doubt: the call itself was never made.
			return &Error{Op: e.Op, Class: Retry, Cause: e.Cause}
		}
		return e
	}
	return unsent(op, err) // it waited for the token
}

// unsent is the error for a call that never had a connection, or its token: it certainly was not made.
func unsent(op string, err error) *Error {
	err = withoutURL(err)
	e := &Error{Op: op, Class: Retry, Cause: "no connection to the platform"}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		e.Class, e.Cause = Configuration, "the platform's certificate is not trusted: is the API's base URL right?"
		return e
	}
	timeout, ok := errors.AsType[net.Error](err)
	dial, dialled := errors.AsType[*net.OpError](err)
	switch {
	case dialled && dial.Op == "dial":
		e.Cause += ": " + err.Error()
	case ok && timeout.Timeout():
		e.Cause += " in time"
	}
	return e
}

// unanswered is the error for a call that had a connection and got no answer.
func unanswered(op string, err error) *Error {
	e := &Error{Op: op, Class: InDoubt, Cause: "no answer from the platform"}
	if timeout, ok := errors.AsType[net.Error](withoutURL(err)); ok && timeout.Timeout() {
		e.Cause += " in time"
	}
	return e
}

// withoutURL is an error without its own text, which is the URL, with the token.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// faultyKey takes the template's key out of "argument invalid! data.thing1.value invalid". Nothing else is kept.
func faultyKey(message string) string {
	_, after, found := strings.Cut(message, "data.")
	key, _, ends := strings.Cut(after, ".value")
	if !found || !ends || len(key) > 32 || !validName(key) {
		return ""
	}
	return key
}

// rid takes the call's id out of the platform's message, which ends in "rid: 60f8c5a1-...". Nothing else is kept.
func rid(message string) string {
	_, after, found := strings.Cut(message, "rid:")
	if !found {
		return ""
	}
	after = strings.TrimSpace(after)
	end := strings.IndexFunc(after, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'f') && r != '-' })
	if end >= 0 {
		after = after[:end]
	}
	return after[:min(len(after), 40)]
}
