package desk_test

import (
	"net/http"
	"strings"
	"testing"

	"towncrier/desk/desktest"
)

// TestFeedback: what a colleague says of the console waits for the admins, is answered once, and its answer is read by who said it and nobody else.
func TestFeedback(t *testing.T) {
	d := desktest.OpenDesk(t)
	committee, author, admin := d.SignIn(t, "committee"), d.SignIn(t, "author"), d.SignIn(t, "admin")
	const said = `“导入”在哪里<b>找不到</b>`
	page := committee.Open("/desk/feedback")
	page.Form("交给管理员").Press().Want(http.StatusUnprocessableEntity).Sees("没有填写")
	if long := page.Form("交给管理员").Fill("意见", strings.Repeat("长", 1001)).Press(); long.Status != http.StatusUnprocessableEntity || !long.Has("最多1000个字") {
		t.Errorf("too long: %d", long.Status)
	}
	page.Form("交给管理员").Fill("意见", said).Press().Want(http.StatusOK).Sees("意见已交给管理员", "还没有答复的", said)
	author.Open("/desk/feedback").Lacks(said)
	author.Open("/desk/").Lacks("意见反馈待答复")

	waiting := admin.Open("/desk/").Sees("意见反馈待答复：1件").Follow("看意见：意见反馈待答复").Sees("等您答复的", said, "演示社区工作者")
	form := waiting.Follow("答复：").Form("答复")
	form.Press().Want(http.StatusUnprocessableEntity).Sees("没有填写")
	form.Fill("答复", "在“居民”里，页面右上角。").Press().Want(http.StatusOK).Sees("已答复", "在“居民”里")
	admin.Open("/desk/").Lacks("意见反馈待答复")
	committee.Open("/desk/feedback").Sees("答复过的", "在“居民”里", "演示管理员").Lacks("还没有答复的")
	admin.Open("/desk/audit").Sees("提意见", "答复意见").Lacks("找不到")
}
