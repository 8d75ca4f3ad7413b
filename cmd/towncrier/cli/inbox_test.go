package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"towncrier/api/wire"
	"towncrier/inbox"
	"towncrier/staff"
	"towncrier/store"
)

// TestInboxCommands works on tickets with a key alone: what several asked takes a second person, and an answer is its key's owner's.
func TestInboxCommands(t *testing.T) {
	cfg := production(t, smallCity...)
	r := serve(t, cfg)
	as := r.hire(t, cfg, staff.Person{ID: "li", Name: "李某", Role: staff.Author}, staff.Person{ID: "wang", Name: "王某", Role: staff.Author},
		staff.Person{ID: "boss", Name: "张某", Role: staff.Admin})
	li, wang := as["li"], as["wang"]
	numbers := map[string]string{}
	onDatabase(t, machineOf(cfg), func(db *store.DB) {
		box := inbox.New(db.Inbox(), time.Now)
		for i, text := range []string{"社保卡去哪里补办", "社保卡去哪里补办", "路灯坏了", "树枝该修剪了"} {
			kind := inbox.Suggestion
			if i < 2 {
				kind = inbox.Question
			}
			k, err := box.File(t.Context(), inbox.Filing{From: fmt.Sprintf("oInbox-%d", i), Kind: kind, Text: text, Where: "演示路"})
			if err != nil {
				t.Fatal(err)
			}
			if numbers[text] == "" {
				numbers[text] = k.Number
			}
		}
	})
	lamp, card, tree := numbers["路灯坏了"], numbers["社保卡去哪里补办"], numbers["树枝该修剪了"]
	wantIn(t, ok(t, li, "inbox", "list"), "编号", lamp, card, "路灯坏了")
	if out := ok(t, li, "inbox", "list", "--text", "路灯", "--kind", "建议"); !strings.Contains(out, lamp) || strings.Contains(out, tree) || strings.Contains(out, "后面还有") {
		t.Errorf("by text: %s", out)
	}
	wantIn(t, ok(t, li, "inbox", "list", "--limit", "1"), "后面还有，接着看加上 --after ")
	wantIn(t, ok(t, li, "inbox", "list", "--due", "overdue"), "没有符合条件的留言")
	wantIn(t, ok(t, li, "inbox", "counts"), "待办4条，已答复0条", "已逾期0条，今天到期0条", "建议2条，提问2条")

	wantIn(t, ok(t, li, "inbox", "answer", lamp, "--text", "已安排检修"), "已答复1条")
	wantIn(t, ok(t, li, "inbox", "show", lamp), "经办：李某", "答复：已安排检修", "状态：已答复")
	wantIn(t, ok(t, li, "inbox", "list", "--mine", "--status", "any"), lamp)
	wantIn(t, ok(t, wang, "inbox", "list", "--mine", "--status", "any"), "没有符合条件的留言")
	wantIn(t, ok(t, li, "inbox", "close", tree), "已关闭1条")

	proposed := ok(t, li, "inbox", "answer", card, "--text", "到社保大厅办理")
	wantIn(t, proposed, "要由另一人批准", "inbox approve "+card+" --proposal ")
	id := strings.TrimSpace(proposed[strings.Index(proposed, "--proposal ")+len("--proposal "):])
	wantIn(t, ok(t, wang, "inbox", "show", card), "待批准的答复：到社保大厅办理", "拟稿：李某", "同类：", id)
	wantIn(t, ok(t, wang, "tasks"), "答复待批准：到社保大厅办理", "李某拟稿", "  towncrier inbox show "+card)
	wantIn(t, ok(t, li, "tasks"), "今天没有要办的事。")
	refuses(t, li, 1, "409 own", "inbox", "approve", card, "--proposal", id)
	wantIn(t, ok(t, wang, "inbox", "approve", card, "--proposal", id), "办结2条")
	refuses(t, wang, 1, "409 answered", "inbox", "close", card)
	refuses(t, as["boss"], 1, "403 right", "inbox", "list")
	refuses(t, li, 2, "--owner", "inbox", "close", tree, "--owner", "市长")

	wantIn(t, ok(t, li, "inbox", "standard", card), "答复：社保卡去哪里补办", "intents/asked."+card+".yaml", "补齐答复", "towncrier content form set D1 问答 asked."+card+" 答复=", "towncrier content submit D1")
	wantIn(t, ok(t, li, "content", "get", "D1", "intents/asked."+card+".yaml"), "- 社保卡去哪里补办", "到社保大厅办理", "citations: []")
	refuses(t, li, 1, "422 faults", "content", "submit", "D1")
	refuses(t, li, 1, "已经起草过：稿件 D1", "inbox", "standard", card)
	wantIn(t, ok(t, li, "content", "form", "show", "问答", "asked."+card, "--draft", "D1"), "提出的问法（proposed）：\n  - 社保卡")
	if out := ok(t, li, "content", "form", "set", "D1", "问答", "asked."+card, "提出的问法=", "答复=请到社保大厅办理"); strings.Contains(out, "提出的问法（") || !strings.Contains(out, "送审前还要改：有1个问法，至少要10个") {
		t.Error(out)
	}
	wantIn(t, ok(t, li, "content", "form", "propose", "D1", "asked."+card), "提出的问法（proposed）：\n  - 社保卡", "提出的问法-=")
	wantIn(t, ok(t, li, "inbox", "show", card), "标准答复：asked."+card)

	var shown wire.TicketGroup
	if out := ok(t, wang, "inbox", "show", card, "--json"); json.Unmarshal([]byte(out), &shown) != nil || shown.Ticket.Owner != "李某" || len(shown.Like) != 1 {
		t.Errorf("as JSON: %s", out)
	}
}
