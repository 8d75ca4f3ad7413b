package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/cmd/towncrier/config"
	"towncrier/cmd/towncrier/rehearsal"
	"towncrier/porttest"
	"towncrier/sandbox/platform"
)

// office is a rehearsal with the colleagues who work through its API. It serves several tests: a start takes seconds.
type office struct {
	*running
	cfg                                rehearsal.Config
	author, approver, committee, admin []string
}

func openOffice(t *testing.T) office {
	t.Helper()
	cfg := rehearsalOf(t, "TOWNCRIER_LISTEN="+porttest.Hold(t)) // it is stopped, and starts again where it was
	o := office{running: rehearse(t, cfg), cfg: cfg}
	o.openPage(t)
	o.author, o.approver, o.committee, o.admin = o.as(t, "author"), o.as(t, "approver"), o.as(t, "committee"), o.as(t, "admin")
	return o
}

// TestBroadcasts gives every command on broadcasts, over the real wire to pretend platforms.
func TestBroadcasts(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	defer http.DefaultClient.CloseIdleConnections()
	o := openOffice(t)
	t.Run("paused and resumed", o.pausedAndResumed) // first: the rehearsal's own broadcast goes within a minute
	t.Run("from a draft to its report", o.fromDraftToReport)
	t.Run("a committee's own", o.committeesOwn)
	t.Run("a file is a draft", o.fileIsADraft)
	t.Run("edited", o.edited)
	t.Run("to a list of numbers", o.toAList)
	t.Run("tested", o.tested)
	t.Run("audience chosen and estimated", o.audience)
	t.Run("series", o.inSeries)
	t.Run("answers lost", o.answersLost)
	t.Run("watched through a restart", o.watchedThroughRestart) // last: it ends the server
	if leak := regexp.MustCompile(`.*(1990000\d{4}|oSANDBOX|tck_[a-z0-9]).*`).FindString(o.log.String()); leak != "" {
		t.Errorf("the log has %s", leak)
	}
}

