package api_test

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"towncrier/alarm"
	"towncrier/api"
	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/seal"
	"towncrier/signin"
	"towncrier/staff"
	"towncrier/store"
	"towncrier/store/storetest"
)

var settings = []struct {
	name, driver string
	fresh        func(testing.TB) string
}{{"SQLite", "sqlite", storetest.FreshSQLite}, {"PostgreSQL", "pgx", storetest.FreshPostgres}}

// crashing is a fixture whose answers are lost, as when the process dies after what was asked is done.
type crashing struct {
	*fixture
	raw      *sql.DB
	repeated map[string]bool // by method and path as the API describes it
	paths    []describedPath
}

type describedPath struct {
	operation string
	form      *regexp.Regexp
}

// describe reads which operations change something, and take an Idempotency-Key.
func (c *crashing) describe() {
	var doc struct {
		Paths map[string]map[string]struct {
			Parameters []struct{ Name string }
		}
	}
	resp, err := http.Get(c.url + "/openapi.json")
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&doc); err != nil {
		c.t.Fatal(err)
	}
	variable := regexp.MustCompile(`\\\{[a-z]+\\\}`)
	for path, methods := range doc.Paths {
		form := regexp.MustCompile("^" + variable.ReplaceAllString(regexp.QuoteMeta(path), "[^/]+") + "$")
		for method, op := range methods {
			for _, p := range op.Parameters {
				if p.Name == idem {
					c.paths = append(c.paths, describedPath{strings.ToUpper(method) + " " + path, form})
				}
			}
		}
	}
}

func (c *crashing) entries() int {
	c.t.Helper()
	all, err := c.db.Audit().List(c.t.Context(), 0, 1000, audit.Filter{})
	if err != nil {
		c.t.Fatal(err)
	}
	return len(all)
}

// ask sends a request under an Idempotency-Key, whose answer is lost, and once more when the lease is over.
func (c *crashing) ask(key, method, path, body string) (first, again answer) {
	c.t.Helper()
	bare, _, _ := strings.Cut(path, "?")
	for _, p := range c.paths {
		if strings.HasPrefix(p.operation, method+" ") && p.form.MatchString(bare) {
			c.repeated[p.operation] = true
		}
	}
	if _, err := c.raw.ExecContext(c.t.Context(), `DELETE FROM idempotency`); err != nil {
		c.t.Fatal(err)
	}
	first = c.as(key, method, path, body, idem, "idem-1")
	if first.status >= 300 {
		c.t.Fatalf("%s: %d %s", first.what, first.status, first.body)
	}
	c.crash()
	return first, c.as(key, method, path, body, idem, "idem-1")
}

func (c *crashing) crash() {
	c.t.Helper()
	if _, err := c.raw.ExecContext(c.t.Context(), `UPDATE idempotency SET done = 0, answer = NULL, resident = NULL`); err != nil {
		c.t.Fatal(err)
	}
	c.now.pass(time.Minute)
}

// once asks and demands that the repeat is answered as the first, and does nothing.
func (c *crashing) once(key, method, path, body string) map[string]any {
	c.t.Helper()
	first, again := c.ask(key, method, path, body)
	if again.status != first.status || again.body != first.body || again.header.Get("Location") != first.header.Get("Location") ||
		again.header.Get("Idempotency-Replayed") != "true" {
		c.t.Errorf("%s: first %d %s, repeated %d %v %s", first.what, first.status, first.body, again.status, again.header, again.body)
	}
	before := c.entries()
	c.crash()
	if third := c.as(key, method, path, body, idem, "idem-1"); third.status != first.status || c.entries() != before {
		c.t.Errorf("%s: the third time %d %s, and %d acts more", first.what, third.status, third.body, c.entries()-before)
	}
	var shown map[string]any
	if first.body != "" {
		shown = first.is(first.status)
	}
	return shown
}

