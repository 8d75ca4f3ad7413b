package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"towncrier/broadcast"
	"towncrier/sandbox"
)

var keyLine = regexp.MustCompile(`(admin|author|approver|committee) +(tck_[a-z0-9_]+)`)

// as is the environment of a colleague who works through the API of a rehearsal.
func (r *running) as(t *testing.T, role string) []string {
	t.Helper()
	for _, found := range keyLine.FindAllStringSubmatch(r.out.String(), -1) {
		if found[1] == role {
			return []string{urlEnv + "=http://" + r.addr, keyEnv + "=" + found[2]}
		}
	}
	t.Fatalf("no key of the %s was printed:\n%s", role, r.out)
	return nil
}

// refuses runs a command that must fail.
func refuses(t *testing.T, env []string, exit int, want string, args ...string) {
	t.Helper()
	code, out, errs := command(t, env, "", args...)
	if code != exit || !strings.Contains(errs, want) || strings.Contains(errs, "tck_") {
		t.Errorf("%q: exit %d, want %d and %q\n%s%s", args, code, exit, want, out, errs)
	}
}

// wrote is the broadcast that a command with --json printed.
func wrote(t *testing.T, out string) broadcastView {
	t.Helper()
	var b broadcastView
	if err := json.Unmarshal([]byte(out), &b); err != nil || b.ID == "" {
		t.Fatalf("%v in %s", err, out)
	}
	return b
}

const allDay = "00:00-24:00"

