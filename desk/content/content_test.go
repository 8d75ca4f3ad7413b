package content_test

import (
	"net/http"
	"strings"
	"testing"

	"towncrier/desk/desktest"
)

func TestMain(m *testing.M) { desktest.Main(m) }

// TestContentPages opens every page of the content as each role that may, and finds what it should on it.
func TestContentPages(t *testing.T) {
	d := desktest.SharedDesk(t)
	author := d.As(t, "author")
	author.Open("/desk/content").Sees("公告", "N2", "新公告")
	notice := author.Open("/desk/content/notices/N2").Sees("条目", "11月13日，市公安局", "引用它的问答")
	notice.Follow("撤回").Sees("撤回《", "不再这样回答")
	author.Open("/desk/content/revisions")
	kinds := author.Open("/desk/content/parts").Sees("问答", "联系方式")
	for name, path := range kinds.Within("联系方式").Links() {
		if strings.HasPrefix(path, "?kind=") {
			kinds.Follow(name)
		}
	}
	author.Open("/desk/content/parts?kind=intents&q=藏獒").Sees("dog.breeds")
	author.Open("/desk/content/tables").Sees("renovation")
	author.Open("/desk/content/unanswered")
	author.Open("/desk/emergencies").Follow("停水").Sees("哪里停水", "例如：示例路沿线小区")
	d.As(t, "approver").Open("/desk/content").Lacks("新公告")
	d.As(t, "committee").Open("/desk/content/tables").Follow("填报")
	if links := d.As(t, "auditor").Open("/desk/content/notices/N2").Links(); links["撤回"] != "" {
		t.Error("an auditor is shown a link that leads to a refusal")
	}
	author.Get("/desk/content/notices/N99").Want(http.StatusNotFound)
}
