package content_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/api/wire"
	"towncrier/desk/desktest"
)

// TestWithdrawnEverywhere: the page beforehand names exactly what withdrawing a notice stops; after it the bot, the notice's page
// and the list say so, the page can be gone back to without harm, and a colleague brings it back.
func TestWithdrawnEverywhere(t *testing.T) {
	d := desktest.OpenDesk(t, desktest.WithHistory)
	author, approver := d.As(t, "author"), d.As(t, "approver")
	const question = "烈性犬有哪些"
	before := answerTo(t, d, question)

	ask := author.Open("/desk/content/notices/N2").Follow("撤回").Sees("撤回《")
	var stops wire.Withdrawal
	call(t, d, "author", http.MethodGet, "/content/notices/N2/withdrawal", &stops)
	if len(stops.Intents) == 0 || len(stops.Broadcasts) == 0 || len(stops.Series) == 0 {
		t.Fatalf("withdrawing stops too little to tell: %+v", stops)
	}
	for _, a := range stops.Intents {
		ask.Within(a.ID).Sees(a.Title)
	}
	for _, s := range append(stops.Broadcasts, stops.Series...) {
		ask.Within(s.Title).Sees(s.Why)
	}
	if n := strings.Count(ask.Body, "<li><a href=\"/desk/sends/") + strings.Count(ask.Body, "<li><a href=\"/desk/series/"); n != len(stops.Broadcasts)+len(stops.Series) {
		t.Errorf("%d sends and series are shown, of %d", n, len(stops.Broadcasts)+len(stops.Series))
	}
	named, was := map[string]bool{}, standing(t, d)
	for _, s := range append(stops.Broadcasts, stops.Series...) {
		named[s.ID] = true
	}
	ask.Press("撤回").Sees("已撤回", "演示撰稿员")
	withdrawn := time.Now()
	becomes(t, d, question, func(answer string) bool { return strings.Contains(answer, "撤回") })
	now := standing(t, d)
	for _, id := range slices.Sorted(maps.Keys(named)) {
		if now[id] == "draft " { // it says so to who would submit it
			author.Open("/desk/sends/" + id + "/edit").Sees("已撤回，不能作为依据")
			continue
		}
		for ; !strings.Contains(now[id], "N2已撤回"); now = standing(t, d) {
			if time.Since(withdrawn) > patience {
				t.Fatalf("%s rests on the notice, and is %s", id, now[id])
			}
			time.Sleep(250 * time.Millisecond) // an official's key is for ten operations a second
		}
	}
	t.Logf("%d broadcasts and %d series stood still %v after the press", len(stops.Broadcasts), len(stops.Series), time.Since(withdrawn))
	for id, before := range was {
		if !named[id] && now[id] != before && !strings.HasPrefix(before, "sending") {
			t.Errorf("%s is %s, was %s, and was not named", id, now[id], before)
		}
	}
	ask.Press("撤回").Sees("已撤回") // gone back to, and pressed again
	author.Open("/desk/content").Within("N2").Sees("已撤回")
	if links := author.Open("/desk/content/notices/N2").Links(); links["恢复"] != "" {
		t.Error("who withdrew it is offered to bring it back")
	}
	approver.Open("/desk/content/notices/N2").Follow("恢复").Press("恢复").Sees("已恢复")
	becomes(t, d, question, func(answer string) bool { return answer == before })
}

// standing is what every broadcast and series says of itself: how it stands, and why.
func standing(t *testing.T, d *desktest.Desk) map[string]string {
	t.Helper()
	all := map[string]string{}
	var broadcasts wire.Page[wire.Broadcast]
	call(t, d, "author", http.MethodGet, "/broadcasts?limit=200", &broadcasts)
	for _, b := range broadcasts.Items {
		all[b.ID] = b.Status + " " + b.Why
	}
	var series wire.Page[wire.Series]
	call(t, d, "author", http.MethodGet, "/series", &series)
	for _, s := range series.Items {
		all[s.ID] = fmt.Sprint(s.Stopped, " ", s.Why)
	}
	return all
}