// TestBroadcastCommands takes a broadcast from a draft to its report, by three people, over the real wire to pretend platforms
// whose own record says that each resident was told once.
func TestBroadcastCommands(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	defer http.DefaultClient.CloseIdleConnections()
	r := start(t, rehearsal(t), true)
	author, approver, committee := r.as(t, "author"), r.as(t, "approver"), r.as(t, "committee")

	text, err := os.ReadFile("../../content/yuncheng/broadcasts/dog-registration.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "dogs.yaml")
	text = bytes.Replace(text, []byte("{area: 盐湖区}"), []byte("{and: [{area: 盐湖区}, {community: 演示小区乙}]}"), 1)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	b := wrote(t, ok(t, author, "broadcast", "new", "--file", file, "--window", allDay, "--title", "演示登记", "--json"))
	if b.Status != "draft" || b.Proposal.Title != "演示登记" || b.Proposal.Window != allDay {
		t.Fatalf("new: %+v", b)
	}
	refuses(t, author, 1, "409 state", "broadcast", "schedule", b.ID)
	preview := ok(t, author, "broadcast", "preview", b.ID)
	for _, want := range []string{"先走微信订阅通知", "先走微信模板消息", "先走短信", "本人不愿接收", "没有同意接收", "短信费用：预计", "【演示签名】", "199****"} {
		if !strings.Contains(preview, want) {
			t.Errorf("the preview lacks %q:\n%s", want, preview)
		}
	}
	if out := ok(t, author, "broadcast", "submit", b.ID); !strings.Contains(out, "已送审") || !strings.Contains(out, "--hash") {
		t.Errorf("submit: %s", out)
	}
	var status reportView
	if err := json.Unmarshal([]byte(ok(t, approver, "broadcast", "status", b.ID, "--json")), &status); err != nil || len(status.Broadcast.Hash) != 64 {
		t.Fatalf("status: %v %+v", err, status)
	}
	b = status.Broadcast
	refuses(t, author, 1, "403", "broadcast", "approve", b.ID, "--hash", b.Hash)
	refuses(t, approver, 1, "409 changed", "broadcast", "approve", b.ID, "--hash", strings.Repeat("0", 64))
	refuses(t, approver, 1, "body.hash", "broadcast", "approve", b.ID, "--hash", "x")
	if out := ok(t, approver, "broadcast", "approve", b.ID, "--hash", b.Hash); !strings.Contains(out, "已批准") {
		t.Errorf("approve: %s", out)
	}
	if out := ok(t, author, "broadcast", "schedule", b.ID); !strings.Contains(out, "已排期") {
		t.Errorf("schedule: %s", out)
	}

	watched := ok(t, author, "broadcast", "status", b.ID, "--watch")
	for _, want := range []string{"已完成", "微信订阅通知  ", "微信模板消息  ", "短信  ", "不发送", "未了结0"} {
		if !strings.Contains(watched, want) {
			t.Errorf("who watched did not see %q:\n%s", want, watched)
		}
	}
	report := ok(t, author, "broadcast", "report", b.ID, "--committees")
	for _, want := range []string{"已送达", "未送达", "短信费用：", "先走微信节省", "demo-2"} {
		if !strings.Contains(report, want) {
			t.Errorf("the report lacks %q:\n%s", want, report)
		}
	}
	if strings.Contains(report, "demo-1") || strings.Contains(report, "demo-3") {
		t.Errorf("it went beyond its audience:\n%s", report)
	}
	r.toldOnce(t, b.ID)
	if out := ok(t, author, "broadcast", "resend", b.ID); !strings.Contains(out, "补发") {
		t.Errorf("resend: %s", out)
	}

	own := wrote(t, ok(t, committee, "broadcast", "new", "--from", "civility", "--json"))
	if own.Proposal.Committee != "demo-1" {
		t.Errorf("a committee's broadcast: %+v", own)
	}
	if out := ok(t, committee, "broadcast", "list"); !strings.Contains(out, own.ID) || strings.Contains(out, b.ID) {
		t.Errorf("a committee sees\n%s", out)
	}
	ok(t, committee, "broadcast", "submit", own.ID)
	if out := ok(t, approver, "broadcast", "reject", own.ID, "--why", "请补充时间"); !strings.Contains(out, "草稿：请补充时间") {
		t.Errorf("reject: %s", out)
	}
	if out := ok(t, committee, "broadcast", "cancel", own.ID, "--why", "不发了"); !strings.Contains(out, "已取消：不发了") {
		t.Errorf("cancel: %s", out)
	}
	refuses(t, author, 1, "404 not-found", "broadcast", "status", "BAAAAAAAAAA")
	if code, _, _ := command(t, committee, "", "broadcast", "status", own.ID, "--watch"); code != 1 {
		t.Errorf("a cancelled broadcast was watched to its end: exit %d", code)
	}
	if err := r.stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	if leak := regexp.MustCompile(`.*(1990000\d{4}|oSANDBOX|tck_[a-z0-9]).*`).FindString(r.log.String()); leak != "" {
		t.Errorf("the log has %s", leak)
	}
}

// toldOnce fails when a broadcast told somebody twice on one channel, or nobody on some channel.
func (r *running) toldOnce(t *testing.T, id string) {
	t.Helper()
	_, body := r.get(t, "/sandbox/record")
	var entries []sandbox.Entry
	if err := json.Unmarshal([]byte(body), &entries); err != nil {
		t.Fatal(err)
	}
	seen, kinds := map[[2]string]int{}, map[string]int{}
	for _, e := range entries {
		switch {
		case e.Kind == sandbox.KindSMS && strings.HasPrefix(e.SMS.OutID, id+"-"):
		case e.Kind == sandbox.KindTemplate && strings.HasPrefix(e.Notice.ClientMsgID, id+"-"):
		case e.Kind == sandbox.KindSubscription && e.Notice.Items[0].Value == "养犬登记管理试点": // such a call carries no id of ours
		default:
			continue // the rehearsal's own broadcast may be on its way, too
		}
		kinds[e.Kind]++
		who := [2]string{e.Resident, e.Kind}
		if seen[who]++; seen[who] == 2 {
			t.Errorf("%s was told twice by %s", e.Resident, e.Kind)
		}
	}
	if len(kinds) != 3 {
		t.Errorf("what reached the platforms: %v", kinds)
	}
}

// TestBroadcastStops pauses, resumes and cancels what is scheduled.
func TestBroadcastStops(t *testing.T) {
	r := start(t, rehearsal(t), true)
	author := r.as(t, "author")
	_, list := "", ok(t, author, "broadcast", "list", "--status", "scheduled", "--json")
	var page broadcastPage
	if err := json.Unmarshal([]byte(list), &page); err != nil || len(page.Items) != 1 {
		t.Fatalf("%v in %s", err, list)
	}
	id := page.Items[0].ID
	if !strings.Contains(r.out.String(), "broadcast status "+id+" --watch") {
		t.Errorf("the announcement does not say how to watch %s:\n%s", id, r.out)
	}
	if wait := time.Until(page.Items[0].Proposal.SendAt); wait < 30*time.Second || wait > firstSend {
		t.Errorf("the rehearsal's broadcast goes in %s", wait)
	}
	if out := ok(t, author, "broadcast", "pause", id, "--why", "先等等"); !strings.Contains(out, "已暂停：先等等") {
		t.Errorf("pause: %s", out)
	}
	if out := ok(t, author, "broadcast", "resume", id); !strings.Contains(out, "状态：已排期\n") {
		t.Errorf("resume: %s", out)
	}
	refuses(t, author, 1, "409 state", "broadcast", "resume", id)
	refuses(t, r.as(t, "approver"), 1, "409 state", "broadcast", "confirm", id)

	// Whoever watches leaves when they like, and waits for a server that is away.
	client, err := newAPIClient("http://"+r.addr, strings.TrimPrefix(author[1], keyEnv+"="))
	if err != nil {
		t.Fatal(err)
	}
	defer client.close()
	ctx, leave := context.WithCancel(t.Context())
	var out lockedBuffer
	ended := make(chan error, 1)
	w := watching{client: client, id: id, screen: screen{out: &out, terminal: true, columns: func() int { return 60 }}}
	go func() { ended <- w.run(ctx) }()
	until(t, "the broadcast is shown", func() bool { return strings.Contains(out.String(), id) })
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	until(t, "the server is missed", func() bool { return strings.Contains(out.String(), "正在重试") })
	leave()
	if err := <-ended; err != errSilent || !strings.Contains(out.String(), "已停止查看") {
		t.Errorf("left with %v:\n%s", err, &out)
	}
	refuses(t, author, 1, "is it running?", "broadcast", "list")
}

// TestBroadcastFileIsADraft writes each draft of the built-in city from its file: it is what the city's own draft makes.
func TestBroadcastFileIsADraft(t *testing.T) {
	r := start(t, rehearsal(t), true)
	author := r.as(t, "author")
	files, err := filepath.Glob("../../content/yuncheng/broadcasts/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		id := strings.TrimSuffix(filepath.Base(file), ".yaml")
		var proposals [2]string
		for i, args := range [][]string{{"--from", id}, {"--file", file}} {
			var made struct{ Proposal json.RawMessage }
			out := ok(t, author, append([]string{"broadcast", "new", "--json", "--at", "2030-05-08 09:00"}, args...)...)
			if err := json.Unmarshal([]byte(out), &made); err != nil {
				t.Fatal(err)
			}
			proposals[i] = string(made.Proposal)
		}
		if proposals[0] != proposals[1] || !strings.Contains(proposals[0], "2030-05-08T01:00:00Z") {
			t.Errorf("%s:\n%s\nthe file makes\n%s", id, proposals[0], proposals[1])
		}
	}

	file := filepath.Join(t.TempDir(), "b.yaml")
	for text, want := range map[string]string{
		"title: 停水\ntopci: dogs\n": "[2:1]",
		"title: [停水\n":             "b.yaml",
		"":                         "is empty",
		"title: 停水\ncites: [N2]":   "N2#5",
		"title: 停水\nmessages: {fax: {template: x}}":           "none of subscription",
		"title: 停水\nat: 明天":                                   "2030-05-08 09:00",
		"title: 停水\nfallback: {wait: 90s}":                    "whole minutes",
		"title: 停水\naudience: {all: true}\nwindow: 8-20":      "window",
		"title: 停水\naudience: {all: true, area: 某区}":          "exactly one of",
		"title: 停水\naudience: {everybody: true}":              "audience",
		"audience: {all: true}":                               "title",
		"title: " + strings.Repeat("长", 61) + "\ntopic: dogs": "title",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		refuses(t, author, 1, want, "broadcast", "new", "--file", file)
	}
	refuses(t, author, 1, "no-draft", "broadcast", "new", "--from", "none")
	faulty := "title: 停水\ntopic: dogs\ncites: [N2#1]\naudience: {all: true}\n" +
		"messages: {sms: {template: notice-sms, data: {committee: 演示居委会, title: 详见 http://example.com}}}\n"
	if err := os.WriteFile(file, []byte(faulty), 0o600); err != nil {
		t.Fatal(err)
	}
	b := wrote(t, ok(t, author, "broadcast", "new", "--file", file, "--json"))
	if out := ok(t, author, "broadcast", "preview", b.ID); !strings.Contains(out, "必须修改：短信 title") || !strings.Contains(out, "请留意") {
		t.Errorf("preview: %s", out)
	}
	refuses(t, author, 1, "proposal.messages.sms.data.title", "broadcast", "submit", b.ID)
}

func TestBroadcastUsage(t *testing.T) {
	env := []string{keyEnv + "=tck_x_y"}
	for want, args := range map[string][]string{
		"--file":               {"new"},
		"either --from":        {"new", "--from", "a", "--file", "b"},
		"is not a time":        {"new", "--from", "a", "--at", "tomorrow"},
		"--hash is missing":    {"approve", "B"},
		"--why is missing":     {"cancel", "B"},
		"accepts 1 arg":        {"status"},
		"not a base URL":       {"list", "--url", "nowhere"},
		"https://":             {"list", "--url", "http://example.com"},
		"no key has: copy it":  {"list", "--key", "tck_x\ny"},
		`unknown command "ab"`: {"ab"},
	} {
		refuses(t, env, 2, want, append([]string{"broadcast"}, args...)...)
	}
	refuses(t, nil, 2, keyEnv, "broadcast", "list")
	refuses(t, append(env, urlEnv+"=ftp://x"), 2, urlEnv+": not a base URL", "broadcast", "list")
}

func TestParseMoment(t *testing.T) {
	now := time.Date(2030, 5, 8, 1, 2, 3, 0, time.UTC)
	for text, want := range map[string]string{
		"2030-05-08 09:00": "2030-05-08T01:00:00Z", "2030-05-08 09:00:30": "2030-05-08T01:00:30Z",
		"2030-05-08T09:00:00+08:00": "2030-05-08T01:00:00Z", "+30m": "2030-05-08T01:32:03Z",
	} {
		if got, err := parseMoment(text, now); err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%s = %v, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "09:00", "+", "+-5m", "2030-02-30 09:00"} {
		if got, err := parseMoment(text, now); err == nil {
			t.Errorf("%q = %v", text, got)
		}
	}
}

// TestScreenDrawsOver reads what a terminal shows in the end.
func TestScreenDrawsOver(t *testing.T) {
	var out bytes.Buffer
	s := screen{out: &out, terminal: true, columns: func() int { return 11 }}
	for _, lines := range [][]string{{"一", "二", "三"}, {"1", "一二三四五六"}} {
		if err := s.show(lines); err != nil {
			t.Fatal(err)
		}
	}
	s.note("完")
	if got := shownOn(out.String()); !slices.Equal(got, []string{"1", "一二三四五", "完"}) {
		t.Errorf("the terminal shows %q after %q", got, out.String())
	}
	out.Reset()
	plain := screen{out: &out}
	for range 2 {
		if err := plain.show([]string{"一"}); err != nil {
			t.Fatal(err)
		}
		plain.note("注")
	}
	if out.String() != "一\n注\n一\n注\n" {
		t.Errorf("a file holds %q", out.String())
	}
}

// shownOn is a terminal that knows newlines, up, clear line and clear below.
func shownOn(text string) []string {
	lines, row := []string{""}, 0
	for text != "" {
		var up int
		switch {
		case strings.HasPrefix(text, "\x1b[2K"):
			lines[row], text = "", text[4:]
		case strings.HasPrefix(text, "\x1b[J"):
			lines, text = append(lines[:row], ""), text[3:]
		case strings.HasPrefix(text, "\x1b["):
			up, text = int(text[2]-'0'), text[4:]
			row -= up
		case text[0] == '\n':
			if row++; row == len(lines) {
				lines = append(lines, "")
			}
			text = text[1:]
		default:
			lines[row] += text[:1]
			text = text[1:]
		}
	}
	return lines[:row]
}

func TestBars(t *testing.T) {
	count := func(channel, state broadcast.State, n int) stateCount {
		return stateCount{Channel: string(channel), State: string(state), StateLabel: state.Label(), N: n}
	}
	got := bars(reportView{Counts: []stateCount{count("sms", broadcast.Delivered, 6), count("sms", broadcast.Accepted, 6), count("sms", broadcast.Planned, 5),
		count("", broadcast.Suppressed, 3)}})
	want := []string{
		"短信          ████████████░░░░░░░░░░░░  6/12  已提交，等待回执6 已送达6 备用5",
		"没有渠道      ████████████████████████ 3/3  不发送3",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
