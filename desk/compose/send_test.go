package compose_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"towncrier/api/wire"
	"towncrier/cmd/towncrier/cli"
	"towncrier/desk/desktest"
)

func TestMain(m *testing.M) { desktest.Main(m) }

// call asks the API as a colleague, by the name of the file of their key.
func call(t *testing.T, d *desktest.Desk, who, method, path, body string) (status int, answer string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, d.URL+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+d.Key(t, who))
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// kept is the broadcast that a page of its own is about.
func kept(t *testing.T, d *desktest.Desk, p *desktest.Page) (b wire.Broadcast) {
	t.Helper()
	id := regexp.MustCompile(`B[A-Z2-7]{10}`).FindString(p.URL.Path)
	status, text := call(t, d, "author", http.MethodGet, "/broadcasts/"+id, "")
	if err := json.Unmarshal([]byte(text), &b); status != http.StatusOK || err != nil {
		t.Fatalf("%s: %d %s", p.URL, status, text)
	}
	return b
}

// titled are how many broadcasts have a title.
func titled(t *testing.T, d *desktest.Desk, title string) int {
	t.Helper()
	status, text := call(t, d, "author", http.MethodGet, "/broadcasts?limit=200&text="+title, "")
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	var all wire.Page[wire.Broadcast]
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	return len(all.Items)
}

// draft keeps a draft of the city's first prepared text under a title.
func draft(b *desktest.Browser, title string) *desktest.Page {
	return b.Open("/desk/sends/new?draft=civility").Form("存草稿").Fill("标题", title).Press()
}

// TestWriteABroadcast goes from a search for a notice to a submission, with and, or and not in the audience, without scripts.
func TestWriteABroadcast(t *testing.T) {
	d := desktest.SharedDesk(t)
	b := d.As(t, "author")
	p := b.Open("/desk/sends/new").Follow("从空白写起").Sees("还有5处要改", "还没有清点", "一次清点都有记录"[len("一次"):])
	p = p.Form("查找").Fill("标题", "试点登记").Fill("主题", "dogs").Fill("找公告", "养犬登记 试点").Press().Sees("N2#4").Lacks("N1#1")
	p = p.Form("填上").Tick("N2#4").Fill("从依据填写", "dog-registration").Press()
	p.Sees("盐湖区", "依据的原文", "连签名按")

	p = p.Form("加条件").Fill("再加", "区县").Press()
	p = p.Form("更新本页").Fill("区县", "盐湖区").Press().Sees("盐湖区")
	p = p.Form("满足任一").Fill("再加", "topic").Press().Sees("没有选是哪一个")
	p = p.Form("更新本页").Fill("订阅的主题", "health").Press()
	p = p.Press("排除：订阅的主题health").Sees("盐湖区，且 不属于订阅健康服务（health）的居民")
	p.Press("删除：满足任一个的一组条件").Lacks("健康服务（health）的居民")
	p.Press("删除：订阅的主题health").Lacks("健康服务（health）的居民")
	p = p.Press("清点人数").Sees("清点结果", "清点", "收不到：")
	if !regexp.MustCompile(`\d\d:\d\d 清点`).MatchString(p.Text()) {
		t.Error("the count has no stamp")
	}
	p = p.Form("存草稿").Press().Sees("已存为草稿", "试点登记")
	saved := kept(t, d, p)
	if saved.Status != "draft" || len(saved.Proposal.Messages) != 3 || len(saved.Proposal.Audience.And) == 0 {
		t.Fatalf("kept %+v", saved)
	}
	p = p.Form("送审").Press()
	for p.Status == http.StatusUnprocessableEntity && p.Has("看过并接受") { // the notice's deadlines are long over
		f := p.Form("送审")
		for _, label := range f.Labels() {
			if strings.HasPrefix(label, "看过并接受") {
				f.Tick(label)
			}
		}
		p = f.Press()
	}
	if now := kept(t, d, p); now.Status != "submitted" {
		t.Fatalf("it is %s\n%s", now.Status, p.Text())
	}
	b.Open("/desk/sends/"+saved.ID+"/edit").Sees("待审批", "一存就变回草稿").Lacks("自动存成草稿")
}

