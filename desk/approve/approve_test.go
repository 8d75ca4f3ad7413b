package approve_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"towncrier/api/wire"
	"towncrier/cmd/towncrier/rehearsal"
	"towncrier/desk/desktest"
	desk "towncrier/desk/page"
)

func TestMain(m *testing.M) { desktest.Main(m) }

// town is a served city with its colleagues.
type town struct {
	*testing.T
	*desktest.Desk
}

func open(t *testing.T, settings ...desktest.Setting) town {
	return town{t, desktest.OpenDesk(t, settings...)}
}

// sign has a colleague sign in.
func (c town) sign(name string) *desktest.Browser {
	c.Helper()
	b := desktest.Browse(c.T, c.URL)
	b.Open("/desk/login").Press(name)
	return b
}

// do calls the API with a colleague's key, and reads its answer into out.
func (c town) do(key, method, path string, body, out any) {
	c.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		c.Fatal(err)
	}
	req, err := http.NewRequestWithContext(c.Context(), method, c.URL+wire.Prefix+path, strings.NewReader(string(text)))
	if err != nil {
		c.Fatal(err)
	}
	if method == http.MethodGet {
		req.Body = http.NoBody
	}
	req.Header.Set("Authorization", "Bearer "+c.Key(c.T, key))
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode > 299 {
		c.Fatalf("%s %s: %d %s %v", method, path, resp.StatusCode, answer, err)
	}
	if err := json.Unmarshal(answer, out); err != nil {
		c.Fatal(err)
	}
}

// submitted is a broadcast that the author asks an approval for.
func (c town) submitted() wire.Broadcast {
	c.Helper()
	var b wire.Broadcast
	c.do("author", "POST", "/broadcasts", map[string]any{"draft": "civility", "proposal": map[string]any{"title": "文明养犬提醒"}}, &b)
	return c.submit(b)
}

func (c town) submit(b wire.Broadcast) wire.Broadcast {
	c.Helper()
	c.do("author", "POST", "/broadcasts/"+b.ID+"/submit", map[string]any{"accept": named(b)}, &b)
	return b
}

// named are the warnings that want to be accepted.
func named(b wire.Broadcast) []string {
	names := []string{}
	for _, w := range b.Warnings {
		if w.Name != "" {
			names = append(names, w.Name)
		}
	}
	return names
}

func at(b wire.Broadcast) string { return "/desk/sends/" + b.ID + "/approve" }

// approve fills in the form of an approval.
func approve(p *desktest.Page, b wire.Broadcast) *desktest.Form {
	f := p.Form("批准")
	for _, w := range b.Warnings {
		if w.Name != "" {
			f.Tick(w.Text)
		}
	}
	return f
}

func typed(b wire.Broadcast) string { return strings.Trim(b.SizeLabel, "约人") }

// TestSignedIsShown: every field that is hashed is on the page and on the 审核单; whatever is changed in another session after the page was
// opened, the approval is refused with the difference.
func TestSignedIsShown(t *testing.T) {
	c := open(t)
	b := c.submitted()
	approver := c.sign("演示审批员")
	page, sheet := approver.Open(at(b)), approver.Open("/desk/sends/"+b.ID+"/sheet")
	var signed wire.Signed
	c.do("approver", "GET", "/broadcasts/"+b.ID+"/signed", nil, &signed)
	n := 0
	for _, g := range signed.Groups {
		page.Sees(g.Label)
		for _, f := range g.Fields {
			n++
			for _, p := range []*desktest.Page{page, sheet} {
				p.Sees(f.Label)
				if value := strings.Join(strings.Fields(f.Value), " "); value != "" {
					p.Sees(value)
				}
			}
		}
	}
	if n < 60 || !signed.Intact {
		t.Fatalf("%d fields, intact %v", n, signed.Intact)
	}
	page.Sees("首次送审", "现在的人数", "不在签批之内", "请您审批")
	form := approve(page, b).Fill("收到的人很多", typed(b))
	for i, change := range []func(*wire.Proposal){
		func(p *wire.Proposal) { p.Title += "！" },
		func(p *wire.Proposal) { p.Messages[0].Data["thing1"] = "文明养犬提示" },
		func(p *wire.Proposal) { p.Cites = p.Cites[:2] },
		func(p *wire.Proposal) { p.Window = "08:00-19:59" },
		func(p *wire.Proposal) { p.Fallback.WaitMinutes = 31 },
	} {
		change(&b.Proposal)
		var edited wire.Broadcast
		c.do("author", "PUT", "/broadcasts/"+b.ID, wire.ChangeBroadcast{Version: b.Version, Proposal: b.Proposal}, &edited)
		b = c.submit(edited)
		refused := form.Press().Want(http.StatusConflict).Sees("您看过以后，内容变了", "改")
		if i == 0 {
			refused.Within("标题").Sees("增！")
		}
		var now wire.Broadcast
		c.do("author", "GET", "/broadcasts/"+b.ID, nil, &now)
		if now.Status != "submitted" {
			t.Fatalf("change %d: it is %s", i, now.Status)
		}
		form = approve(refused, b)
	}
	few := form.Fill("收到的人很多", "7").Press().Want(http.StatusUnprocessableEntity).Sees("与第5次送审相比", "与签批内容里的人数不符")
	done := approve(few, b).Fill("收到的人很多", typed(b)).Press().Want(http.StatusOK).Sees("已批准")
	done.Press("排期").Want(http.StatusOK)
	approver.Open("/desk/sends/"+b.ID+"/sheet").Sees("批准", "演示审批员", "演示撰稿员", "校验码")
	nested := map[string]any{"and": []any{map[string]any{"area": "盐湖区"}, map[string]any{"or": []any{map[string]any{"topic": "dogs"}, map[string]any{"committee": "demo-1"}}}}}
	c.do("author", "POST", "/broadcasts", map[string]any{"draft": "civility", "proposal": map[string]any{"title": "只给一部分人", "audience": nested}}, &b)
	c.submit(b)
	if paper := approver.Open("/desk/sends/"+b.ID+"/sheet").Sees("└ 区县", "└ 符合一项就行"); !strings.Contains(paper.Body, "　└ 订阅的主题") {
		t.Error("the paper does not say what is part of which condition")
	}
}

