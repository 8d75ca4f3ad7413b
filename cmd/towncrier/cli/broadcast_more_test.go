package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/cmd/towncrier/config"
	"towncrier/cmd/towncrier/rehearsal"
	"towncrier/sandbox/platform"
)

// edited: what `show --yaml` writes makes the same broadcast, flags change what they say and nothing else, and nobody undoes
// what a colleague wrote meanwhile.
func (o office) edited(t *testing.T) {
	proposal := func(id string) string {
		t.Helper()
		var b struct{ Proposal json.RawMessage }
		if err := json.Unmarshal([]byte(ok(t, o.author, "broadcast", "show", id, "--json")), &b); err != nil {
			t.Fatal(err)
		}
		return string(b.Proposal)
	}
	id := wrote(t, ok(t, o.author, "broadcast", "new", "--from", "dog-registration", "--at", "2030-05-08 09:00", "--json")).ID
	file := filepath.Join(t.TempDir(), "b.yaml")
	save := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	save(ok(t, o.author, "broadcast", "show", id, "--yaml") + "emergency: true\nfallback: {wait: 30m, doubtful: true}\n")
	ok(t, o.author, "broadcast", "edit", id, "--file", file)
	before := proposal(id)
	text := ok(t, o.author, "broadcast", "show", id, "--yaml")
	wantIn(t, text, "version: ", "at: 2030-05-08 09:00", "wait: 30m", "doubtful: true", "emergency: true", "area: 盐湖区", `- "N2#1"`)
	save(text)
	wantIn(t, ok(t, o.author, "broadcast", "edit", id, "--file", file), "需要重新送审")
	if after := proposal(id); after != before {
		t.Errorf("edited without a change:\n%s\nwas\n%s", after, before)
	}
	refuses(t, o.author, 1, "409 changed", "broadcast", "edit", id, "--file", file) // it has the version of before
	ok(t, o.author, "broadcast", "edit", id, "--title", "改过的标题", "--at", "2030-05-09 10:00")
	if got, want := proposal(id), strings.NewReplacer("盐湖区养犬登记管理试点", "改过的标题", "2030-05-08T01", "2030-05-09T02").Replace(before); got != want {
		t.Errorf("flags made\n%s\nwant\n%s", got, want)
	}
}

// toAList uploads numbers and previews a broadcast to them.
func (o office) toAList(t *testing.T) {
	dir := t.TempDir()
	save := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var residents struct{ Items []platform.Resident }
	_, state := o.get(t, "/sandbox/state")
	if err := json.Unmarshal([]byte(state), &struct{ Residents any }{&residents.Items}); err != nil || len(residents.Items) < 4 {
		t.Fatalf("%v: %d residents", err, len(residents.Items))
	}
	rows := "姓名,手机号\n"
	for range 300 { // more than one part
		rows += "甲," + residents.Items[0].Phone + "\n乙," + residents.Items[1].Phone + "\n"
	}
	file := save("r.csv", rows+"丙,19900\n\n丁,"+residents.Items[2].Phone+"\n")
	code, out, errs := command(t, o.author, "", "broadcast", "audience-list", "upload", file, "--title", "冬季走访")
	if code != exitFailed {
		t.Errorf("a wrong number: exit %d\n%s", code, errs)
	}
	wantIn(t, out, "第602行：", "读入601行，有误1行。", "audience: {list: L")
	_, id, _ := strings.Cut(out, "{list: ")
	id, _, _ = strings.Cut(id, "}")
	wantIn(t, ok(t, o.author, "broadcast", "audience-list", "list"), id, "冬季走访")
	var up uploaded
	text := residents.Items[3].Phone + "\n" + residents.Items[0].Phone + "\n"
	for n := range 18 {
		text += fmt.Sprintf("1990000%04d\n", 9900+n)
	}
	good := save("more.csv", text)
	if err := json.Unmarshal([]byte(ok(t, o.author, "broadcast", "audience-list", "upload", good, "--to", id, "--json")), &up); err != nil ||
		up.Lines != 20 || up.Wrong != 0 {
		t.Errorf("%v, %+v", err, up)
	}
	refuses(t, o.author, 1, "里没有手机号", "broadcast", "audience-list", "upload", save("n.csv", "姓名\n甲\n"), "--title", "无")
	if code, _, errs := command(t, o.author, "", "broadcast", "audience-list", "upload", good, "--to", "LAAAAAAAAAA"); code != 1 || strings.Contains(errs, "again") {
		t.Errorf("a list that there is not: exit %d, %s", code, errs)
	}
	refuses(t, o.author, 1, "/none.csv：没有这个文件", "broadcast", "audience-list", "upload", dir+"/none.csv", "--title", "无")

	text = strings.Replace(ok(t, o.author, "broadcast", "show", wrote(t, ok(t, o.author, "broadcast", "new", "--from", "civility", "--json")).ID, "--yaml"),
		"audience:\n", "audience:\n  list: "+id+"\n", 1)
	head, rest, _ := strings.Cut(text, "  list: "+id+"\n")
	_, rest, _ = strings.Cut(rest, "\n") // the audience of the draft
	listed := wrote(t, ok(t, o.author, "broadcast", "new", "--file", save("b.yaml", head+"  list: "+id+"\n"+rest), "--json"))
	wantIn(t, ok(t, o.author, "broadcast", "preview", listed.ID), "发送范围：至多621人")
	refuses(t, o.author, 1, listed.ID+"，草稿）的发送范围", "broadcast", "audience-list", "delete", id)
	ok(t, o.author, "broadcast", "cancel", listed.ID, "--why", "不发了")
	ok(t, o.author, "broadcast", "audience-list", "delete", id)
	refuses(t, o.author, 1, "404 not-found", "broadcast", "audience-list", "show", id)
}

