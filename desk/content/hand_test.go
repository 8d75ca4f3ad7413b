package content_test

import (
	"flag"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"towncrier/api/wire"
	"towncrier/desk/desktest"
)

var atPace = flag.Bool("pace", false, "wait as long as a person takes who types, looks and presses, instead of adding it up")

// What a person takes. A character comes from an input method, of which each takes several keys.
const (
	aCharacter = 500 * time.Millisecond
	aPress     = 2 * time.Second
	aReading   = 40 * time.Second // of what is to be approved
)

// hand works in a tab at a person's pace.
type hand struct {
	*desktest.Tab
	took *time.Duration // what was not waited for
}

func (h hand) takes(d time.Duration) {
	if *atPace {
		time.Sleep(d)
		return
	}
	*h.took += d
}

func (h hand) fill(label, value string) hand {
	h.takes(aPress + time.Duration(utf8.RuneCountInString(value))*aCharacter)
	h.Fill(label, value)
	return h
}

func (h hand) press(name string) hand {
	h.takes(aPress)
	h.Press(name)
	return h
}

// TestEmergencyInThreeMinutes: on two phones, by hand, it takes three minutes at most from the first keystroke on the form to the first message, of
// somebody who types two characters a second, looks at what will be said before it is submitted, and of somebody who reads it before it is approved.
func TestEmergencyInThreeMinutes(t *testing.T) {
	desktest.InFull(t)
	d := desktest.SharedDesk(t)
	phone := desktest.View{Width: desktest.Phone}
	var took time.Duration
	author, approver := hand{d.Tab(t, "author", phone), &took}, hand{d.Tab(t, "approver", phone), &took}
	approver.Open("/desk/")
	author.Open("/desk/emergencies").Press("停电")

	began := time.Now()
	author.fill("发生了什么", "供电线路故障").fill("哪里停电", "示例路沿线小区").fill("几时起停电", "00:30").fill("请居民怎么做", "请关好电器，不要乘坐电梯").fill("由谁发布", "示例供电公司")
	author.press("先看会说什么").Sees("关于示例路沿线小区停电的公告")
	author.press("提交审批").Sees("已提交")
	id := author.Path()[strings.LastIndex(author.Path(), "/")+1:]
	id, _, _ = strings.Cut(id, "?")
	approver.press("今天要办").Sees("示例路沿线小区停电")
	hand{approver.Within("示例路沿线小区停电"), &took}.press("看内容并审批").Sees("请您审批", "校验码")
	approver.takes(aReading)
	approver.press("批准，马上发出").Sees("已批准")

	given := func() bool {
		var e wire.Emergency
		d.Call(t, "author", http.MethodGet, "/emergencies/"+id, nil, &e)
		if e.Broadcast == nil {
			return false
		}
		var p wire.Progress
		d.Call(t, "author", http.MethodGet, "/broadcasts/"+e.Broadcast.ID+"/progress", nil, &p)
		return p.Given != nil && *p.Given > 0
	}
	for !given() {
		if time.Since(began) > 3*time.Minute {
			t.Fatal("no message is out after three minutes")
		}
		time.Sleep(100 * time.Millisecond)
	}
	waited := time.Since(began)
	if took += waited; took > 3*time.Minute {
		t.Errorf("it takes %v", took)
	}
	t.Logf("%v in all, %v of it waited for", took, waited)
	author.Open("/desk/emergencies/" + id).Press("宣布结束").Press("宣布结束").Sees("已宣布结束")
}