// TestErrorsByCell: a spreadsheet of a look-up table with faults is shown by its bad rows, each fault in its cell as Excel names it; mended, it
// is shown before it is written, and written into the draft.
func TestErrorsByCell(t *testing.T) {
	d := desktest.SharedDesk(t)
	author := d.As(t, "author")
	begun := author.Open("/desk/content/edit?kind=topics").Form("去修改").Fill("新稿件的标题", "旧改表").Press()
	path := "/desk/content/drafts/" + strings.Split(begun.URL.Path, "/")[4]
	page := author.Open(path).Follow("查询表").Within("renovation").Follow("换掉")
	now := author.Get(page.URL.Path + "/file?format=csv").Want(http.StatusOK).Body
	lines := strings.Split(strings.TrimSpace(now), "\n")
	if len(lines) < 4 {
		t.Fatalf("a short table:\n%s", now)
	}
	year := 0
	for i, heading := range strings.Split(strings.TrimPrefix(strings.TrimSpace(lines[0]), "\ufeff"), ",") {
		if strings.Contains(heading, "建成") {
			year = i
		}
	}
	bad := append([]string{}, lines...)
	cells := strings.Split(strings.TrimSpace(bad[2]), ",")
	cells[year] = `<script>二〇〇〇</script>`
	bad[2] = strings.Join(cells, ",")
	bad[3] = lines[1] // the same name twice
	refused := page.Form("写进稿件").Attach("改好的表", "表.csv", strings.Join(bad, "\n")).Press().Want(http.StatusUnprocessableEntity)
	cell := string(rune('A'+year)) + "3"
	refused.Sees("有问题的行", cell+"：", "<script>二〇〇〇</script>", "A4：")
	refused.Form("写进稿件").Press().Want(http.StatusUnprocessableEntity).Sees("先选一个文件")
	author.Open(path).Sees("稿件里还没有改动")

	mended := append([]string{}, lines...)
	mended = append(mended[:2], mended[3:]...)
	looked := refused.Form("先看会改什么").Attach("改好的表", "表.csv", strings.Join(mended, "\n")).Press().Sees("删去 1 行", "还没有写进稿件")
	author.Open(path).Sees("稿件里还没有改动")
	looked.Form("写进稿件").Attach("改好的表", "表.csv", strings.Join(mended, "\n")).Press().Sees("表格已写进稿件", "查询表 renovation")
}

