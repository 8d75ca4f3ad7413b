package wechat

import (
	"strconv"
	"testing"

	"towncrier/broadcast"
	"towncrier/sms"
)

// TestMeaning: a code about a resident has words of its own, and the class that its call is settled with.
func TestMeaning(t *testing.T) {
	for code, e := range classes {
		o := verdictOf(&Error{Code: code, Class: e.class})
		m := CodeInfo(strconv.Itoa(code))
		if o.State != broadcast.Failed {
			continue
		}
		if _, own := meanings[strconv.Itoa(code)]; !own && code != 40029 && code != 40163 && code != 42007 || own && string(m.Class) != o.Class || m.Text == "" {
			t.Errorf("%d: %+v, settled with %s", code, m, o.Class)
		}
	}
	if m := CodeInfo("user block"); m.Class != sms.OptedOut {
		t.Errorf("%+v", m)
	}
	if m := CodeInfo("99999"); m.Class != "" || m.Text != "原因代码未收录" {
		t.Errorf("%+v", m)
	}
}