// TestReturned: a return wants a reason; its author reads it, and reads who can approve what they wrote.
func TestReturned(t *testing.T) {
	c := open(t)
	b := c.submitted()
	author, approver := c.sign("演示撰稿员"), c.sign("演示审批员")
	own := author.Open(at(b)).Sees("您写过这份，请另一位审批", "演示审批员", "演示第二审批员")
	for _, button := range own.Buttons() {
		if button == "批准" || button == "退回修改" {
			t.Errorf("the author is offered %s", button)
		}
	}
	approver.Open(at(b)).Form("退回修改").Press().Want(http.StatusUnprocessableEntity).Sees("没有填写")
	approver.Open(at(b)).Form("退回修改").Fill("原因", "请写明<b>从哪天起</b>").Press().Want(http.StatusOK).Sees("已退回修改", "请写明<b>从哪天起</b>")
	author.Open(at(b)).Sees("请写明<b>从哪天起</b>", "退回")
}

// TestTwoSign: the first signs, and the same page goes on to the second.
func TestTwoSign(t *testing.T) {
	c := open(t, func(cfg *rehearsal.Config) { cfg.Broadcast.Approvals = 2 })
	b := c.submitted()
	first, second := c.sign("演示审批员"), c.sign("演示第二审批员")
	first.Open(at(b)).Sees("由另一位终审")
	approve(first.Open(at(b)), b).Fill("收到的人很多", typed(b)).Press().Want(http.StatusOK).Sees("已复审", "等另一位终审", "演示第二审批员")
	approve(second.Open(at(b)).Sees("请您终审", "演示审批员"), b).Fill("收到的人很多", typed(b)).Press().Want(http.StatusOK).Sees("已批准")
	paper := second.Open("/desk/sends/"+b.ID+"/sheet").Sees("复审", "终审", "演示审批员", "演示第二审批员", "扫码")
	address, err := desk.NewQR(c.URL+at(b), "")
	if err != nil || !strings.Contains(paper.Body, address.Path) {
		t.Errorf("no code on the paper leads to its approval: %v", err)
	}
}

// TestPressedTwice: what is pressed again is done once; an approval wants the second factor for its hash.
func TestPressedTwice(t *testing.T) {
	c := open(t)
	var b wire.Broadcast
	const hostile = `"><script>alert(1)</script>😀`
	c.do("author", "POST", "/broadcasts", map[string]any{"draft": "civility", "proposal": map[string]any{"title": hostile}}, &b)
	b = c.submit(b)
	approver := c.sign("演示审批员")
	form := approve(approver.Open(at(b)).Sees(hostile), b).Fill("收到的人很多", typed(b))
	form.Fill("验证码", "000000").Press().Want(http.StatusUnprocessableEntity)
	form = approve(approver.Open(at(b)), b).Fill("收到的人很多", typed(b))
	for range 2 {
		form.Press().Want(http.StatusOK).Sees("已批准")
	}
	var revisions wire.Page[wire.BroadcastRevision]
	c.do("auditor", "GET", "/broadcasts/"+b.ID+"/revisions", nil, &revisions)
	if n := len(revisions.Items); n != 3 || revisions.Items[0].Act != "approve" {
		t.Errorf("%d revisions: %+v", n, revisions.Items)
	}
}

// TestHeld: what is on hold says why, and goes on when an approver who wrote nothing of it confirms it.
func TestHeld(t *testing.T) {
	c := open(t, func(cfg *rehearsal.Config) { cfg.Residents, cfg.History = 120, true })
	var held wire.Page[wire.Broadcast]
	c.do("approver", "GET", "/broadcasts?status=held", nil, &held)
	if len(held.Items) == 0 {
		t.Fatal("the city has none on hold")
	}
	b := held.Items[0]
	c.sign("演示撰稿员").Open(at(b)).Lacks("确认发送")
	c.sign("演示审批员").Open(at(b)).Sees("请您再次确认", b.Why).Press("确认发送").Want(http.StatusOK).Sees("已确认")
}

