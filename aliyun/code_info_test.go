package aliyun

import (
	"strings"
	"testing"

	"towncrier/sms"
)

// TestMeaning: every code that is known has words for officials, and a permanent receipt is never a matter of waiting.
func TestMeaning(t *testing.T) {
	for code, v := range verdicts {
		if m := CodeInfo(code); m.Class != v.class || m.Text == "" {
			t.Errorf("%s: %+v, want class %s", code, m, v.class)
		}
	}
	for code, f := range receiptStatuses {
		m := CodeInfo(code)
		if m.Text != f.Meaning || f.Permanent && m.Class != sms.Refused && m.Class != sms.OptedOut {
			t.Errorf("%s: %+v, of %+v", code, m, f)
		}
	}
	for code := range receiptClasses {
		if _, known := receiptStatuses[code]; !known {
			t.Errorf("%s is no receipt's code", code)
		}
	}
	for code, says := range map[string]string{"DB:0144": "网关", "MK:0001": "空号", "isv.NEW_CODE": "没有接受", "?": "未收录"} {
		if m := CodeInfo(code); !strings.Contains(m.Text, says) || m.Class != "" {
			t.Errorf("%s: %+v, want it to say %s", code, m, says)
		}
	}
}
