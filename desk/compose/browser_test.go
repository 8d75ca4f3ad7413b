package compose_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"towncrier/desk/desktest"
)

// TestComposerInChromium: what a form would do follows what is typed, a draft is kept by itself, and what somebody else kept meanwhile is not
// overwritten by it.
func TestComposerInChromium(t *testing.T) {
	desktest.InFull(t)
	d := desktest.SharedDesk(t)
	tab := d.Tab(t, "author", desktest.View{}).Open("/desk/sends/new?draft=civility")
	tab.Fill("标题", "自己存的").Sees("已存为草稿")
	if titled(t, d, "自己存的") != 1 {
		t.Fatal("it is not kept by itself")
	}
	tab.Fill("找公告", "罚款 8888").Fill("标题", "又改了名").Sees("依据的原文")
	for end := time.Now().Add(time.Minute); titled(t, d, "又改了名") == 0 && time.Now().Before(end); {
		time.Sleep(50 * time.Millisecond)
	}
	if titled(t, d, "自己存的") != 0 || titled(t, d, "又改了名") != 1 {
		t.Error("a second draft was made, or the change was not kept")
	}
	tab.Press("存草稿").Sees("又改了名", "已存为草稿。送审以前")

	other := draft(d.As(t, "author"), "另一份")
	tab.Open(other.URL.Path)
	other.Form("存草稿").Fill("标题", "同事改的").Press()
	tab.Fill("标题", "我也在改").Sees("同事刚改过这一份")
	if now := kept(t, d, other); now.Proposal.Title != "同事改的" {
		t.Errorf("a colleague's text was overwritten with %s", now.Proposal.Title)
	}
	tab.Press("存草稿").Sees("同事也改了这一份", "我也在改", "同事改的")
}

// TestComposerLooks holds the composer, filled and with faults, and the series to axe-core, to a walk by keyboard and to a phone.
func TestComposerLooks(t *testing.T) {
	desktest.InFull(t)
	d := desktest.SharedDesk(t)
	b := d.As(t, "author")
	filled := draft(b, "看样子的草稿").Form("加条件").Fill("再加", "topic").Press()
	id := kept(t, d, draft(b, "看样子的")).ID
	if filled.Status != http.StatusOK {
		t.Fatal(filled.Text())
	}
	tab := d.Tab(t, "author", desktest.View{})
	for _, path := range []string{"/desk/sends/new", "/desk/sends/" + id + "/edit", "/desk/sends/" + id + "/delete", "/desk/series", "/desk/series/new?draft=civility"} {
		tab.Open(path)
		if strings.HasSuffix(path, "/edit") {
			tab.Fill("标题", strings.Repeat("长", 70)).Press("存草稿").Sees("最多60个字")
			tab.Fill("标题", "看样子的").Press("清点人数").Sees("清点结果")
		}
		faults := append(tab.Axe(), tab.Walk()...)
		for _, width := range []int64{desktest.Phone, desktest.Reflow} {
			faults = append(faults, tab.Resize(width).Looks()...)
		}
		for _, fault := range append(faults, tab.Axe()...) {
			t.Errorf("%s: %s", path, fault)
		}
		tab.Resize(desktest.Desktop)
	}
}

// TestComposerWithoutScripts chooses an audience, counts it and submits on a phone with scripts disabled.
func TestComposerWithoutScripts(t *testing.T) {
	desktest.InFull(t)
	d := desktest.SharedDesk(t)
	tab := d.Tab(t, "author", desktest.View{Width: desktest.Phone, NoScripts: true}).Open("/desk/sends/new?draft=civility")
	tab.Fill("标题", "不用脚本").Press("清点人数").Sees("清点结果").Press("存草稿").Sees("已存为草稿")
	if titled(t, d, "不用脚本") != 1 {
		t.Error("it is not kept")
	}
}

// TestLostConnectionWhileSaving: a page that is cut off while it keeps a draft says so, holds what is typed, and keeps it once it is back, in the
// same draft.
func TestLostConnectionWhileSaving(t *testing.T) {
	desktest.InFull(t)
	d := desktest.SharedDesk(t)
	tab := d.Tab(t, "author", desktest.View{}).Open("/desk/sends/new?draft=civility")
	tab.Fill("标题", "断网以前写的").Sees("已存为草稿")
	tab.Online(false).Fill("标题", "断网以后写的").Sees("没有存上，稍后自动再试")
	if titled(t, d, "断网以前写的") != 1 {
		t.Error("it is not what it was")
	}
	tab.Online(true)
	for end := time.Now().Add(time.Minute); titled(t, d, "断网以后写的") == 0 && time.Now().Before(end); {
		time.Sleep(50 * time.Millisecond)
	}
	if titled(t, d, "断网以前写的") != 0 || titled(t, d, "断网以后写的") != 1 {
		t.Error("it is not kept, or in a second draft")
	}
	tab.Sees("已存为草稿").Lacks("没有存上")
}
