package desk_test

import (
	"net/http"
	"testing"

	"towncrier/api/wire"
	"towncrier/desk/desktest"
)

// TestRestartWhileFormsAreOpen: forms that were opened before the server was started anew are taken after it, once, however often it is started
// again and they are pressed again.
func TestRestartWhileFormsAreOpen(t *testing.T) {
	d := desktest.OpenDesk(t)
	author, approver, admin := d.SignIn(t, "author"), d.SignIn(t, "approver"), d.SignIn(t, "admin")
	waiting := submitted(t, d, "等批准的")
	paused := scheduled(t, d, "要暂停的")
	file(t, d, "骨科术后康复要带什么材料", 0)
	ticket := author.Open("/desk/inbox").Within("骨科术后").Press("打开来办")
	open := map[string]*desktest.Form{
		"a draft":           author.Open("/desk/sends/new?draft=civility").Form("存草稿").Fill("标题", "写了一半的"),
		"a pause":           author.Open("/desk/sends/" + paused.ID).Form("暂停："),
		"an answer":         ticket.Form("答复（将发给1人）").Fill("写给居民的话", "请拨打12345咨询。"),
		"a new answer":      author.Open("/desk/content/edit?kind=intents&part=dog.leash").Form("去修改").Fill("新稿件的标题", "牵绳"),
		"a withdrawal":      author.Open("/desk/content/notices/N2").Follow("撤回").Form("撤回"),
		"an approval":       acceptAll(approver.Open("/desk/sends/"+waiting.ID+"/approve").Form("批准"), "").Fill("收到的人很多", sizeOf(waiting)),
		"a new colleague":   admin.Open("/desk/staff/new").Form("添加同事").Fill("账号", "coming").Fill("姓名", "新同事").Fill("角色", "审计员"),
		"another's leaving": admin.Open("/desk/staff").Follow(desktest.Colleagues["auditor"]).Follow("停用").Form("停用"),
	}
	// A broadcast that a withdrawal stops is approved by nobody: what depends on nothing else comes first.
	inOrder := []string{"an approval", "a pause", "a draft", "an answer", "a new answer", "a new colleague", "another's leaving", "a withdrawal"}
	d.Restart(t)
	led := map[string]string{}
	for _, what := range inOrder {
		shown := open[what].Press().Want(http.StatusOK)
		led[what] = shown.URL.Path
	}
	before := done(t, d)
	want := map[string]int{"broadcast.approve": 2, "broadcast.pause": 1, "broadcast.new": 3, "ticket.answer": 1, "content.draft": 1, "staff.add": 1, "staff.disable": 1, "content.withdraw": 1}
	for act, n := range want {
		if before[act] < n {
			t.Errorf("%s is done %d times, want %d", act, before[act], n)
		}
	}
	d.Restart(t)
	for _, what := range inOrder {
		if shown := open[what].Press(); shown.Status != http.StatusOK || shown.URL.Path != led[what] {
			t.Errorf("%s, pressed again: %d at %s, and was at %s: %s", what, shown.Status, shown.URL, led[what], shown.Text())
		}
	}
	after := done(t, d)
	for act := range want {
		if after[act] != before[act] {
			t.Errorf("pressed again, %s is done %d times, and was %d", act, after[act], before[act])
		}
	}
}

// done counts the newest acts in the audit log.
func done(t *testing.T, d *desktest.Desk) map[string]int {
	t.Helper()
	var log wire.Page[wire.AuditEntry]
	d.Call(t, "admin", http.MethodGet, "/audit?limit=200", nil, &log)
	all := map[string]int{}
	for _, e := range log.Items {
		all[e.Action]++
	}
	return all
}
