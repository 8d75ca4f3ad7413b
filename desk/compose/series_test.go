package compose_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"towncrier/api/wire"
	"towncrier/desk/desktest"
)

// seriesOf is the series that a page is about.
func seriesOf(t *testing.T, d *desktest.Desk, p *desktest.Page) (s wire.Series) {
	t.Helper()
	id := regexp.MustCompile(`S[A-Z2-7]{10}`).FindString(p.URL.Path)
	status, text := call(t, d, "author", http.MethodGet, "/series/"+id, "")
	if err := json.Unmarshal([]byte(text), &s); status != http.StatusOK || err != nil {
		t.Fatalf("%s: %d %s", p.URL, status, text)
	}
	return s
}

// acceptAll ticks every warning that is accepted by its name.
func acceptAll(f *desktest.Form) *desktest.Form {
	for _, label := range f.Labels() {
		if strings.HasPrefix(label, "看过并接受") {
			f.Tick(label)
		}
	}
	return f
}

// TestWriteASeries: a schedule in words with its next five times, an approval that an edit voids and that is said before, and a stop with a reason.
func TestWriteASeries(t *testing.T) {
	d := desktest.SharedDesk(t)
	b := d.As(t, "author")
	p := b.Open("/desk/series/new?draft=civility").Sees("每周一 09:00", "接下来五次")
	until := time.Now().AddDate(1, 0, 0).Format("2006-01-02")
	f := p.Form("保存并等批准").Fill("标题", "每周提醒").Tick("每月").Fill("几点", "10:30").Fill("发到哪一天为止", until)
	p = f.Press().Want(http.StatusUnprocessableEntity).Sees("没有选哪一天")
	p = p.Form("逐处检查").Tick("15日").Tick("最后一天").Press().Sees("每月15日、最后一天 10:30")
	p = acceptAll(p.Form("保存并等批准")).Press().Sees("每周提醒", "等审批", "还没有批准，一次也不会发")
	s := seriesOf(t, d, p)
	if s.Cron != "30 10 15,L * *" || s.Approver != "" {
		t.Fatalf("kept %+v", s)
	}
	yes, err := json.Marshal(wire.Approval{Hash: s.Hash, Accept: s.Accepted})
	if err != nil {
		t.Fatal(err)
	}
	if status, text := call(t, d, "approver", http.MethodPost, "/series/"+s.ID+"/approve", string(yes)); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	p = b.Open("/desk/series/" + s.ID).Sees("进行中")
	b.Open("/desk/series").Sees("每周提醒", "至", "每月15日、最后一天 10:30")
	edit := p.Follow("修改").Sees("原来的批准就作废")
	if f := edit.Form("保存并等批准"); !f.Ticked("15日") || !f.Ticked("最后一天") || f.Value("几点") != "10:30" || f.Value("发到哪一天为止") != until {
		t.Error("the form does not say what is kept")
	}
	p = acceptAll(edit.Form("保存并等批准").Tick("别的周期").Fill("周期", "0 9 * * 99")).Press().Want(http.StatusUnprocessableEntity)
	if !strings.Contains(p.Body, `href="#f-cron"`) {
		t.Errorf("the field is not named: %s", p.Text())
	}
	p = acceptAll(p.Form("保存并等批准").Fill("周期", "0 9 1 1 *")).Press().Sees("等审批")
	p.Follow("停止").Form("停止").Fill("为什么停", "活动结束").Press().Sees("已停止", "活动结束")
}

// TestTwoPeopleOnOneSeries: the second sees both texts, and the schedules.
func TestTwoPeopleOnOneSeries(t *testing.T) {
	d := desktest.SharedDesk(t)
	b := d.As(t, "author")
	p := acceptAll(b.Open("/desk/series/new?draft=civility").Form("保存并等批准").Fill("标题", "两人的系列")).Press().Sees("等审批")
	first, second := p.Follow("修改"), p.Follow("修改")
	acceptAll(first.Form("保存并等批准").Fill("标题", "先改的").Fill("几点", "08:30")).Press().Sees("先改的")
	p = acceptAll(second.Form("保存并等批准").Fill("标题", "后改的")).Press().Want(http.StatusConflict)
	p.Sees("同事也改了这一份", "先改的", "后改的", "每周一 08:30", "每周一 09:00")
	if s := seriesOf(t, d, p); s.Proposal.Title != "先改的" {
		t.Errorf("it is called %s", s.Proposal.Title)
	}
}
