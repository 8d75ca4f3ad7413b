package inbox_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"towncrier/cmd/towncrier/rehearsal"
	"towncrier/desk/desktest"
)

func TestMain(m *testing.M) { desktest.Main(m) }

const author, approver = "演示撰稿员", "演示审批员"

// withHistory is a city with tickets.
func withHistory(cfg *rehearsal.Config) { cfg.Residents, cfg.History = 100, true }

func signIn(t *testing.T, d *desktest.Desk, colleague string) *desktest.Browser {
	t.Helper()
	b := desktest.Browse(t, d.URL)
	b.Open("/desk/login").Press(colleague)
	return b
}

// TestATicketBecomesAnAnswer: an author opens a matter, parts what asks something else, and answers the rest; an approver lets it go; the answer
// begins a standard answer.
func TestATicketBecomesAnAnswer(t *testing.T) {
	d := desktest.OpenDesk(t, withHistory)
	writer, second := signIn(t, d, author), signIn(t, d, approver)
	list := writer.Open("/desk/inbox").Sees("已逾期5天", "×3", "待批准", "还没有人")
	ticket := list.Press("打开来办：遮雨棚什么时候装").Sees("这条留言由您在办", "您正在看", "居民再发消息时送到", "机器人现在怎样回答", "最相近的标准问答", "将发给3人")
	second.Open(ticket.URL.Path).Sees(author+"正在看", "遮雨棚啥时候装呢").Lacks("我来办", "接手", "写给居民的话")

	phrase := ticket.Form("填入").Untick("遮雨棚啥时候装呢").Fill("常用语", "公告里没有写这一项，请拨打政务服务便民热线12345咨询。")
	filled := phrase.Press().Sees("将发给2人", "您之前问的（编号")
	if got := filled.Form("拟好答复，请同事批准（将发给2人）").Value("写给居民的话"); got != "公告里没有写这一项，请拨打政务服务便民热线12345咨询。" {
		t.Errorf("put into the answer: %q", got)
	}
	proposed := filled.Press("拟好答复，请同事批准（将发给2人）").Sees("等另一位同事批准", "您拟的", "×2")
	second.Open(proposed.URL.Path).Press("批准").Sees("已批准", "的答复", "已答复").Lacks("待批准的答复")
	if left := writer.Open("/desk/inbox").Sees("遮雨棚啥时候装呢"); strings.Contains(left.Text(), "遮雨棚什么时候装") {
		t.Error("what was answered waits still")
	}
	writer.Open("/desk/inbox?status=answered").Sees("遮雨棚什么时候装", author)

	draft := writer.Open(proposed.URL.Path).Form("起草标准问答").Press()
	if !strings.HasPrefix(draft.URL.Path, "/desk/content/drafts/D") {
		t.Errorf("a standard answer leads to %s", draft.URL.Path)
	}
}

// TestNothingThatWasTypedIsLost: a colleague was faster, a field has a fault, and the same form is sent twice.
func TestNothingThatWasTypedIsLost(t *testing.T) {
	d := desktest.OpenDesk(t, withHistory)
	one, other := signIn(t, d, author), signIn(t, d, author)
	ticket := one.Open("/desk/inbox?text=骨科术后").Follow("骨科术后康复要带什么材料")
	slow := ticket.Form("答复（将发给1人）").Fill("写给居民的话", "请带上病历。")
	other.Open(ticket.URL.Path).Form("答复（将发给1人）").Fill("写给居民的话", strings.Repeat("长", 601)).Press().Want(http.StatusUnprocessableEntity).Sees("601个字")
	fast := other.Open(ticket.URL.Path).Form("答复（将发给1人）").Fill("写给居民的话", "请咨询12345。")
	fast.Press().Sees("已答复", "请咨询12345。")
	fast.Press().Sees("请咨询12345。") // pressed twice
	lost := slow.Press().Want(http.StatusConflict).Sees("已经答复", "请咨询12345。", "您写的草稿")
	if !strings.Contains(lost.Body, "请带上病历。") {
		t.Error("what the slower colleague wrote is gone")
	}

	reopened := lost.Press("重新打开").Sees("已重新打开", "请咨询12345。", "给同事的备注")
	noted := reopened.Form("记下").Fill("写一条备注", "问过街道<b>").Press().Sees("备注已记下", "问过街道<b>")
	noted.Form("记下").Fill("写一条备注", "电话19900000001").Press().Want(http.StatusUnprocessableEntity)
	noted.Follow("关闭，不答复").Sees("提问的居民不会收到答复").Press("关闭，不答复").Sees("已关闭，没有答复")

	reply := one.Open("/desk/inbox?kind=reply").Follow("我已经搬走了").Sees("199****0100", "不能在这里答复").Lacks("写给居民的话")
	reply.Follow("关闭，不答复，或停发短信").Press("停发短信并关闭").Sees("不再给这个号码发短信")
}

// TestAnEmptyInbox says so, and shows what was answered last.
func TestAnEmptyInbox(t *testing.T) {
	writer := signIn(t, desktest.SharedDesk(t), author)
	writer.Open("/desk/inbox").Sees("都答完了")
	writer.Open("/desk/inbox?text=没有").Sees("没有找到")
	signIn(t, desktest.SharedDesk(t), "演示社区工作者").Get("/desk/inbox").Want(http.StatusForbidden).Sees("您没有这项权限")
}

// TestInboxInABrowser holds each page against WCAG, at the phone's width and the desk's, with a preview as somebody types.
func TestInboxInABrowser(t *testing.T) {
	desktest.InFull(t)
	d := desktest.OpenDesk(t, withHistory)
	writer := signIn(t, d, author)
	number := strings.TrimPrefix(writer.Open("/desk/inbox").Links()["遮雨棚什么时候装"], "/desk/inbox/")
	for _, width := range []int64{desktest.Phone, desktest.Desktop} {
		tab := desktest.OpenTab(t, d.URL, desktest.View{Width: width}).Carry(writer)
		for _, path := range []string{"/desk/inbox", "/desk/inbox?status=answered", "/desk/inbox?text=没有", "/desk/inbox/" + number, "/desk/inbox/" + number + "/close"} {
			tab.Open(path)
			if faults := slices.Concat(tab.Looks(), tab.Axe(), tab.Walk()); len(faults) > 0 {
				t.Errorf("%s at %d: %s", path, width, strings.Join(faults, "\n"))
			}
		}
		tab.Open("/desk/inbox/"+number).Fill("写给居民的话", "请咨询12345。").Sees("您之前问的（编号" + number + "）有答复了")
	}
}