// bearTwice are the operations that run again, and why that does no harm. Their repeats are tested here too, but for those that
// change nothing.
var bearTwice = map[string]string{
	"POST /emergencies/preview":                           "shows, and keeps nothing",
	"POST /emergencies/{id}/approve":                      "goes on where it was cut off",
	"POST /emergencies/{id}/pause":                        "what is paused stays paused",
	"POST /emergencies/{id}/resume":                       "what goes on goes on",
	"POST /emergencies/{id}/end":                          "goes on where it was cut off",
	"POST /residents/search":                              "finds somebody",
	"POST /me/phone":                                      "sends another code, within the limits of codes",
	"POST /staff/{id}/invitations":                        "its key is spent before it runs: see TestSecretsAfterACrash",
	"POST /me/wechat":                                     "its key is spent before it runs, as that of an invitation",
	"POST /me/wechat/confirm":                             "a key is refused: the console alone confirms",
	"POST /lists/{id}/numbers":                            "a number that is there does no harm, and the rest is added",
	"POST /stops/undo/{id}/confirm":                       "goes on where it was cut off",
	"POST /inbox/{number}/stop":                           "stops a number that is stopped, and closes what is closed",
	"PATCH /imports/{id}/rows":                            "what is corrected twice is corrected: see TestMendInPlace",
	"POST /inbox/{number}/hold":                           "has what it has",
	"POST /inbox/{number}/hand":                           "hands to who has it",
	"POST /inbox/{number}/separate":                       "passes over what stands alone",
	"POST /imports/{id}/start":                            "what was started is started: see TestImport",
	"DELETE /imports/{id}":                                "what is forgotten is not there",
	"POST /audience/estimate":                             "counts, and changes nothing",
	"POST /broadcasts/preview":                            "counts, and changes nothing",
	"POST /series/schedule":                               "reckons, and changes nothing",
	"POST /content/drafts/{id}/ask":                       "asks the same questions; nothing is kept",
	"POST /content/proposals":                             "puts the same files; what was cut or merged is not there again",
	"PUT /content/drafts/{id}/parts/{kind}/{part}":        "puts the same part",
	"POST /content/drafts/{id}/intents/{part}/utterances": "proposes what is not proposed yet",
	"POST /broadcasts/{id}/fallback":                      "with nobody to go on for nothing is done; else as resend",
}

// TestRepeatAfterTheAnswerWasLost repeats every operation that changes something.
func TestRepeatAfterTheAnswerWasLost(t *testing.T) {
	for _, kind := range settings {
		t.Run(kind.name, func(t *testing.T) {
			setting := kind.fresh(t)
			r := newFixture(t, storetest.Open(t, setting, storetest.Sealer(t)))
			raw, err := sql.Open(kind.driver, setting)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { raw.Close() })
			c := &crashing{fixture: r, raw: raw, repeated: map[string]bool{}}
			c.describe()
			for _, repeat := range []func(){c.repeatPeople, c.repeatTickets, c.repeatBroadcasts, c.repeatSeriesAndLists, c.repeatExports, c.repeatContent,
				c.repeatQuestions, c.repeatEmergencies} {
				repeat()
				r.rested() // each makes about half as many requests as a key may at once
			}
			entries, err := r.db.Audit().List(t.Context(), 0, 1000, audit.Filter{})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				if audit.Label(e.Action) == e.Action {
					t.Errorf("%s has no label", e.Action)
				}
			}
			for _, p := range c.paths {
				if !c.repeated[p.operation] && bearTwice[p.operation] == "" {
					t.Errorf("%s is not repeated", p.operation)
				}
			}
		})
	}
}

