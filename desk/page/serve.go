package page

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"towncrier/api"
	"towncrier/audit"
	"towncrier/staff"
	"towncrier/store"
)

// serve lets a person in and does what a page does.
func (k *Kit) serve(w http.ResponseWriter, r *http.Request, enter func(*http.Request) (Session, error), do Handler, route Route) {
	v := &Visit{Request: r, kit: k, w: w, origin: audit.Origin{Address: api.AddressOf(r, k.cfg.Proxies)}}
	defer k.recover(v)
	session, err := enter(r)
	if err == nil {
		v.Session, v.Person, v.origin.Session = session, session.Person, session.ID
	}
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(longestAct))
	formErr := v.readForm(route.File)
	switch {
	case errors.Is(err, ErrNoSession):
		k.signIn(v)
		return
	case err != nil:
	case formErr != nil:
		err = formErr
	case route.Right != "":
		err = k.cfg.Calls.May(r.Context(), v.caller(), route.act)
	}
	k.answer(v, do, err)
}

// answer does what a page does, unless err came before.
func (k *Kit) answer(v *Visit, do Handler, err error) {
	var result Result
	if err == nil {
		result, err = do(v)
	}
	if errors.Is(err, ErrNoSession) {
		k.signIn(v)
		return
	}
	if err != nil {
		result = v.failure(err)
	}
	if err := result.write(v); err != nil && v.Context().Err() == nil {
		k.cfg.Log.WarnContext(v.Context(), "a page was not sent whole", "page", v.Request.Pattern, "err", fmt.Sprintf("%T", err))
	}
}

// recover answers for a page that panicked.
func (k *Kit) recover(v *Visit) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	k.cfg.Log.ErrorContext(v.Context(), "a page panicked", "page", v.Request.Pattern, "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
	_ = v.failure(errors.New("panic")).write(v)
}

// secrets are fields that no page shows again, not even to be posted later.
var secrets = []string{"passphrase", "passphrase_again", "present", "code", "app_code", "sms_code", "secret", "activation"}

// signIn sends who has no session to the sign-in page. What they posted goes with them, to be posted again by themselves, but no secret.
func (k *Kit) signIn(v *Visit) {
	next := "/desk/login?next=" + url.QueryEscape(v.Request.URL.RequestURI())
	if v.Request.Method == http.MethodGet {
		http.Redirect(v.w, v.Request, next, http.StatusSeeOther)
		return
	}
	v.Person = staff.Person{}
	for _, name := range secrets {
		v.Form.Del(name)
	}
	result, err := v.page(http.StatusUnauthorized, k.cfg.SignIn(v, v.Request.URL.RequestURI(), v.Form.Encode()))
	if err != nil {
		result = v.failure(err)
	}
	_ = result.write(v)
}

// failure is the page of an error.
func (v *Visit) failure(err error) Result {
	r := refusal(err)
	switch {
	case r != nil:
	case store.Away(err): // an operation says so itself; this is the session's
		v.kit.cfg.Log.WarnContext(v.Context(), "the database is away", "page", v.Request.Pattern, "err", err)
		r = &api.Refusal{Problem: problem(http.StatusServiceUnavailable, "数据库暂时没有应答：可能已经办成，也可能没有"), RetryAfter: "5"}
	default:
		id := strings.ToLower(rand.Text()[:16])
		v.kit.cfg.Log.ErrorContext(v.Context(), "a page failed", "page", v.Request.Pattern, "request", id, "err", err)
		r = &api.Refusal{Problem: problem(http.StatusInternalServerError, "系统出错，没有办成：请稍后再试；仍然不行，请把请求编号告诉系统管理员")}
		r.Request = id
	}
	t := Trouble{What: r.Detail, Reference: r.Request}
	for _, fault := range r.Errors {
		if fault.Message != r.Detail {
			t.What += "。" + fault.Message
		}
	}
	if r.Status == http.StatusTooManyRequests || r.Status >= http.StatusInternalServerError {
		t.Do = "过一会儿刷新本页。已经办成的不会再办一次"
	}
	if r.RetryAfter != "" {
		v.w.Header().Set("Retry-After", r.RetryAfter)
	}
	return v.kit.trouble(v, r.Status, t)
}

var failureTitles = map[int]string{
	http.StatusForbidden: "您没有这项权限", http.StatusNotFound: "没有找到", http.StatusTooManyRequests: "请稍候再试",
	http.StatusInternalServerError: "系统出错", http.StatusServiceUnavailable: "暂时不能办理",
}

func (k *Kit) trouble(v *Visit, status int, t Trouble) Result {
	t.Title = cmp.Or(failureTitles[status], "没有办成")
	html, err := execute(k.troubled, "layout", k.shell(v, Page{Title: t.Title, Data: t}))
	if err != nil {
		k.cfg.Log.Error("the page of a failure failed", "err", err)
		html = []byte(template.HTMLEscapeString(t.What))
	}
	return rendered{status, html}
}

// refused answers what another site's page posts, and what comes with a key.
func (k *Kit) refused(w http.ResponseWriter, r *http.Request) {
	v := &Visit{Request: r, kit: k, w: w}
	why := "cross-site"
	if r.Header.Get("Authorization") != "" {
		why = "key"
	}
	k.Refused(r, Session{}, why)
	_ = k.trouble(nil, http.StatusForbidden, Trouble{What: "别的网站的页面和程序不能在这里办事：请在本系统的页面里操作"}).write(v)
}

// Refused puts on record that a request was refused which none of the console's own pages makes, and why.
func (k *Kit) Refused(r *http.Request, s Session, why string) {
	from := audit.Origin{Address: api.AddressOf(r, k.cfg.Proxies), Session: s.ID}
	if err := k.cfg.Calls.Refused(r.Context(), s.Person, why, from); err != nil {
		k.cfg.Log.WarnContext(r.Context(), "a refusal is not in the audit log", "why", why, "err", err)
	}
}
