package cli

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"towncrier/sandbox/platform"
)

var emergencyID = regexp.MustCompile(`\bE[A-Z2-7]{10}\b`)

// texts are the SMS that reached the pretend platform and hold a text, by number.
func (r *running) texts(t *testing.T, holds string) map[string]int {
	t.Helper()
	_, body := r.get(t, "/sandbox/record")
	var entries []platform.Entry
	if err := json.Unmarshal([]byte(body), &entries); err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, e := range entries {
		if e.Kind == platform.KindSMS && e.SMS != nil && strings.Contains(e.Text, holds) {
			found[e.SMS.Phone]++
		}
	}
	return found
}

// TestEmergencyCommands goes the whole way by command, on the pretend platforms: from a burst main to its end.
func TestEmergencyCommands(t *testing.T) {
	t.Parallel()
	r := rehearse(t, rehearsalOf(t, "TOWNCRIER_CONTENT="+littletown))
	author, approver, other := r.as(t, "author"), r.as(t, "approver"), r.as(t, "approver2")
	declare := []string{"emergency", "new", "停水", "--what", "供水主管道爆裂", "--where", "东街", "--since", "12:00", "--advice", "请提前储水", "--issuer", "示例水站", "--all"}
	wantIn(t, ok(t, author, "emergency", "templates"), "停水（water）", "--where  哪里停水（最多12个字）", "可以不填：恢复供水的时间还没有公布")
	refuses(t, author, 1, "哪里停水：有13个字，最多12个字", append(declare[:5:5], "--where", strings.Repeat("东", 13), "--since", "12:00", "--advice", "x", "--issuer", "水站", "--all")...)
	refuses(t, author, 2, "--field 写成 项目=内容", append(declare, "--field", "where")...)
	preview := ok(t, author, append(declare, "--preview", "--field", "预计几时来水=明天6点半")...)
	wantIn(t, preview, "只是预览，没有保存。", "恢复供水。", "{结束时间}")
	if id := emergencyID.FindString(preview); id != "" {
		t.Errorf("a preview names %s, which is not kept", id)
	}
	wantIn(t, ok(t, author, "emergency", "list"), "没有应急公告。")

	out := ok(t, author, declare...)
	wantIn(t, out, "1. 东街供水主管道爆裂，", "恢复供水的时间还没有公布。", "发给：全体居民", "短信费用：预计", "待审批", "已发短信 199****9992", "已发短信 199****9997")
	id, hash := emergencyID.FindString(out), hashOf.FindStringSubmatch(out)[1]
	until(t, "both approvers are told", func() bool { return len(r.texts(t, "应急公告停水待您审批，编号"+id)) == 2 })
	wantIn(t, ok(t, approver, "tasks"), "应急公告待审批", "towncrier emergency show "+id)
	wantIn(t, ok(t, approver, "emergency", "show", id), "公告：关于东街停水的公告（示例水站）", "校验值："+hash)
	refuses(t, author, 1, "403", "emergency", "approve", id, "--hash", hash)
	refuses(t, approver, 1, "409", "emergency", "approve", id, "--hash", strings.Repeat("0", 12))

	const sent = "起停水，恢复供水的时间还没有公布"
	began := time.Now()
	wantIn(t, ok(t, approver, "emergency", "approve", id, "--hash", hash), "已批准。", "已发布为第2版")
	until(t, "the first message is accepted", func() bool { return len(r.texts(t, sent)) > 0 })
	took := time.Since(began)
	t.Logf("from the approval to the first accepted message: %v", took.Round(time.Millisecond))
	if took > 10*time.Second {
		t.Errorf("the first message took %v", took)
	}
	until(t, "the other approver is told, who may pause", func() bool {
		told := r.texts(t, "应急公告停水已批准发出，可以暂停")
		return len(told) == 1 && told["19900009997"] == 1
	})
	r.act(t, `"kind":"text","text":"停水到几点"`)
	r.said(t, "东街供水主管道爆裂")
	wantIn(t, ok(t, other, "emergency", "list", "--status", "已发布"), id)
	wantIn(t, ok(t, other, "tasks"), "应急公告还没有结束", "towncrier emergency end "+id)

	// A second one, of which a colleague stops the sending.
	out = ok(t, author, append(declare[:3:3], "--what", "阀门损坏", "--where", "柳巷", "--since", "13:00", "--until", "明天6:00", "--advice", "请提前储水", "--issuer", "示例水站", "--community", "东街", "--topic", "water")...)
	second := emergencyID.FindString(out)
	ok(t, approver, "emergency", "drop", second, "--why", "地点写错了")
	refuses(t, approver, 1, "已作废", "emergency", "approve", second, "--hash", hashOf.FindStringSubmatch(out)[1])

	if _, _, errs := command(t, other, "", "emergency", "pause", id, "--why", "再核对"); errs != "" && !strings.Contains(errs, "已完成") {
		t.Error(errs)
	}
	command(t, other, "", "emergency", "resume", id)
	code, look, errs := command(t, author, "", "emergency", "end", id)
	if code != 1 || !strings.Contains(errs, "还没有结束：确认结束请加 --yes") {
		t.Errorf("exit %d: %s", code, errs)
	}
	wantIn(t, look, "结束应急公告"+id+"会：", "（urgent.water）改说已经结束", "东街已于", "先走短信：")
	wantIn(t, ok(t, other, "emergency", "list", "--status", "已发布"), id)
	wantIn(t, ok(t, author, "emergency", "end", id, "--yes"), "已结束。", "结束的群发：")
	until(t, "everybody is told that it is over", func() bool { return len(r.texts(t, "东街已于")) > 0 })
	r.act(t, `"kind":"text","text":"停水停到几点了"`)
	r.said(t, "东街停水已于")
	for _, texts := range []map[string]int{r.texts(t, sent), r.texts(t, "东街已于")} {
		for number, n := range texts {
			if n > 1 {
				t.Errorf("%s got %d", number, n)
			}
		}
	}
}