func (c *crashing) repeatPeople() {
	admin := c.key[staff.Admin]
	second := c.hire(staff.Person{ID: "admin-2", Name: "职员乙", Role: staff.Admin})
	number := phone.Number(numbers + "0100")
	id := c.once(admin, "POST", "/residents", `{"phone":"`+string(number)+`"}`)["id"].(string)
	c.once(admin, "PATCH", "/residents/"+id, `{"committee":"C01","tags":["甲"]}`)
	c.once(admin, "PUT", "/residents/"+id+"/preferences", `{"channel":"sms","wants":false}`)
	c.once(admin, "DELETE", "/residents/"+id, "")

	// What was made and is gone since is not made again.
	_, made := c.ask(admin, "POST", "/residents", `{"phone":"`+numbers+`0101"}`)
	c.crash()
	c.do(staff.Admin, "DELETE", "/residents/"+made.is(201)["id"].(string), "").is(204)
	for range 2 {
		c.do(staff.Admin, "POST", "/residents", `{"phone":"`+numbers+`0101"}`, idem, "idem-1").problem(409, "key-spent")
	}

	if c.once(admin, "PUT", "/committees/C03", `{"name":"示例社区三"}`)["code"] != "C03" {
		c.t.Error("another committee")
	}
	c.once(admin, "PUT", "/committees/C03", `{"name":"示例社区叁"}`)
	c.once(admin, "DELETE", "/committees/C03", "")

	c.once(admin, "POST", "/staff", `{"id":"author-9","name":"职员丁","role":"author"}`)
	c.once(admin, "PATCH", "/staff/author-9", `{"name":"职员叮","role":"auditor"}`)
	c.once(admin, "POST", "/staff/author-9/disable", "")
	c.once(admin, "POST", "/staff/author-9/enable", "")
	for _, end := range []string{"confirm", "withdraw"} {
		inv := c.do(staff.Admin, "POST", "/staff/author-9/invitations", "").is(201)["invitation"].(map[string]any)["id"].(string)
		if end == "confirm" {
			c.once(second, "POST", "/staff/invitations/"+inv+"/confirm", `{"phone":"`+numbers+`0109"}`)
		}
		c.once(admin, "DELETE", "/staff/invitations/"+inv, "")
	}
	key := c.hire(staff.Person{ID: "author-8", Name: "职员丙", Role: staff.Author})
	for path, by := range map[string]string{"/staff/author-8/sessions/": admin, "/me/sessions/": key} {
		_, session, err := c.signin.Rehearse(c.t.Context(), "author-8", "192.0.2.1", "")
		if err != nil {
			c.t.Fatal(err)
		}
		c.once(by, "DELETE", path+session.ID, "")
	}
	c.once(admin, "DELETE", "/staff/author-8/keys/"+staff.KeyID(key), "")

	c.do(staff.Author, "POST", "/me/phone", `{"phone":"`+numbers+`0108"}`).is(200)
	_, code := c.texted()
	c.once(c.key[staff.Author], "POST", "/me/phone/confirm", `{"code":"`+code+`"}`)

	c.once(c.key[staff.Author], "PUT", "/me/notices", `{"wanted":[]}`)
	scene := strings.TrimPrefix(c.do(staff.Author, "POST", "/me/wechat", "").is(200)["text"].(string), "http://weixin.qq.com/q/")
	wechat := &signin.WeChat{Store: c.db.Signin(), QR: qrCodes{}, Now: c.now.Now}
	for _, said := range []func() error{
		func() error { _, _, err := wechat.Scanned(c.t.Context(), "o-author", scene); return err },
		func() error { _, _, err := wechat.Said(c.t.Context(), "o-author", "1"); return err },
	} {
		if err := said(); err != nil {
			c.t.Fatal(err)
		}
	}
	c.once(c.key[staff.Author], "DELETE", "/me/wechat", "")

	c.alarms.Raise(c.t.Context(), alarm.ManyStops, "短信退订过多")
	c.once(admin, "POST", "/alarms/sms-stops/acknowledge", "")
	said := c.once(c.key[staff.Author], "POST", "/feedback", `{"text":"找不到导入"}`)["id"].(string)
	c.once(admin, "POST", "/feedback/"+said+"/answer", `{"answer":"在居民里"}`)
	undo := c.once(admin, "POST", "/stops/undo", `{"key":"leaked","since":"2023-11-12T00:00:00Z","until":"2023-11-13T00:00:00Z","why":"密钥泄露"}`)["id"].(string)
	if first, again := c.ask(second, "POST", "/stops/undo/"+undo+"/confirm", ""); again.status != 200 || again.body != first.body {
		c.t.Errorf("confirmed again: %d %s", again.status, again.body)
	}
}