// TestEmergencyOnAPhone: few fields, one press, one approval by the hash that was shown, and the first message is out within three minutes of
// the first keystroke; one act says that it is over.
func TestEmergencyOnAPhone(t *testing.T) {
	d := desktest.SharedDesk(t)
	author, approver := d.As(t, "author"), d.As(t, "approver")
	form := author.Open("/desk/emergencies").Follow("停水")
	form.Press("提交审批").Want(http.StatusUnprocessableEntity).Sees("处要改")
	fill := func(f *desktest.Form) *desktest.Form {
		return f.Fill("发生了什么", "供水主管道爆裂").Fill("哪里停水", "示例路沿线小区").Fill("几时起停水", "00:30").Fill("请居民怎么做", "请提前储水").Fill("由谁发布", "示例供水公司")
	}
	fill(form.Form("先看会说什么")).Press().Sees("关于示例路沿线小区停水的公告", "短信")
	began := time.Now()
	declared := fill(form.Form("提交审批")).Press().Sees("已提交", "要由另一位同事批准")
	if buttons := strings.Join(declared.Buttons(), " "); strings.Contains(buttons, "批准") {
		t.Errorf("who wrote it may press %s", buttons)
	}
	approve := approver.Open(declared.URL.Path).Sees("请您审批", "示例路沿线小区", "校验码", "此刻情况")
	approve.Form("批准，马上发出").Fill("验证码", "000000").Press().Want(http.StatusUnprocessableEntity).Sees("验证码不对").Press("批准，马上发出").Sees("已批准")
	var e wire.Emergency
	for {
		call(t, d, "author", http.MethodGet, "/emergencies/"+declared.URL.Path[strings.LastIndex(declared.URL.Path, "/")+1:], &e)
		if e.Broadcast != nil && (e.Broadcast.Status == "sending" || e.Broadcast.Status == "done") {
			break
		}
		if time.Since(began) > 3*time.Minute {
			t.Fatalf("three minutes on: %+v", e.Broadcast)
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Logf("from the first keystroke to sending: %v", time.Since(began))
	author.Open(declared.URL.Path).Follow("宣布结束").Sees("恢复供水").Press("宣布结束").Sees("已宣布结束")
}

// TestNewNoticeFromText: a pasted notice becomes passages and quoted or silent answers that are looked at first, and then a draft.
func TestNewNoticeFromText(t *testing.T) {
	d := desktest.SharedDesk(t)
	author := d.As(t, "author")
	const text = "关于示例图书屋闭馆的公告\n因线路检修，示例图书屋将于2026年12月3日8时至18时闭馆。请读者提前还书。\n示例图书屋\n2026年11月30日"
	page := author.Open("/desk/content/new")
	page.Form("看看分成哪些条目").Fill("公告全文", text).Press().Want(http.StatusUnprocessableEntity).Sees("写至少一个主题")
	look := page.Form("看看分成哪些条目").Fill("公告全文", text).Fill("居民会问什么", "闭馆，关门").Press().Want(http.StatusOK).Sees("会这样回答", "公告没写", "示例图书屋")
	draft := look.Press("放进新稿件").Sees("关于示例图书屋闭馆的公告", "公告 N")
	draft.Form("试").Fill("像居民那样问", "闭馆到几点").Press().Sees("改了以后", "现在", "18时")
	draft.Follow("丢弃").Press("丢弃").Sees("稿件已丢弃")
}

// TestTwoWriteOnePart: who writes a part that a colleague wrote meanwhile sees both, and loses nothing.
func TestTwoWriteOnePart(t *testing.T) {
	d := desktest.SharedDesk(t)
	author, other := d.As(t, "author"), d.As(t, "author")
	mine := author.Open("/desk/content/edit?kind=intents&part=dog.leash").Form("去修改").Fill("新稿件的标题", "牵绳").Press()
	theirs := other.Open(mine.URL.RequestURI())
	theirs.Form("存进稿件").Fill("标题", "遛狗牵绳").Press().Sees("已存进稿件")
	author.Open(mine.URL.RequestURI()).Form("存进稿件").Fill("问法", "牵绳").Press()
	author.Open(strings.TrimSuffix(mine.URL.Path, "/part") + "/check").Sees("至少要10个").Within("至少要10个")
	const hostile = `牵绳"><script>alert(1)</script>` + "\u202e"
	refused := mine.Form("存进稿件").Fill("标题", "牵不牵绳").Press().Want(http.StatusConflict).Sees("同事刚改过", "遛狗牵绳")
	if got := refused.Form("存进稿件").Value("标题"); got != "牵不牵绳" {
		t.Errorf("what was typed is %q now", got)
	}
	refused.Press("存进稿件").Sees("已存进稿件")
	author.Open(mine.URL.RequestURI()).Form("存进稿件").Fill("标题", hostile).Press()
	if strings.Contains(author.Get(mine.URL.RequestURI()).Body, "<script>alert") {
		t.Error("hostile text is markup")
	}
}

// TestReturnedAndRebased: a draft goes back with a reason; what was published meanwhile is merged into it, and where both wrote the same the
// author chooses.
func TestReturnedAndRebased(t *testing.T) {
	d := desktest.SharedDesk(t)
	author, approver := d.As(t, "author"), d.As(t, "approver")
	edit := func(title, name string) *desktest.Page {
		return author.Open("/desk/content/edit?kind=contacts&part=hotline").Form("去修改").Fill("新稿件的标题", title).Press().Form("存进稿件").Fill("名称", name).Press()
	}
	submit := func(draft *desktest.Page) { draft.Follow("试过再送审").Press("送审").Sees("已送审") }
	late, early := edit("后发布的", "便民热线"), edit("先发布的", "政务热线")
	submit(early)
	approver.Open(early.URL.Path + "/check").Form("退回修改").Press().Want(http.StatusUnprocessableEntity)
	approver.Open(early.URL.Path+"/check").Form("退回修改").Fill("退回的原因", "名称请写全").Press().Sees("已退回")
	again := author.Open(early.URL.Path).Sees("名称请写全")
	submit(again)
	approver.Open(early.URL.Path + "/check").Press("发布这一份").Sees("已发布")

	asked := author.Open(late.URL.Path).Sees("现行内容又变了").Follow("更新到现行内容").Press("更新").Want(http.StatusConflict).Sees("两边都改了")
	asked.Form("更新").Tick("用现行的").Press().Sees("已更新到现行内容")
	author.Open(late.URL.Path).Follow("丢弃").Press("丢弃")

	back := author.Open("/desk/content/revisions").Sees("现行")
	if len(back.Links()) == 0 {
		t.Error("no way back")
	}
}

// TestCommitteeHandsIn: a committee gets its own rows and hands them in as a draft, which it sees and others do not.
func TestCommitteeHandsIn(t *testing.T) {
	d := desktest.SharedDesk(t)
	committee := d.As(t, "committee")
	page := committee.Open("/desk/content/tables").Within("renovation").Follow("填报")
	now := committee.Get(page.URL.Path + "/file?format=csv").Want(http.StatusOK).Body
	refused := page.Form("先看会改什么").Attach("改好的表", "表.csv", now+"别人的小区,坏\n").Press()
	if refused.Status == http.StatusOK {
		t.Error("a row with two cells is taken")
	}
	if links := committee.Open("/desk/content").Links(); links["新公告"] != "" {
		t.Error("a committee is shown what it may not do")
	}
}