// tested sends a colleague what residents would get.
func (o office) tested(t *testing.T) {
	id := wrote(t, ok(t, o.author, "broadcast", "new", "--from", "dog-registration", "--json")).ID
	wantIn(t, ok(t, o.author, "broadcast", "test", id, "--channel", "sms"), "测试消息，短信：已提交", "broadcast tests "+id)
	_, record := o.get(t, "/sandbox/record")
	if !strings.Contains(record, rehearsal.StaffPhones["rehearsal-author"]) {
		t.Error("the author got nothing")
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) { // the platform pushes its receipt
		out := ok(t, o.author, "broadcast", "tests", id)
		wantIn(t, out, "演示撰稿员（rehearsal-author）", "199****", "短信")
		if strings.Contains(out, "已送达") || time.Now().After(end) {
			wantIn(t, out, "已送达")
			break
		}
	}
	refuses(t, o.author, 1, "测试消息只能发给您自己", "broadcast", "test", id, "--channel", "sms", "--to", "rehearsal-approver")
	refuses(t, o.author, 1, "no-follower", "broadcast", "test", id, "--channel", "template")
	refuses(t, o.author, 1, "body.channel", "broadcast", "test", id, "--channel", "fax")
}

func (o office) audience(t *testing.T) {
	wantIn(t, ok(t, o.author, "broadcast", "facets"), "居民：约", "区县（area）", "社区居委会（committee）", "demo-1", "演示小区乙", "养犬管理", "dogs")
	found := ok(t, o.author, "broadcast", "facets", "--kind", "小区", "--search", "小区乙", "--limit", "1")
	if strings.Contains(found, "区县") || !strings.Contains(found, "演示小区乙") {
		t.Errorf("communities: %s", found)
	}
	wantIn(t, ok(t, o.author, "broadcast", "facets", "--kind", "community", "--limit", "1"), "还有更多：加 --kind community --after ")
	to := []string{"broadcast", "estimate", "--topic", "dogs", "--channel", "template,短信"}
	wantIn(t, ok(t, o.author, append(to, "--all", "--parts", "2")...), "发送范围：", "先走短信：", "短信费用：预计", "每条短信按2条计费")
	byFlags := ok(t, o.author, append(to, "--area", "运城市盐湖区", "--community", "演示小区甲,演示小区乙", "--json")...)
	file := filepath.Join(t.TempDir(), "rule.yaml")
	if err := os.WriteFile(file, []byte("and:\n  - area: 盐湖区\n  - or: [{community: 演示小区甲}, {community: 演示小区乙}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if byFile := ok(t, o.author, append(to, "--file", file, "--json")...); byFile != byFlags {
		t.Errorf("by a file: %s\nby flags: %s", byFile, byFlags)
	}
	refuses(t, o.author, 1, "body.audience.committee", append(to, "--committee", "没有的社区")...)
	refuses(t, o.author, 1, "body.topic", "broadcast", "estimate", "--topic", "没有", "--channel", "sms", "--all")
}

func (o office) inSeries(t *testing.T) {
	at := []string{"--cron", "0 9 * * 1", "--until", "2030-12-31 20:00"}
	out := ok(t, o.author, append([]string{"broadcast", "series", "new", "--from", "civility", "--json"}, at...)...)
	var s wire.Series
	if err := json.Unmarshal([]byte(out), &s); err != nil || len(s.Hash) != 64 || len(s.Upcoming) != 5 {
		t.Fatalf("%v in %s", err, out)
	}
	wantIn(t, ok(t, o.author, "broadcast", "series", "list"), s.ID, "待审批", "每周一 09:00")
	refuses(t, o.author, 1, "403", "broadcast", "series", "approve", s.ID, "--hash", s.Hash)
	day := time.Now().In(broadcast.Zone).AddDate(0, 0, 3).Weekday() // so that none is about to come
	label := "每周" + string([]rune("日一二三四五六")[day])
	wantIn(t, ok(t, o.author, "broadcast", "series", "edit", s.ID, "--cron", fmt.Sprintf("30 8 * * %d", day), "--expire-after", "6h"), "需要重新批准", "周期："+label+" 08:30，到", "approve "+s.ID)
	refuses(t, o.approver, 1, "409 changed", "broadcast", "series", "approve", s.ID, "--hash", s.Hash)
	if err := json.Unmarshal([]byte(ok(t, o.approver, "broadcast", "series", "show", s.ID, "--json")), &s); err != nil {
		t.Fatal(err)
	}
	wantIn(t, ok(t, o.approver, "broadcast", "series", "approve", s.ID, "--hash", s.Hash), "已批准", "状态：进行中", "接下来：", "08:30")
	wantIn(t, ok(t, o.author, "broadcast", "list", "--series", s.ID), "没有符合条件")
	file := filepath.Join(t.TempDir(), "s.yaml")
	if err := os.WriteFile(file, []byte(ok(t, o.author, "broadcast", "series", "show", s.ID, "--yaml")), 0o600); err != nil {
		t.Fatal(err)
	}
	wantIn(t, ok(t, o.author, append([]string{"broadcast", "series", "new", "--file", file}, at...)...), "批准后才会发送", "请留意：引用的公告N2已过复核日期")
	wantIn(t, ok(t, o.author, "broadcast", "series", "stop", s.ID, "--why", "换了安排"), "状态：已停止", "换了安排")
	refuses(t, o.author, 1, "没有“none”这份底稿", append([]string{"broadcast", "series", "new", "--from", "none"}, at...)...)
	out = ok(t, o.author, "broadcast", "series", "edit", s.ID, "--monthly", "1日、31，最后一天", "--at", "09:30")
	wantIn(t, out, "周期：每月1日、31日、最后一天 09:30（没有31日的月份，这一天不发送），到2030-12-31 20:00为止")
	wantIn(t, ok(t, o.author, "broadcast", "series", "edit", s.ID, "--weekly", "周四,天,1", "--at", "9点"), "周期：每周一、周四、周日 09:00，到")
	refuses(t, o.author, 2, "要写1到31的日期", "broadcast", "series", "edit", s.ID, "--monthly", "32", "--at", "09:00")
	refuses(t, o.author, 2, "要写几点几分", "broadcast", "series", "edit", s.ID, "--daily", "--at", "24:00")
	refuses(t, o.author, 1, "body.cron", "broadcast", "series", "new", "--from", "civility", "--cron", "often", "--until", "2030-12-31 20:00")
	refuses(t, o.author, 2, "--until 写成了“soon”：不是日期", "broadcast", "series", "new", "--from", "civility", "--cron", "0 9 * * 1", "--until", "soon")
}

// answersLost sends acts through a proxy that loses answers: what was asked is done once all the same.
func (o office) answersLost(t *testing.T) {
	target, err := url.Parse("http://" + o.addr)
	if err != nil {
		t.Fatal(err)
	}
	var lose, lost atomic.Int64
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, Transport: http.DefaultTransport.(*http.Transport).Clone()}
	forward.ModifyResponse = func(resp *http.Response) error {
		if lose.Add(-1) >= 0 {
			lost.Add(1)
			return io.ErrUnexpectedEOF // the server has done it
		}
		return nil
	}
	forward.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		conn.(*net.TCPConn).SetLinger(0) // a reset, as of a proxy that dies
		conn.Close()
	}
	proxy := httptest.NewServer(forward)
	defer forward.Transport.(*http.Transport).CloseIdleConnections()
	defer proxy.Close()
	author := []string{config.URLVariable + "=" + proxy.URL, o.author[1]}
	count := func() int {
		var page wire.Page[wire.Broadcast]
		if err := json.Unmarshal([]byte(ok(t, o.author, "broadcast", "list", "--limit", "200", "--json")), &page); err != nil {
			t.Fatal(err)
		}
		return len(page.Items)
	}
	before := count()
	lose.Store(2)
	code, out, errs := command(t, author, "", "broadcast", "new", "--from", "civility", "--json")
	if code != 0 || lost.Load() != 2 || strings.Contains(errs, "tck_") {
		t.Errorf("exit %d after %d answers lost\n%s%s", code, lost.Load(), out, errs)
	}
	wantIn(t, errs, proxy.URL+" 没有回应", "会自动重试")
	id := wrote(t, out).ID

	// A script gives the same command again, with a key of its own.
	again := []string{"broadcast", "new", "--from", "civility", "--json", "--idempotency-key", "winter-1"}
	if first, second := wrote(t, ok(t, o.author, again...)), wrote(t, ok(t, author, again...)); first.ID != second.ID || first.ID == id {
		t.Errorf("made %s and %s", first.ID, second.ID)
	}
	refuses(t, o.author, 1, "key-reused", append(again, "--title", "另一个")...)
	if made := count() - before; made != 2 {
		t.Errorf("%d broadcasts made, want 2", made)
	}
}