func (c *crashing) repeatTickets() {
	author, answer := c.key[staff.Author], `{"answer":"`+private+`明年"}`
	if got := c.once(author, "POST", "/inbox/"+c.ticket("一")+"/answer", answer); got["tickets"] != 1.0 {
		c.t.Errorf("answered %v", got)
	}
	second := c.ticket("二")
	c.once(author, "POST", "/inbox/"+second+"/close", "")
	c.once(author, "POST", "/inbox/"+second+"/notes", `{"text":"问过街道"}`)
	c.once(author, "POST", "/inbox/"+second+"/reopen", "")
	var number string
	for _, from := range []string{"-7", "-8"} {
		ticket, err := c.inbox.File(c.t.Context(), inbox.Filing{From: openid + from, Kind: inbox.Question, Text: private + "充电桩什么时候装"})
		if err != nil {
			c.t.Fatal(err)
		}
		number = ticket.Number
	}
	proposal := c.once(author, "POST", "/inbox/"+number+"/answer", answer)["proposal"].(map[string]any)["id"].(string)
	if got := c.once(c.key[staff.Approver], "POST", "/inbox/"+number+"/approve", `{"proposal":"`+proposal+`"}`); got["tickets"] != 2.0 {
		c.t.Errorf("approved %v", got)
	}
	reply, err := c.inbox.FileReply(c.t.Context(), inbox.SMSReply{From: phone.Number(numbers + "0110"), Text: private})
	if err != nil {
		c.t.Fatal(err)
	}
	if _, again := c.ask(author, "POST", "/inbox/"+reply.Number+"/stop", ""); again.status != 204 {
		c.t.Errorf("stopped again: %d %s", again.status, again.body)
	}
}

func (c *crashing) repeatBroadcasts() {
	author, approver := c.key[staff.Author], c.key[staff.Approver]
	c.agreeing(1, here)
	c.agreeing(2, here)
	id := c.once(author, "POST", "/broadcasts", `{"draft":"water","proposal":`+sendsToAll+`}`)["id"].(string)
	at := "/broadcasts/" + id
	if all := c.do(staff.Author, "GET", "/broadcasts", "").is(200)["items"].([]any); len(all) != 1 {
		c.t.Fatalf("%d broadcasts, want the one that was asked for", len(all))
	}
	proposal, err := json.Marshal(c.do(staff.Author, "GET", at, "").is(200)["proposal"])
	if err != nil {
		c.t.Fatal(err)
	}
	c.registers("author-1", numbers+"0108")
	platform := provided(c.fixture)
	_, again := c.ask(author, "POST", at+"/test", `{"channel":"sms"}`)
	again.problem(409, "test-unknown")
	if texts := platform.Record.Texts(numbers + "0108"); len(texts) != 1 {
		c.t.Errorf("%d texts of a test that nobody knows the end of, want 1", len(texts))
	}
	version := c.do(staff.Author, "GET", at, "").is(200)["version"]
	c.once(author, "PUT", at, fmt.Sprintf(`{"version":%v,`, version)+`"proposal":`+string(proposal)+`}`)
	c.once(author, "POST", at+"/copy", "")
	c.once(author, "POST", at+"/submit", "")
	c.once(approver, "POST", at+"/reject", `{"why":"请核对时间"}`)
	hash := c.act(staff.Author, id, "submit", "", "submitted")["hash"].(string)
	c.once(approver, "POST", at+"/approve", `{"hash":"`+hash+`"}`)
	c.once(author, "POST", at+"/schedule", "")
	c.once(author, "POST", at+"/pause", `{"why":"等一等"}`)
	c.once(author, "POST", at+"/resume", "")
	c.begin(id)
	c.deliver(id, broadcast.Failed, broadcast.Delivered)
	if err := c.broadcasts.Finish(c.t.Context(), id); err != nil {
		c.t.Fatal(err)
	}
	if first, again := c.ask(author, "POST", at+"/fallback", ""); again.body != first.body {
		c.t.Errorf("fallback again: %s", again.body)
	}
	if got := c.once(author, "POST", at+"/resend", ""); got["recipients_label"] != "少于10人" {
		c.t.Errorf("resent %v", got)
	}
	if round := c.do(staff.Auditor, "GET", at+"/deliveries?round=3", "").is(200)["items"].([]any); len(round) != 0 {
		c.t.Errorf("a third round: %v", round)
	}
	c.once(author, "POST", at+"/cancel", `{"why":"不发了"}`)

	late := c.approved(staff.Author, fmt.Sprintf(`{"audience":{"all":true},"send_at":%q}`, c.now.Now().Add(time.Hour).Format(time.RFC3339)))
	c.now.pass(4 * time.Hour)
	c.act(staff.Author, late, "schedule", "", "held")
	c.once(approver, "POST", "/broadcasts/"+late+"/confirm", "")
}

