package page

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"towncrier/api"
	"towncrier/audit"
	"towncrier/staff"
)

// maxForm is far above the largest true form: a notice of ten thousand characters.
const maxForm = 1 << 20

// longestAct ends the answer to a form: an operation that counts every resident may take most of it.
const longestAct = 60 * time.Second

// Visit is one request of a person who is signed in.
type Visit struct {
	Request *http.Request
	Person  staff.Person
	Session Session
	Form    url.Values // what was posted; empty for a GET, and for a file

	kit     *Kit
	w       http.ResponseWriter
	origin  audit.Origin
	nonce   string
	counted bool // against the limits: once, whatever it does
}

// Context ends with the request.
func (v *Visit) Context() context.Context { return v.Request.Context() }

// Path is a part of the address that the pattern names.
func (v *Visit) Path(name string) string { return v.Request.PathValue(name) }

// Query is a parameter of the address, "" when there is none.
func (v *Visit) Query(name string) string { return v.Request.URL.Query().Get(name) }

// Now is the time, for what a page says of it.
func (v *Visit) Now() time.Time { return v.kit.cfg.Now() }

// Writer is for a page that answers piece by piece, which then returns Done.
func (v *Visit) Writer() http.ResponseWriter { return v.w }

// StillIn is an error when the session is over by now: for a page that answers for as long as it is open.
func (v *Visit) StillIn() error {
	_, err := v.kit.cfg.Still(v.Request, v.Session.ID)
	return err
}

// stillInEvery is how often somebody is looked for who sends or fetches a file.
const stillInEvery = 10 * time.Second

// StillInNowAndThen is StillIn to be asked at every piece of what comes or goes for a while.
func (v *Visit) StillInNowAndThen() func() error {
	looked := v.Now()
	return func() error {
		now := v.Now()
		if now.Sub(looked) < stillInEvery {
			return nil
		}
		looked = now
		return v.StillIn()
	}
}

// Closing is closed when the server stops.
func (v *Visit) Closing() <-chan struct{} { return v.kit.closing }

// NewForm is an empty form, or after a refusal what was posted.
func (v *Visit) NewForm(more ...func(*Visit, *Form)) Form {
	f := EmptyForm()
	for name, values := range v.Form {
		if name != "nonce" && name != "code" {
			f.values[name] = values
		}
	}
	for _, add := range more {
		add(v, &f)
	}
	return f
}

// Subject has a form ask for a second factor for an id or a hash, unless it was given not long ago.
func Subject(subject string) func(*Visit, *Form) {
	return func(v *Visit, f *Form) {
		f.Subject, f.proved = subject, v.Session.Proved(subject)
		if !f.proved {
			f.Set("code", v.Session.Code(subject))
		}
	}
}

// StepUp takes the second factor that a form has posted for a subject. It comes before the act. Its error goes to Again.
func (v *Visit) StepUp(subject string) error {
	proved, code := v.Session.Proved(subject), strings.TrimSpace(v.Form.Get("code"))
	if proved && code == "" {
		return nil
	}
	// Also when it was proved: a button that was pressed twice brings the cookie of before, and needs the new one.
	session, err := v.kit.cfg.Prove(v.w, v.Request, subject, code)
	if err == nil {
		v.Session = session
	} else if proved {
		err = nil
	}
	return err
}

// readForm reads what was posted. A form with a file is left for its page to read.
func (v *Visit) readForm(file bool) error {
	r := v.Request
	if r.Method != http.MethodPost || file && strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return nil
	}
	r.Body = http.MaxBytesReader(v.w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return errUnreadable
	}
	for name, values := range r.PostForm {
		for _, value := range values {
			if !IsText(name) || !IsText(value) {
				return errUnreadable
			}
		}
	}
	v.Form, v.nonce = r.PostForm, r.PostForm.Get("nonce")
	for name, values := range v.Form { // as browsers send the ends of lines
		for i := range values {
			v.Form[name][i] = strings.ReplaceAll(values[i], "\r\n", "\n")
		}
	}
	if v.nonce == "" {
		return errNoNonce
	}
	return nil
}

// IsText says whether a field holds text, which databases keep.
func IsText(value string) bool { return utf8.ValidString(value) && !strings.ContainsRune(value, 0) }

// NonceOf is for a page that reads its form itself: what it does is done once for the nonce.
func (v *Visit) NonceOf(nonce string) { v.nonce = nonce }

var (
	errUnreadable = &api.Refusal{Problem: problem(http.StatusBadRequest, "内容没有传完，或者不是文字：请返回上一页，重新提交")}
	errNoNonce    = &api.Refusal{Problem: problem(http.StatusBadRequest, "这份表单不完整：请重新打开页面，再填写提交")}
)

// Refuse is an error that a page finds by itself: a status of HTTP and what people read.
func Refuse(status int, detail string) error { return &api.Refusal{Problem: problem(status, detail)} }

// FieldError is what is wrong with a field that a page reads by itself.
type FieldError struct{ Field, Text string }

func (e *FieldError) Error() string { return e.Field + ": " + e.Text }

// Again shows a form again with all that was posted, and what is wrong beside its fields. What is not about the form goes on as it is.
func (v *Visit) Again(p Page, form *Form, err error) (Result, error) {
	if field, ok := errors.AsType[*FieldError](err); ok {
		form.Refuse(field.Field, field.Text)
		return v.page(http.StatusUnprocessableEntity, p)
	}
	r := refusal(err)
	if r == nil {
		return nil, err
	}
	switch r.Status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusConflict, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		if r.Name() == "key-reused" { // the form was gone back to and changed; this one has another nonce
			form.Refuse("", "这一页刚才已经交过，这次写的和那次不一样：请先看上次办得怎样，确要按这次写的办，请再按一次")
		} else {
			form.blame(r.Problem, p.Fields)
		}
		return v.page(r.Status, p)
	}
	return nil, err
}