// TestNoFigureOutOfNowhere: a number, a date or an official name that no ticked passage prints cannot be submitted from a page, by the API or
// by the command; each names the field.
func TestNoFigureOutOfNowhere(t *testing.T) {
	d := desktest.SharedDesk(t)
	b := d.As(t, "author")
	for name, words := range map[string]string{"a number": "收容了9876只流浪犬", "a date": "3月15日起登记", "an official name": "市教育局来登记"} {
		p := b.Open("/desk/sends/new?draft=dog-registration").Form("存草稿").Fill("标题", "凭空的"+words).Press()
		id := kept(t, d, p).ID
		f := p.Form("送审").In("短信")
		p = f.Fill("通知内容", words).Press().Want(http.StatusUnprocessableEntity)
		if !strings.Contains(p.Body, `href="#f-sms.data.title"`) || !p.Has("引用的公告里没有") {
			t.Errorf("%s: the page names no field: %s", name, p.Text())
		}
		if got := p.Form("送审").In("短信").Value("通知内容"); got != words {
			t.Errorf("%s: what was typed is %q", name, got)
		}
		if now := kept(t, d, p); now.Status != "draft" {
			t.Fatalf("%s is %s", name, now.Status)
		}
		status, text := call(t, d, "author", http.MethodPost, "/broadcasts/"+id+"/submit", `{}`)
		if status != http.StatusUnprocessableEntity || !strings.Contains(text, `"proposal.messages.sms.data.title"`) {
			t.Errorf("%s by the API: %d %s", name, status, text)
		}
		var out bytes.Buffer
		environ := []string{"TOWNCRIER_URL=" + d.URL, "TOWNCRIER_API_KEY_FILE=" + filepath.Join(d.Folder, "keys", "author"), "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
		if code := cli.Execute(t.Context(), "test", []string{"broadcast", "submit", id}, environ, strings.NewReader(""), &out, &out); code == 0 || !strings.Contains(out.String(), "title") {
			t.Errorf("%s by the command: %d %s", name, code, out.String())
		}
		if now := kept(t, d, p); now.Status != "draft" {
			t.Fatalf("%s is %s", name, now.Status)
		}
	}
}

// TestTwoPeopleOnOneDraft: who saves second sees both texts, has lost nothing, and replaces the other only by saving again.
func TestTwoPeopleOnOneDraft(t *testing.T) {
	d := desktest.SharedDesk(t)
	first := draft(d.As(t, "author"), "两个人写")
	second := d.As(t, "author").Open(first.URL.Path)
	first.Form("存草稿").Fill("标题", "第一个人写的").Press().Sees("已存为草稿")
	p := second.Form("存草稿").Fill("标题", "第二个人写的").Press().Want(http.StatusConflict)
	p.Sees("同事也改了这一份", "第一个人写的", "第二个人写的")
	if now := kept(t, d, first); now.Proposal.Title != "第一个人写的" {
		t.Errorf("it is called %s", now.Proposal.Title)
	}
	if p.Form("存草稿").Value("标题") != "第二个人写的" {
		t.Error("what the second typed is lost")
	}
	p.Form("存草稿").Press().Sees("已存为草稿")
	if now := kept(t, d, first); now.Proposal.Title != "第二个人写的" {
		t.Errorf("it is called %s", now.Proposal.Title)
	}
}

// TestPressedTwice: a double press, the back button and a second tab make no second draft and lose no text.
func TestPressedTwice(t *testing.T) {
	d := desktest.SharedDesk(t)
	b := d.As(t, "author")
	blank := b.Open("/desk/sends/new?draft=civility")
	f := blank.Form("存草稿").Fill("标题", "只该有一份")
	one, two := f.Press(), f.Press()
	if one.URL.Path != two.URL.Path || titled(t, d, "只该有一份") != 1 {
		t.Fatalf("%s and %s: %d drafts", one.URL.Path, two.URL.Path, titled(t, d, "只该有一份"))
	}
	// Back to the empty form, which is saved again with another text.
	p := blank.Form("存草稿").Fill("标题", "退回来再写").Press().Want(http.StatusUnprocessableEntity).Sees("已经存过一次")
	if p.Form("存草稿").Value("标题") != "退回来再写" || titled(t, d, "退回来再写") != 0 {
		t.Error("it was kept, or its text is lost")
	}
	p.Form("存草稿").Press().Sees("已存为草稿")
	if titled(t, d, "退回来再写") != 1 {
		t.Error("it was not kept knowingly")
	}
	// An edit pressed twice, and gone back to.
	edit := one.Form("存草稿").Fill("标题", "改一次")
	edit.Press().Sees("已存为草稿")
	edit.Press().Sees("已存为草稿")
	before := kept(t, d, one).Version
	p = one.Form("存草稿").Fill("标题", "退回来又改").Press().Want(http.StatusConflict)
	p.Sees("改一次", "退回来又改")
	if now := kept(t, d, one); now.Version != before || now.Proposal.Title != "改一次" {
		t.Errorf("version %d called %s", now.Version, now.Proposal.Title)
	}
	// A submission pressed twice.
	send := p.Form("送审").Fill("标题", "送审两次")
	for _, label := range send.Labels() {
		if strings.HasPrefix(label, "看过并接受") {
			send.Tick(label)
		}
	}
	send.Press()
	submitted := kept(t, d, one)
	send.Press()
	if now := kept(t, d, one); now.Status != "submitted" || now.Version != submitted.Version {
		t.Errorf("pressed twice it is %s, version %d after %d", now.Status, now.Version, submitted.Version)
	}
}

const hostile = `"><script>alert(1)</script><img src=x onerror=alert(2)>` + "\u202ejpg.exe 😀 {{.}} </textarea>"

// TestHostileTextIsShownAsText: whatever is written into any field comes back as it was typed, and is nothing but text.
func TestHostileTextIsShownAsText(t *testing.T) {
	d := desktest.SharedDesk(t)
	f := d.As(t, "author").Open("/desk/sends/new?draft=civility").Form("逐处检查")
	for _, label := range []string{"标题", "找公告", "多久没有回执就算没送到", "发送日期", "发送时间"} {
		f.Fill(label, hostile)
	}
	for _, channel := range []string{"微信订阅通知", "微信模板消息", "短信"} {
		in := f.In(channel)
		for _, label := range in.Labels() {
			if !strings.HasPrefix(label, "发") && !strings.HasSuffix(label, "的模板") {
				in.Fill(label, hostile)
			}
		}
	}
	p := f.Press()
	if strings.Contains(p.Body, "<script>alert") || strings.Contains(p.Body, "<img") {
		t.Fatal("markup came through")
	}
	if got := p.Form("存草稿").Value("标题"); got != hostile {
		t.Errorf("the title is %q", got)
	}
	long := strings.Repeat("长", 10_000)
	p = p.Form("存草稿").Fill("标题", long).Press().Want(http.StatusUnprocessableEntity)
	if p.Form("存草稿").Value("标题") != long {
		t.Error("ten thousand characters are lost")
	}
}

// TestAPageIsCountedOnce: opening a page with many parts forty times is no flood.
func TestAPageIsCountedOnce(t *testing.T) {
	b := desktest.SharedDesk(t).SignIn(t, "author")
	for range 40 { // some three hundred operations
		b.Open("/desk/sends/new?blank=yes")
	}
}

// TestForgedForms: what no page of ours posts is refused with the field, and nothing is kept.
func TestForgedForms(t *testing.T) {
	d := desktest.SharedDesk(t)
	b := d.As(t, "author")
	for field, form := range map[string]map[string]string{
		"rule.kind":   {"rule.kind": "openid"},
		"cite":        {"cite": "N2#x"},
		"channel":     {"channel": "email"},
		"send.date":   {"send": "at", "send.date": "2026-13-01", "send.time": "09:00"},
		"window.from": {"window.from": "soon", "window.to": "20:00"},
	} {
		posted := map[string][]string{"nonce": {"forged" + strings.ReplaceAll(field, ".", "")}, "do": {"save"}, "title": {"伪造的表单"}}
		for name, value := range form {
			posted[name] = []string{value}
		}
		p := b.Post("/desk/sends/new", posted).Want(http.StatusUnprocessableEntity)
		if !strings.Contains(p.Body, `href="#f-`+field+`"`) {
			t.Errorf("%s is not named: %s", field, p.Text())
		}
	}
	if n := titled(t, d, "伪造的表单"); n != 0 {
		t.Errorf("%d were kept", n)
	}
}

// TestCommitteeSeesItsOwn: a committee's official sends to their committee, whatever a form says.
func TestCommitteeSeesItsOwn(t *testing.T) {
	d := desktest.SharedDesk(t)
	p := d.As(t, "committee").Open("/desk/sends/new?draft=civility").Sees("只发给本社区的居民").Lacks("由谁发")
	p = p.Form("存草稿").Fill("标题", "社区自己的").Press().Sees("已存为草稿")
	if b := kept(t, d, p); b.Proposal.Committee == "" {
		t.Error("it is the city's")
	}
}

// TestDeleteADraft asks first.
func TestDeleteADraft(t *testing.T) {
	d := desktest.SharedDesk(t)
	p := draft(d.As(t, "author"), "不要的草稿").Follow("删除草稿").Sees("删了就找不回来")
	if titled(t, d, "不要的草稿") != 1 {
		t.Error("asking deletes")
	}
	p.Form("删除这份草稿").Press()
	if titled(t, d, "不要的草稿") != 0 {
		t.Error("it is there still")
	}
}