func (c *crashing) repeatSeriesAndLists() {
	author := c.key[staff.Author]
	written := `"cron":"0 9 * * 1","until":"2023-12-31T00:00:00Z","proposal":` + proposed + `}`
	id := c.once(author, "POST", "/series", "{"+written)["id"].(string)
	c.once(c.key[staff.Approver], "POST", "/series/"+id+"/reject", `{"why":"请改时间"}`)
	hash := c.once(author, "PUT", "/series/"+id, `{"version":2,`+written)["hash"].(string)
	c.once(c.key[staff.Approver], "POST", "/series/"+id+"/approve", `{"hash":"`+hash+`"}`)
	c.once(author, "POST", "/series/"+id+"/stop", `{"why":"检修结束"}`)

	list := c.once(author, "POST", "/lists", `{"title":"示例名单"}`)["id"].(string)
	if first, again := c.ask(author, "POST", "/lists/"+list+"/numbers", `{"numbers":["`+numbers+`0001"]}`); again.body != first.body {
		c.t.Errorf("added again: %s", again.body)
	}
	c.once(author, "DELETE", "/lists/"+list, "")
	c.once(author, "DELETE", "/broadcasts/"+c.draft(staff.Author, sendsToAll), "")
}

func (c *crashing) repeatExports() {
	first, second := c.activated()
	id := c.once(first, "POST", "/exports", `{"why":"换系统"}`)["id"].(string)
	c.once(second, "POST", "/exports/"+id+"/confirm", "")
}

func (c *crashing) repeatContent() {
	author, approver := c.key[staff.Author], c.key[staff.Approver]
	begin := func() string {
		return "/content/drafts/" + c.once(author, "POST", "/content/drafts", `{"title":"改"}`)["id"].(string)
	}
	dropped := begin()
	c.once(author, "POST", dropped+"/drop", "")
	draft := begin()
	c.rewrite(draft, libraryNotice, "1200册", "1300册")
	c.rewrite(draft, libraryHours, "1200册", "1300册")
	const drafts = "/file?path=broadcasts/water.yaml&was="
	c.once(author, "DELETE", draft+drafts+c.do(staff.Author, "GET", draft+"/file?path=broadcasts/water.yaml", "").is(200)["digest"].(string), "")
	const button = "/parts/menu/"
	put := c.do(staff.Author, "PUT", draft+button+"x", `{"value":{"topic":"chat.help"}}`).is(200)
	c.once(author, "DELETE", draft+button+"x?was="+put["digest"].(string), "")
	c.once(author, "POST", draft+"/submit", "{}")
	c.once(approver, "POST", draft+"/return", `{"why":"请写明来源"}`)
	sent := c.once(author, "POST", draft+"/submit", "{}")
	if made := c.once(approver, "POST", draft+"/publish", `{"hash":"`+sent["hash"].(string)+`"}`); made["number"] != 2.0 {
		c.t.Errorf("published %v", made)
	}
	c.once(author, "POST", "/content/notices/L1/withdraw", "{}")
	c.once(approver, "POST", "/content/notices/L1/reinstate", "")
	back := "/content/drafts/" + c.once(author, "POST", "/content/revisions/1/roll-back", "{}")["id"].(string)
	c.once(author, "POST", back+"/rebase", "{}")
}

