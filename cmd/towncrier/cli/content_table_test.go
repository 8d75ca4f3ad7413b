package cli

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestTableCommands: an author's table and a committee's rows, by command, and the bot that answers from them.
func TestTableCommands(t *testing.T) {
	t.Parallel()
	r := rehearse(t, rehearsalOf(t, "TOWNCRIER_DATA="+t.TempDir(), "TOWNCRIER_CONTENT="+littletown))
	author, approver, committee := r.as(t, "author"), r.as(t, "approver"), r.as(t, "committee")
	try := func(who []string, args ...string) (code int, out, errs string) {
		return command(t, who, "", append([]string{"content"}, args...)...)
	}
	do := func(who []string, args ...string) string {
		t.Helper()
		code, out, errs := try(who, args...)
		if code != 0 {
			t.Fatalf("%v: exit %d\n%s%s", args, code, out, errs)
		}
		return out
	}
	dir := t.TempDir()
	book, file := filepath.Join(dir, "points.xlsx"), filepath.Join(dir, "points.csv")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	id := draftID.FindString(do(author, "new", "取水点"))
	do(author, "table", "get", id, "取水点", book)
	if out := do(author, "table", "put", id, "取水点", book); !strings.Contains(out, "取水点：共3行，增加0行，改动0行，删去0行") {
		t.Error(out)
	}
	do(author, "table", "get", "waterpoints", file)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), "9时至17时", "9时至16时", 1)
	write(changed + "河边取水点,,河边,,示例水站登记（虚构）,\r\n")
	if out := do(author, "table", "put", id, "waterpoints", file, "--preview"); !strings.Contains(out, "没有写入") || !strings.Contains(out, "增加：河边取水点") || !strings.Contains(out, "戏台取水点的开放时间，“9时至17时”改为“9时至16时”") {
		t.Error(out)
	}
	out := do(author, "table", "put", id, "waterpoints", file)
	if !strings.Contains(out, "改动的文件：tables/waterpoints.csv") {
		t.Error(out)
	}
	if code, _, errs := try(author, "table", "put", id, "waterpoints", file); code == 0 || !strings.Contains(errs, "--was") {
		t.Errorf("exit %d: %s", code, errs)
	}
	_, was, _ := strings.Cut(out, "--was ")
	write(changed + "河边取水点,,,,,\r\n,,,,来源,\r\n")
	if code, _, errs := try(author, "table", "put", id, "waterpoints", file, "--was", was[:12]); code == 0 || !strings.Contains(errs, "E5：来源没有填写") || !strings.Contains(errs, "A6：取水点没有填写") {
		t.Errorf("exit %d: %s", code, errs)
	}
	publish := func(id string) {
		t.Helper()
		do(approver, "publish", id, "--hash", hashOf.FindStringSubmatch(do(author, "submit", id))[1])
	}
	publish(id)

	write("取水点,位置,来源\n桥东取水点,桥东,示例水站登记（虚构）\n")
	if out := do(committee, "table", "hand-in", "取水点", file, "--preview"); !strings.Contains(out, "增加：桥东取水点") || !strings.Contains(out, "没有写入") {
		t.Error(out)
	}
	handed := do(committee, "table", "hand-in", "取水点", file)
	wantIn(t, handed, "由撰稿员核对后送审")
	wantIn(t, ok(t, author, "tasks"), "居委会填报了查询表，等您核对并送审", "content diff "+draftID.FindString(handed))
	publish(draftID.FindString(handed))
	own := filepath.Join(dir, "own.csv")
	do(committee, "table", "get", "waterpoints", own)
	if text, err := os.ReadFile(own); err != nil || strings.Count(string(text), "\n") != 2 || !strings.Contains(string(text), "桥东取水点") {
		t.Errorf("%s, %v", text, err)
	}
	if code, _, errs := try(author, "table", "hand-in", "取水点", file); code == 0 || !strings.Contains(errs, "社区工作者") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

// TestRowAnswersOnceItIsPublished: what a committee hands in of the built-in city answers the question that residents ask most, over the real wire.
func TestRowAnswersOnceItIsPublished(t *testing.T) {
	t.Parallel()
	r := rehearse(t, rehearsalOf(t))
	author, approver, committee := r.as(t, "author"), r.as(t, "approver"), r.as(t, "committee")
	const question = `"kind":"text","text":"虚构花园东区小区改造了没"`
	r.act(t, question)
	r.said(t, "这个小区的改造情况还没有登记")
	book := filepath.Join(t.TempDir(), "rows.csv")
	rows := "小区,别名,所在街道,建成时间,改造情况,改造年份,资料来源\n虚构花园东区小区,虚构东园,示例街,1996年,2026年列入改造计划（虚构）,2027,演示数据，不是真实小区\n虚构花园西区小区,,示例街,,已改造（虚构）,,演示数据，不是真实小区\n"
	if err := os.WriteFile(book, []byte(strings.ReplaceAll(rows, "演示数据，不是真实小区", `"演示数据，不是真实小区"`)), 0o600); err != nil {
		t.Fatal(err)
	}
	id := draftID.FindString(ok(t, committee, "content", "table", "hand-in", "老旧小区改造", book))
	hash := hashOf.FindStringSubmatch(ok(t, author, "content", "submit", id))[1]
	begun := time.Now()
	ok(t, approver, "content", "publish", id, "--hash", hash)
	for asked := 0; ; asked++ {
		r.act(t, question)
		time.Sleep(100 * time.Millisecond)
		_, body := r.get(t, "/sandbox/record?resident="+url.QueryEscape(resident))
		if strings.Contains(body, "2026年列入改造计划（虚构）") {
			break
		}
		if time.Since(begun) > 2*time.Minute { // a bound on waiting, not a limit: the content is trained first
			t.Fatalf("the row does not answer: %s", body)
		}
	}
	t.Logf("it answered %s after its publication was asked for", time.Since(begun).Round(time.Millisecond))
	r.act(t, `"kind":"text","text":"虚构东园改造了没"`)
	r.said(t, "2027")
	r.act(t, `"kind":"text","text":"小区改造了没"`)
	r.said(t, "您问的是哪个小区")
	r.act(t, `"kind":"text","text":"虚构花园"`) // which both rows may mean
	r.said(t, "1. 虚构花园东区小区\n2. 虚构花园西区小区")
}