// fromDraftToReport takes a broadcast from a file to its report, by three people; the platforms' own record says that each resident
// was told once.
func (o office) fromDraftToReport(t *testing.T) {
	text, err := os.ReadFile("../../../content/yuncheng/broadcasts/dog-registration.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "dogs.yaml")
	text = bytes.Replace(text, []byte("{area: 盐湖区}"), []byte("{and: [{area: 运城市盐湖区}, {community: 演示小区乙}]}"), 1)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	b := wrote(t, ok(t, o.author, "broadcast", "new", "--file", file, "--window", allDay, "--title", "演示登记", "--json"))
	if b.Status != "draft" || b.Proposal.Title != "演示登记" || b.Proposal.Window != allDay {
		t.Fatalf("new: %+v", b)
	}
	refuses(t, o.author, 1, "409 state", "broadcast", "schedule", b.ID)
	wantIn(t, ok(t, o.author, "broadcast", "preview", b.ID), "先走微信订阅通知", "先走微信模板消息", "先走短信", "不发送，其他原因：每项少于10人", "短信费用：预计", "【演示签名】", "随机10位居民",
		"请留意：引用的公告N2已过复核日期（2023年12月31日）", "请留意（deadline:N2#4）：引用的N2#4写明的期限是2023年11月30日", "接受：--accept deadline:N2#4\n")
	wantIn(t, ok(t, o.author, "broadcast", "show", b.ID), "状态：草稿", "依据：N2#1、N2#4", "范围：盐湖区，且 小区“演示小区乙”", "主题：养犬管理（dogs）", "短信，模板社区通知（notice-sms）", "通知内容，句末不加句号：养犬登记管理试点")
	refuses(t, o.author, 1, "accept：deadline:N2#4", "broadcast", "submit", b.ID)
	wantIn(t, ok(t, o.author, "broadcast", "submit", b.ID, "--accept", "deadline:N2#4"), "已送审",
		"--hash", " --accept deadline:N2#4\n", "已接受的提醒：deadline:N2#4\n", "请留意：引用的公告N2已过复核日期")
	var status wire.Report
	if err := json.Unmarshal([]byte(ok(t, o.approver, "broadcast", "status", b.ID, "--json")), &status); err != nil || len(status.Broadcast.Hash) != 64 {
		t.Fatalf("status: %v %+v", err, status)
	}
	b = status.Broadcast
	refuses(t, o.author, 1, "403", "broadcast", "approve", b.ID, "--hash", b.Hash)
	refuses(t, o.approver, 1, "409 changed", "broadcast", "approve", b.ID, "--hash", strings.Repeat("0", 64))
	refuses(t, o.approver, 1, "body.hash", "broadcast", "approve", b.ID, "--hash", b.Hash[:11])
	refuses(t, o.approver, 1, "accept：deadline:N2#4", "broadcast", "approve", b.ID, "--hash", b.Hash)
	wantIn(t, ok(t, o.approver, "broadcast", "show", b.ID, "--full"), "校验值："+b.Hash[:12]+"\n", "完整校验值："+b.Hash+"\n", "撰稿：演示撰稿员（rehearsal-author）")
	wantIn(t, ok(t, o.approver, "broadcast", "approve", b.ID, "--hash", b.Hash[:12], "--accept", "deadline:N2#4"), "已批准", "请留意：引用的公告N2已过复核日期（2023年12月31日）", "请留意（deadline:N2#4）")
	wantIn(t, ok(t, o.author, "broadcast", "schedule", b.ID), "已排期")

	wantIn(t, ok(t, o.author, "broadcast", "status", b.ID, "--watch"), "已完成", "微信订阅通知  ", "微信模板消息  ", "短信  ", "不发送", "未了结0")
	for name, want := range map[string][]string{"report": {"类别,渠道,项目,数值\r\n", "群发,,编号," + b.ID}, "deliveries": {"序号,", ",短信,", "已送达"}, "reach": {"居委会"}} {
		file := filepath.Join(t.TempDir(), name+".csv")
		wantIn(t, ok(t, o.author, "broadcast", name, b.ID, "--csv", file), "已写入"+file)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		wantIn(t, string(text), append(want, "\ufeff")...)
	}
	wantIn(t, ok(t, o.author, "broadcast", "report", b.ID, "--committees", "--csv", filepath.Join(t.TempDir(), "reach.csv")), "已写入")
	wantIn(t, ok(t, o.author, "broadcast", "arrivals", b.ID, "--watch"), "时间", "已提交", "已送达（每分钟）", "短信", "微信模板消息")
	wantIn(t, ok(t, o.author, "broadcast", "arrivals", b.ID, "--span", "每天", "--since", "2020-01-01 00:00"), "已送达（每天）", " 00:00  ")
	refuses(t, o.committee, 1, "404", "broadcast", "arrivals", b.ID)
	report := ok(t, o.author, "broadcast", "report", b.ID, "--committees")
	wantIn(t, report, "已送达", "未送达", "短信费用：", "先走微信节省", "demo-2")
	if strings.Contains(report, "demo-1") || strings.Contains(report, "demo-3") {
		t.Errorf("it went beyond its audience:\n%s", report)
	}
	var both struct{ Report, Reach json.RawMessage }
	if err := json.Unmarshal([]byte(ok(t, o.author, "broadcast", "report", b.ID, "--committees", "--json")), &both); err != nil || both.Report == nil || both.Reach == nil {
		t.Errorf("report as JSON: %v", err)
	}
	o.toldOnce(t, b.ID)
	o.deliveriesAreThoseCounted(t, b.ID)
	wantIn(t, ok(t, o.approver, "broadcast", "reach", b.ID), "社区", "（demo-2）")
	wantIn(t, ok(t, o.author, "broadcast", "texts", b.ID), "微信订阅通知：\n  社区通知提醒\n  通知事项：养犬登记管理试点", "短信：\n  【演示签名】")
	refuses(t, o.committee, 1, "404", "broadcast", "status", b.ID) // none of its residents was chosen
	wantIn(t, ok(t, o.author, "broadcast", "fallback", b.ID), "没有需要改走下一渠道的人")
	wantIn(t, ok(t, o.author, "broadcast", "resend", b.ID), "补发")
	refuses(t, o.author, 1, "404 not-found", "broadcast", "status", "BAAAAAAAAAA")
}

// deliveriesAreThoseCounted reads all pages of deliveries, as lines and as a table: they are as many as the report counts.
func (o office) deliveriesAreThoseCounted(t *testing.T, id string) {
	t.Helper()
	var report wire.Report
	if err := json.Unmarshal([]byte(ok(t, o.author, "broadcast", "report", id, "--json")), &report); err != nil {
		t.Fatal(err)
	}
	want, got := map[string]int{}, map[string]int{}
	total := 0
	for _, c := range report.Counts {
		if countOrZero(c.N) > 0 { // a few who are not sent to are not counted
			want[c.State] += countOrZero(c.N)
		}
		total += countOrZero(c.N)
	}
	seen := map[int64]bool{}
	for line := range strings.Lines(ok(t, o.author, "broadcast", "deliveries", id, "--json")) {
		var d struct {
			ID    int64
			State string
			Phone string
		}
		if err := json.Unmarshal([]byte(line), &d); err != nil || seen[d.ID] || d.Phone != "" && !strings.Contains(d.Phone, "****") {
			t.Fatalf("%v, %+v in %s", err, d, line)
		}
		seen[d.ID] = true
		if _, counted := want[d.State]; counted {
			got[d.State]++
		}
	}
	if !maps.Equal(got, want) || total <= 20 {
		t.Errorf("deliveries %v, the report has %v", got, want)
	}
	table := ok(t, o.author, "broadcast", "deliveries", id, "--state", "未送达")
	if lines := strings.Count(table, "\n"); lines != 1+want["undelivered"] {
		t.Errorf("%d lines for %d of them:\n%s", lines, want["undelivered"], table)
	}
	if strings.Contains(table, "手机号") {
		t.Errorf("a column of numbers for somebody who is shown none:\n%s", table)
	}
	wantIn(t, ok(t, o.admin, "broadcast", "deliveries", id, "--state", "undelivered"), "手机号", "199****")
	wantIn(t, ok(t, o.author, "broadcast", "deliveries", id, "--state", "expired"), "没有符合条件")
	refuses(t, o.author, 1, "query.state", "broadcast", "deliveries", id, "--state", "lost")
}

func (o office) committeesOwn(t *testing.T) {
	own := wrote(t, ok(t, o.committee, "broadcast", "new", "--from", "civility", "--json"))
	if own.Proposal.Committee != "demo-1" {
		t.Errorf("a committee's broadcast: %+v", own)
	}
	other := wrote(t, ok(t, o.author, "broadcast", "new", "--from", "civility", "--json"))
	if out := ok(t, o.committee, "broadcast", "list"); !strings.Contains(out, own.ID) || strings.Contains(out, other.ID) {
		t.Errorf("a committee sees\n%s", out)
	}
	refuses(t, o.committee, 1, "404", "broadcast", "delete", other.ID, "--yes")
	refuses(t, o.author, 1, "确认删除请加 --yes", "broadcast", "delete", other.ID)
	wantIn(t, ok(t, o.author, "broadcast", "delete", other.ID, "--yes"), "已删除草稿"+other.ID)
	ok(t, o.committee, "broadcast", "submit", own.ID)
	refuses(t, o.committee, 1, "只能删除草稿", "broadcast", "delete", own.ID, "--yes")
	wantIn(t, ok(t, o.approver, "broadcast", "reject", own.ID, "--why", "请补充时间"), "草稿，已退回：请补充时间")
	wantIn(t, ok(t, o.committee, "broadcast", "cancel", own.ID, "--why", "不发了"), "已取消：不发了")
	if code, out, _ := command(t, o.committee, "", "broadcast", "status", own.ID, "--watch"); code != exitFailed || !strings.Contains(out, "已取消：不发了") {
		t.Errorf("a cancelled broadcast was watched to its end: exit %d\n%s", code, out)
	}
	wantIn(t, ok(t, o.committee, "broadcast", "whoami"), "rehearsal-committee", "社区工作者，演示第一社区居委会demo-1", "撰写群发")
	wantIn(t, ok(t, o.committee, "broadcast", "drafts"), "civility", "dog-registration", "N2#1")
}

// toldOnce fails when a broadcast told somebody twice on one channel, or nobody on some channel.
func (r *running) toldOnce(t *testing.T, id string) {
	t.Helper()
	_, body := r.get(t, "/sandbox/record")
	var entries []platform.Entry
	if err := json.Unmarshal([]byte(body), &entries); err != nil {
		t.Fatal(err)
	}
	seen, kinds := map[[2]string]int{}, map[string]int{}
	for _, e := range entries {
		switch {
		case e.Kind == platform.KindSMS && strings.HasPrefix(e.SMS.OutID, id+"-"):
		case e.Kind == platform.KindTemplate && strings.HasPrefix(e.Notice.ClientMsgID, id+"-"):
		case e.Kind == platform.KindSubscription && e.Notice.Items[0].Value == "养犬登记管理试点": // such a call carries no id of ours
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

func (o office) pausedAndResumed(t *testing.T) {
	list := ok(t, o.author, "broadcast", "list", "--status", "已排期", "--json")
	var page wire.Page[wire.Broadcast]
	if err := json.Unmarshal([]byte(list), &page); err != nil || len(page.Items) != 1 {
		t.Fatalf("%v in %s", err, list)
	}
	id := page.Items[0].ID
	wantIn(t, ok(t, o.author, "broadcast", "list", "--status", "已排期", "--status", "草稿", "--text", id, "--from", "2020-01-01", "--to", "2099-12-31"), "已排期1\n编号", id)
	refuses(t, o.author, 2, "不是日期：应写成 2030-05-08", "broadcast", "list", "--from", "五月")
	// A committee looks at what the city will send to its residents.
	wantIn(t, ok(t, o.committee, "broadcast", "status", id), "状态：已排期", "居民读到的内容：")
	wantIn(t, ok(t, o.committee, "broadcast", "texts", id), "短信：\n  【演示签名】")
	if report := ok(t, o.committee, "broadcast", "report", id, "--committees"); !strings.Contains(report, "（demo-1）自己的居民") || strings.Contains(report, "短信费用") {
		t.Errorf("a committee's report on the city's broadcast:\n%s", report)
	}
	wantIn(t, ok(t, o.committee, "broadcast", "reach", id), "还没有确定接收人")
	refuses(t, o.author, 1, "query.topic", "broadcast", "list", "--topic", "没有的主题")
	if !strings.Contains(o.out.String(), "broadcast status "+id+" --watch") {
		t.Errorf("the announcement does not say how to watch %s:\n%s", id, o.out)
	}
	if wait := time.Until(page.Items[0].Proposal.SendAt); wait < 30*time.Second || wait > rehearsal.FirstSend {
		t.Errorf("the rehearsal's broadcast goes in %s", wait)
	}
	wantIn(t, ok(t, o.author, "broadcast", "pause", id, "--why", "先等等"), "已暂停：先等等")
	wantIn(t, ok(t, o.author, "broadcast", "status", id), "broadcast resume "+id)
	wantIn(t, ok(t, o.author, "broadcast", "resume", id), "状态：已排期\n")
	refuses(t, o.author, 1, "409 state", "broadcast", "resume", id)
	refuses(t, o.approver, 1, "409 state", "broadcast", "confirm", id)
}

// watchedThroughRestart: whoever watches leaves when they like, and waits for a server that is away; who stays sees the end.
func (o office) watchedThroughRestart(t *testing.T) {
	id := wrote(t, ok(t, o.author, "broadcast", "new", "--from", "civility", "--json")).ID
	caller, err := client.New(client.Config{URL: "http://" + o.addr, Key: o.keyOf(t, "author")})
	if err != nil {
		t.Fatal(err)
	}
	defer caller.Close()
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	type official struct {
		out   lockedBuffer
		ended chan error
	}
	watch := func(ctx context.Context, s screen) *official {
		w := &official{ended: make(chan error, 1)}
		s.out = &w.out
		go func() { w.ended <- (&watcher{client: caller, id: id, screen: s}).run(ctx) }()
		until(t, "the broadcast is shown", func() bool { return strings.Contains(w.out.String(), id) })
		return w
	}
	leaves := watch(ctx, screen{terminal: true, columns: func() int { return 60 }})
	stays := watch(t.Context(), screen{})
	if err := o.stop(); err != nil {
		t.Fatal(err)
	}
	for _, w := range []*official{leaves, stays} {
		until(t, "the server is missed", func() bool { return strings.Contains(w.out.String(), "正在重试") })
	}
	leave()
	if err := <-leaves.ended; exitCode(err) != exitLeft || !strings.Contains(leaves.out.String(), "已停止查看") {
		t.Errorf("left with %v:\n%s", err, &leaves.out)
	}
	refuses(t, o.author, exitLater, "请确认服务已启动", "broadcast", "list")
	refuses(t, o.author, exitLater, "请确认服务已启动", "broadcast", "pause", id)

	cfg := o.cfg
	cfg.Listen, cfg.WeChat.API, cfg.SMS.Endpoint = o.addr, "http://127.0.0.1:1", "http://127.0.0.1:1"
	again := serve(t, cfg.Config) // another rehearsal would revoke the keys
	until(t, "the server is back", func() bool { return strings.Contains(stays.out.String(), "已重新连上") })
	ok(t, o.author, "broadcast", "cancel", id, "--why", "到此为止")
	if err := <-stays.ended; exitCode(err) != exitFailed || !strings.Contains(stays.out.String(), "已取消：到此为止") || strings.Contains(stays.out.String(), "\x1b") {
		t.Errorf("ended with %v:\n%s", err, &stays.out)
	}
	if err := again.stop(); err != nil {
		t.Error(err)
	}
}

// fileIsADraft writes each draft of the built-in city from its file: it is what the city's own draft makes.
func (o office) fileIsADraft(t *testing.T) {
	author := o.author
	files, err := filepath.Glob("../../../content/yuncheng/broadcasts/*.yaml")
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
		"title: 停水\ntopci: dogs\n": "第2行：没有“topci”这一项，可以写 id、version、title、topic",
		"title: [停水\n":             "b.yaml",
		"":                         "文件是空的",
		"title: 停水\ncites: [N2]":   "N2#5",
		"title: 停水\nmessages: {fax: {template: x}}":           "没有这个渠道",
		"messages: {sms: {template: x}, 短信: {template: x}}":   "messages：短信写了两次",
		"title: 停水\nat: 明天":                                   "2030-05-08 09:00",
		"title: 停水\nfallback: {wait: 90s}":                    "整分钟",
		"title: 停水\naudience: {all: true}\nwindow: 8-20":      "window",
		"title: 停水\naudience: {all: true, area: 某区}":          "只能写一个",
		"title: 停水\naudience: {everybody: true}":              "没有“everybody”这一项",
		"audience: {all: true}":                               "title",
		"title: " + strings.Repeat("长", 61) + "\ntopic: dogs": "title",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		refuses(t, author, 1, want, "broadcast", "new", "--file", file)
	}
	refuses(t, author, 1, "可用的底稿见底稿列表", "broadcast", "new", "--from", "none")
	wantIn(t, ok(t, nil, "staff", "--help"), "author     撰稿员：撰写群发", "committee  社区工作者：管理本社区的居民")
	faulty := "title: 停水\ntopic: dogs\ncites: [N2#1]\naudience: {all: true}\n" +
		"messages: {短信: {template: notice-sms, data: {committee: 演示居委会, title: 详见 http://example.com}}}\n"
	if err := os.WriteFile(file, []byte(faulty), 0o600); err != nil {
		t.Fatal(err)
	}
	b := wrote(t, ok(t, author, "broadcast", "new", "--file", file, "--json"))
	if out := ok(t, author, "broadcast", "preview", b.ID); !strings.Contains(out, "必须修改：短信 title") || !strings.Contains(out, "请留意") {
		t.Errorf("preview: %s", out)
	}
	refuses(t, author, 1, "“通知内容，句末不加句号”有网址，短信变量里不能有网址（proposal.messages.sms.data.title）", "broadcast", "submit", b.ID)
	wantIn(t, ok(t, author, "broadcast", "new", "--file", file), "没有发送", "请留意：发送范围是全体居民")
	// A preview says all that submitting would refuse, that first, and no cost of people who were not counted.
	late := wrote(t, ok(t, author, "broadcast", "edit", b.ID, "--at", "2020-01-01 09:00", "--json"))
	out := ok(t, author, "broadcast", "preview", late.ID)
	if !strings.Contains(out, "必须修改：截止时间2020-01-02 09:00已过") || strings.LastIndex(out, "必须修改") > strings.Index(out, "请留意") {
		t.Errorf("preview of a broadcast that is late: %s", out)
	}
}

// TestCostsInWords leaves out the amounts that are not told.
func TestCostsInWords(t *testing.T) {
	some := func(label string) wire.Money { return wire.Money{Amount: new(int64(1)), Label: label} }
	few := wire.Money{Amount: nil, Label: "人数较少，不显示金额"}
	for _, test := range []struct {
		want             string
		cost, most, save wire.Money
	}{
		{"预计1.000元，最多2.000元，先走微信节省0.500元", some("1.000元"), some("2.000元"), some("0.500元")},
		{"最多1.350元", few, some("至多1.350元"), few},
		{"人数较少，不显示金额", few, few, few},
	} {
		if got := costs("预计", test.cost, test.most, test.save); got != test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
	}
}

func TestBroadcastUsage(t *testing.T) {
	env := []string{config.KeyVariable + "=tck_x_y"}
	for want, args := range map[string][]string{
		"--from、--file 至少要写一个":    {"new"},
		"--file、--from 只能写一个":     {"new", "--from", "a", "--file", "b"},
		"--at 写成了“tomorrow”：不是时间": {"new", "--from", "a", "--at", "tomorrow"},
		"缺少 --hash": {"approve", "B"},
		"缺少 --why":  {"cancel", "B"},
		"写了0个参数，应写成 towncrier broadcast status ID": {"status"},
		"不是服务地址":     {"list", "--url", "nowhere"},
		"https://":   {"list", "--url", "http://example.com"},
		"请只复制密钥":     {"list", "--key", "tck_x\ny"},
		"没有 ab 这个命令": {"ab"},
		"--file、--title、--window、--committee、--at、--expire 至少要写一个": {"edit", "B"},
		"--json、--yaml 只能写一个":                                      {"show", "B", "--yaml", "--json"},
		"缺少 --channel":                                             {"test", "B"},
		"--title、--to 至少要写一个":                                      {"audience-list", "upload", "f.csv"},
		"缺少 --until":                                               {"series", "new", "--from", "a", "--cron", "0 9 * * 1"},
		"--weekly、--monthly、--daily、--cron 至少要写一个":                 {"series", "new", "--from", "a", "--until", "+1h"},
		"看不懂“八”，要写星期几":                                             {"series", "new", "--from", "a", "--until", "+1h", "--weekly", "一,八", "--at", "09:00"},
		"看不懂“十五”，要写1到31的日期":                                        {"series", "new", "--from", "a", "--until", "+1h", "--monthly", "十五", "--at", "09:00"},
		"没有写几点发送":                                                  {"series", "new", "--from", "a", "--until", "+1h", "--daily"},
		"--at 要和 --weekly":                                         {"series", "edit", "S", "--at", "09:00"},
		"1到200个英文字母":                                               {"pause", "B", "--idempotency-key", "a b"},
		"缺少 --channel、--topic":                                     {"estimate", "--all"},
		"--file、--all、--area、--street、--committee、--community、--tag 至少要写一个": {"estimate", "--topic", "dogs", "--channel", "sms"},
		"--all、--tag 只能写一个": {"estimate", "--topic", "dogs", "--channel", "sms", "--all", "--tag", "x"},
	} {
		refuses(t, env, 2, want, append([]string{"broadcast"}, args...)...)
	}
	refuses(t, nil, 2, config.KeyVariable, "broadcast", "list")
	refuses(t, append(env, config.URLVariable+"=ftp://x"), 2, config.URLVariable+"：不是服务地址", "broadcast", "list")
	refuses(t, nil, 2, "没有 tck_… 这个命令", "broadcast", "tck_abc_def") // a key in the wrong place
}