func (c *crashing) repeatQuestions() {
	author := c.key[staff.Author]
	c.once(author, "POST", "/questions/"+c.asked("健身房退费")+"/leave", "")
	for _, path := range []string{"/questions/" + c.asked("公积金怎么提取") + "/draft", "/inbox/" + c.ticket("公积金贷款怎么办") + "/draft"} {
		if made := c.once(author, "POST", path, ""); made["files"] == nil {
			c.t.Errorf("%s: %v", path, made)
		}
	}
}

// A test binary that finds these in its environment is an API server that dies right after it has kept a draft.
const (
	dyingDatabase = "TOWNCRIER_TEST_DATABASE"
	dyingKey      = "TOWNCRIER_TEST_KEY"
)

type diesAfterCreating struct{ broadcast.BroadcastStore }

func (d diesAfterCreating) Create(ctx context.Context, b broadcast.Broadcast, act audit.Act) (bool, error) {
	created, err := d.BroadcastStore.Create(ctx, b, act)
	if err != nil {
		return created, err
	}
	return created, errors.Join(syscall.Kill(os.Getpid(), syscall.SIGKILL), errors.New("it lives"))
}

// TestKilledBetweenActAndAnswer kills a process after a draft is kept and before the answer is.
func TestKilledBetweenActAndAnswer(t *testing.T) {
	const draft = `{"draft":"water","proposal":` + sendsToAll + `}`
	if setting := os.Getenv(dyingDatabase); setting != "" {
		r := newFixture(t, openWith(t, setting, os.Getenv(dyingKey)), func(c *api.Config) {
			config := c.Broadcasts.Config
			config.Store = diesAfterCreating{config.Store}
			c.Broadcasts = broadcast.NewService(config)
		})
		r.do(staff.Author, "POST", "/broadcasts", draft, idem, "idem-1")
		t.Fatal("the process did not die")
	}
	for _, kind := range settings {
		t.Run(kind.name, func(t *testing.T) {
			setting, key := kind.fresh(t), base64.StdEncoding.EncodeToString(seal.NewKey())
			r := newFixture(t, openWith(t, setting, key))
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledBetweenActAndAnswer$")
			child.Env = append(os.Environ(), dyingDatabase+"="+setting, dyingKey+"="+key)
			child.Stdout, child.Stderr = io.Discard, t.Output()
			ended, ok := errors.AsType[*exec.ExitError](child.Run())
			if !ok || ended.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("the process ended with %v, want it to be killed", ended)
			}
			r.key[staff.Author] = r.hire(staff.Person{ID: "author-1", Name: "职员author", Role: staff.Author}) // the child ended the one before
			r.do(staff.Author, "POST", "/broadcasts", draft, idem, "idem-1").problem(409, "key-busy", "header.Idempotency-Key")
			r.now.pass(time.Minute)
			made := r.do(staff.Author, "POST", "/broadcasts", draft, idem, "idem-1")
			id := made.is(201)["id"].(string)
			all := r.do(staff.Author, "GET", "/broadcasts", "").is(200)["items"].([]any)
			if len(all) != 1 || all[0].(map[string]any)["id"] != id || made.header.Get("Location") != "/api/v1/broadcasts/"+id {
				t.Errorf("drafts %v, answered %s", all, made.body)
			}
		})
	}
}

func openWith(t *testing.T, setting, key string) *store.DB {
	t.Helper()
	parsed, err := seal.ParseKey(key)
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := seal.New(parsed)
	if err != nil {
		t.Fatal(err)
	}
	return storetest.Open(t, setting, sealer)
}
