package sms_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"towncrier/sandbox"
	"towncrier/sandbox/sandboxtest"
	pretendsms "towncrier/sandbox/sms"
)

// TestBatchTellsEachItsOwn sends a batch in which some neighbours say the same and others differ in sign or variables.
func TestBatchTellsEachItsOwn(t *testing.T) {
	const other = "另一签名"
	f := sandboxtest.OpenSMS(t, nil, func(c *sandbox.Config) {
		c.SMS.Signs = []string{pretendsms.DefaultSign, other}
		c.SMS.Templates = []pretendsms.Template{{Code: "SMS_1", Kind: pretendsms.NoticeTemplate, Text: "${what}请查收。"}}
	})
	odd := "a+b c*d~e%20&f=g/" // what the signature's encoding has to get right
	texts := []struct{ sign, what string }{
		{pretendsms.DefaultSign, "甲"}, {pretendsms.DefaultSign, "甲"}, {pretendsms.DefaultSign, odd}, {other, odd}, {other, "甲"}, {pretendsms.DefaultSign, "甲"},
	}
	var numbers, signs []string
	var params []map[string]string
	for i, l := range texts {
		numbers, signs = append(numbers, fmt.Sprintf("1990000%04d", i)), append(signs, l.sign)
		params = append(params, map[string]string{"what": l.what})
	}
	list := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	got, _ := f.SMSCall(t, "POST", "SendBatchSms", "TemplateCode", "SMS_1", "OutId", "a *~",
		"PhoneNumberJson", list(numbers), "SignNameJson", list(signs), "TemplateParamJson", list(params))
	if got["Code"] != "OK" {
		t.Fatal(got)
	}
	for i, l := range texts {
		texts := f.Record.Texts(numbers[i])
		if len(texts) != 1 {
			t.Fatalf("%s has %d texts, want 1", numbers[i], len(texts))
		}
		e := texts[0]
		if want := "【" + l.sign + "】" + l.what + "请查收。"; e.Text != want || e.SMS.Sign != l.sign || e.SMS.Params["what"] != l.what || e.SMS.Parts != 1 {
			t.Errorf("%s got %q with %+v, want %q", numbers[i], e.Text, e.SMS, want)
		}
	}
}