// TestSeries: what waits leads from home to what is signed of it; it is returned with a reason, and approved by another with the second factor,
// by the hash of what they saw.
func TestSeries(t *testing.T) {
	c := open(t)
	author, approver := c.sign("演示撰稿员"), c.sign("演示审批员")
	write := func(f *desktest.Form) wire.Series {
		for _, label := range f.Labels() {
			if strings.HasPrefix(label, "看过并接受") {
				f.Tick(label)
			}
		}
		p := f.Press().Want(http.StatusOK).Sees("等审批")
		var s wire.Series
		c.do("approver", "GET", "/series/"+strings.TrimPrefix(p.URL.Path, "/desk/series/"), nil, &s)
		return s
	}
	s := write(author.Open("/desk/series/new?draft=civility").Form("保存并等批准").Fill("标题", "每周提醒"))
	path := "/desk/series/" + s.ID
	own := author.Open(path+"/approve").Sees("您写过这份，请另一位审批", "演示审批员")
	if buttons := own.Buttons(); slices.Contains(buttons, "批准") || slices.Contains(buttons, "退回修改") {
		t.Errorf("the author is offered %v", buttons)
	}
	page := approver.Open("/desk/").Follow("看内容并审批：定期发送待审批，每周提醒").Sees("请您审批", "校验码")
	if page.URL.Path != path+"/approve" {
		t.Fatalf("home leads to %s", page.URL.Path)
	}
	var signed wire.Signed
	c.do("approver", "GET", "/series/"+s.ID+"/signed", nil, &signed)
	n := 0
	for _, g := range signed.Groups {
		for _, f := range g.Fields {
			n++
			page.Sees(f.Label)
			if value := strings.Join(strings.Fields(f.Value), " "); value != "" {
				page.Sees(value)
			}
		}
	}
	if n < 40 || !signed.Intact {
		t.Fatalf("%d fields, intact %v", n, signed.Intact)
	}
	yes := func(p *desktest.Page, s wire.Series) *desktest.Form {
		f := p.Form("批准")
		for _, label := range f.Labels() {
			for _, w := range s.Warnings {
				if w.Name != "" && strings.HasPrefix(label, w.Text) {
					f.Tick(label)
				}
			}
		}
		if slices.ContainsFunc(f.Labels(), func(l string) bool { return strings.HasPrefix(l, "收到的人很多") }) {
			f.Fill("收到的人很多", strings.Trim(s.SizeLabel, "约人"))
		}
		return f
	}
	stale := yes(page, s)
	s = write(author.Open(path+"/edit").Form("保存并等批准").Fill("标题", "每周一提醒"))
	stale.Press().Want(http.StatusConflict).Sees("您看过以后，内容变了")
	approver.Open(path + "/approve").Form("退回修改").Press().Want(http.StatusUnprocessableEntity).Sees("没有填写")
	approver.Open(path+"/approve").Form("退回修改").Fill("原因", "请写明到哪天").Press().Want(http.StatusOK).Sees("已退回修改", "请写明到哪天")
	s = write(author.Open(path+"/edit").Form("保存并等批准").Fill("标题", "每周一的提醒"))
	yes(approver.Open(path+"/approve"), s).Fill("验证码", "000000").Press().Want(http.StatusUnprocessableEntity)
	form := yes(approver.Open(path+"/approve"), s)
	for range 2 {
		form.Press().Want(http.StatusOK).Sees("已批准", "进行中")
	}
	c.do("approver", "GET", "/series/"+s.ID, nil, &s)
	paper := approver.Open(path+"/approve").Follow("打印审核单").Sees("定期发送审核单：每周一的提醒", "起草", "送审", "演示撰稿员", "演示审批员", "扫码", "每周一").Lacks("（还没有）")
	if address, err := desk.NewQR(c.URL+path+"/approve", ""); err != nil || !strings.Contains(paper.Body, address.Path) {
		t.Errorf("no code on the paper leads to its approval: %v", err)
	}
	if s.Approver == "" || s.Hash == signed.Hash {
		t.Errorf("approved by %q: %s", s.Approver, s.Hash)
	}
}

// TestPhone: all of it is read and approved on a phone.
func TestPhone(t *testing.T) {
	desktest.InFull(t)
	c := open(t)
	b := c.submitted()
	approver := c.sign("演示审批员")
	tab := desktest.OpenTab(t, c.URL, desktest.View{Width: desktest.Phone}).Carry(approver).Open(at(b))
	for _, fault := range append(tab.Looks(), tab.Axe()...) {
		t.Error(fault)
	}
	tab.Fill("收到的人很多", typed(b))
	for _, w := range b.Warnings {
		if w.Name != "" {
			tab.Tick(w.Text)
		}
	}
	tab.Press("批准").Sees("已批准")
}
