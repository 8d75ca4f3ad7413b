package desk_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/desk/desktest"
	"towncrier/sandbox/platform"
)

// TestAColleagueIsToldWhatWaits, in few words, by a template message that leads nowhere but to the console; and not of what they do not want to hear.
func TestAColleagueIsToldWhatWaits(t *testing.T) {
	desktest.InFull(t)
	d := desktest.OpenDesk(t)
	approver, second := d.SignIn(t, "approver"), d.SignIn(t, "approver2")
	phone, other := d.Handset(t, 0), d.Handset(t, 1)
	f := second.Open("/desk/me").Form("保存")
	for _, kind := range []string{"紧急事项", "等我审批或确认"} {
		f.Untick(kind)
	}
	f.Press().Sees("已保存要在微信里提醒您的事")
	if f := second.Open("/desk/me").Form("保存"); f.Ticked("紧急事项") || !f.Ticked("退回给我的") {
		t.Error("what was chosen is not kept")
	}
	bound(t, d, second, other)
	bound(t, d, approver, phone)
	d.Call(t, "author", "POST", "/emergencies", map[string]any{"template": "water", "audience": map[string]any{"all": true},
		"fields": map[string]string{"what": "供水主管道爆裂", "where": "示例路沿线小区", "since": "00:30", "advice": "请提前储水", "issuer": "示例供水公司"}}, nil)
	told := func(h *desktest.Handset) (all []platform.Entry) {
		return slices.DeleteFunc(h.Record(), func(e platform.Entry) bool { return e.Via != platform.ByTemplate })
	}
	for end := time.Now().Add(3 * time.Minute); len(told(phone)) == 0 && time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
	}
	all := told(phone)
	if len(all) != 1 {
		t.Fatalf("an approver is shown %+v", all)
	}
	shown, err := json.Marshal(all[0].Notice)
	if text := string(shown); err != nil || !strings.Contains(text, "应急公告待审批") || strings.Contains(text, "爆裂") || strings.Contains(text, "演示") {
		t.Errorf("an approver reads %s", text)
	}
	if all := told(other); len(all) > 0 {
		t.Errorf("who wants to hear nothing of it is shown %+v", all)
	}
	approver.Open("/desk/").Sees("应急公告待审批")
}
