package sms

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"towncrier/sandbox/platform"
)

const apiVersion = "2017-05-25"

// gateway reads a call from query and form, finds the operation, checks the caller, and answers JSON.
type gateway struct {
	base       *platform.Base
	callers    *callers
	operations []operation
	qps        int

	mu     sync.Mutex
	second int64          // of the calls that are counted
	calls  map[string]int // in it, by operation
}

// operation answers a call with a value for JSON, or an error.
type operation struct {
	name    string
	serve   func(url.Values) (any, *apiError)
	numbers func(url.Values) []string // those that the call names
	asks    bool                      // sends nothing
	api     platform.API
}

var codeOfFaultForm = regexp.MustCompile(`^[A-Za-z][A-Za-z_]*(\.[A-Za-z_]+)*$`)

func newGateway(base *platform.Base, callers *callers, qps int, operations []operation) *gateway {
	for i := range operations {
		o := &operations[i]
		o.api = platform.API{
			Name: "aliyun/" + o.name, Kinds: platform.CallFaults, Numbers: true, Codes: ", nor an error code like Throttling.User or isv.AMOUNT_NOT_ENOUGH",
			IsCode: func(kind string) bool {
				return codeOfFaultForm.MatchString(kind) && !slices.Contains(reportAPI.Kinds, kind)
			},
		}
		base.Faults.Register(o.api)
	}
	return &gateway{base: base, callers: callers, operations: operations, qps: qps, calls: map[string]int{}}
}

func (g *gateway) serve(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, platform.MaxCall)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "body is too large or is no form", http.StatusBadRequest)
		return
	}
	o, failed := g.admit(r)
	if failed != nil {
		g.refuse(w, r.Form.Get("Action"), failed)
		return
	}
	refuse := func(w http.ResponseWriter, failed *apiError) {
		g.recordRefusal(o, r.Form, failed)
		g.refuse(w, o.name, failed)
	}
	if g.throttled(o.name) {
		refuse(w, fail("Throttling.User"))
		return
	}
	g.base.ServeCall(w, r, platform.Call{
		API: o.api, Numbers: func() []string { return o.numbers(r.Form) },
		Serve: func(w http.ResponseWriter, r *http.Request) {
			if result, failed := o.serve(r.Form); failed != nil {
				refuse(w, failed)
			} else {
				writeAnswer(w, http.StatusOK, result)
			}
		},
		Refuse: func(w http.ResponseWriter, code string) { refuse(w, fail(code)) },
	})
}

// admit finds the operation of a call and checks the caller.
func (g *gateway) admit(r *http.Request) (operation, *apiError) {
	var o operation
	for _, known := range g.operations {
		if known.name == r.Form.Get("Action") {
			o = known
		}
	}
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		return o, &apiError{http.StatusMethodNotAllowed, "UnsupportedHTTPMethod", "This http method is not supported."}
	case missing(r.Form, "Action", "Version") != nil:
		return o, missing(r.Form, "Action", "Version")
	case r.Form.Get("Version") != apiVersion:
		return o, fail("InvalidVersion")
	case o.serve == nil:
		return o, fail("InvalidAction.NotFound")
	}
	return o, g.callers.authenticate(r.Method, r.Form, g.base.Now())
}

// throttled counts a call and says whether it is one too many for this second.
func (g *gateway) throttled(operation string) bool {
	now := g.base.Now().Unix()
	g.mu.Lock()
	defer g.mu.Unlock()
	if now != g.second {
		g.second = now
		clear(g.calls)
	}
	g.calls[operation]++
	return g.calls[operation] > g.qps
}

// recordRefusal keeps what nobody got.
func (g *gateway) recordRefusal(o operation, form url.Values, failed *apiError) {
	if o.asks {
		return
	}
	params, _ := decodeParams(form.Get("TemplateParam")) // what is no JSON is not shown
	numbers := o.numbers(form)
	e := platform.Entry{
		At: g.base.Now(), From: platform.FromPlatform, Kind: platform.KindSMSRefused, Text: failed.Message, Via: platform.BySMS, State: platform.Failed,
		SMS: &platform.SMS{
			Phone: strings.Join(numbers, ","), Sign: form.Get("SignName"), Template: form.Get("TemplateCode"), Params: params,
			OutID: form.Get("OutId"), Code: failed.Code,
		},
	}
	if len(numbers) == 1 {
		e.Resident = g.base.Residents.Owner(platform.Number(numbers[0]))
	}
	g.base.Record.Add(e)
}

func (g *gateway) refuse(w http.ResponseWriter, action string, failed *apiError) {
	if action != "" { // who names none asks what time it is
		g.base.Log.Info("sandbox refused an SMS call", "api", action, "code", failed.Code)
	}
	writeAnswer(w, failed.Status, failed.answer())
}

func writeAnswer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.Encode(v) // a caller that went away is no matter
}
