package sandbox_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"towncrier/broadcast"
	"towncrier/sandbox"
	pretendsms "towncrier/sandbox/sms"
)

// TestSMSBatchTellsEachItsOwn sends a batch in which some neighbours say the same and others differ in sign or variables.
func TestSMSBatchTellsEachItsOwn(t *testing.T) {
	const other = "另一签名"
	tw := openSMS(t, nil, func(c *sandbox.Config) {
		c.SMS.Signs = []string{pretendsms.DefaultSign, other}
		c.SMS.Templates = []pretendsms.Template{{Code: "SMS_1", Kind: pretendsms.NoticeTemplate, Text: "${what}请查收。"}}
	})
	odd := "a+b c*d~e%20&f=g/" // what the signature's encoding has to get right
	letters := []struct{ sign, what string }{
		{pretendsms.DefaultSign, "甲"}, {pretendsms.DefaultSign, "甲"}, {pretendsms.DefaultSign, odd}, {other, odd}, {other, "甲"}, {pretendsms.DefaultSign, "甲"},
	}
	var numbers, signs []string
	var params []map[string]string
	for i, l := range letters {
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
	got, _ := tw.smsCall(t, "POST", "SendBatchSms", "TemplateCode", "SMS_1", "OutId", "a *~",
		"PhoneNumberJson", list(numbers), "SignNameJson", list(signs), "TemplateParamJson", list(params))
	if got["Code"] != "OK" {
		t.Fatal(got)
	}
	for i, l := range letters {
		texts := tw.Record.Texts(numbers[i])
		if len(texts) != 1 {
			t.Fatalf("%s has %d texts, want 1", numbers[i], len(texts))
		}
		e := texts[0]
		if want := "【" + l.sign + "】" + l.what + "请查收。"; e.Text != want || e.SMS.Sign != l.sign || e.SMS.Params["what"] != l.what || e.SMS.Parts != 1 {
			t.Errorf("%s got %q with %+v, want %q", numbers[i], e.Text, e.SMS, want)
		}
	}
}

// TestNoticesTellEachTheirOwn sends the same words again and others in between, good and bad.
func TestNoticesTellEachTheirOwn(t *testing.T) {
	tw, _, _ := notices(t, broadcast.Template, nil)
	token := tw.fetchToken(t)
	words := func(title string) string {
		return `{"thing1":{"value":"` + title + `"},"thing2":{"value":"出门请牵绳"},"time3":{"value":"08:00"}}`
	}
	sent := 0
	for _, c := range []struct {
		data, title string
		code        int
	}{
		{words("养犬"), "养犬", 0}, {words("养犬"), "养犬", 0}, {words("停水"), "停水", 0}, {words(""), "", 47003}, {`{"thing1":1}`, "", 47001},
		{words("停水"), "停水", 0}, {words("养犬"), "养犬", 0}, {words(""), "", 47003}, {`null`, "", 47003},
	} {
		got, _ := tw.api(t, "message/template/send", with(token), `{"touser":"`+jia+`","template_id":"`+messageForm.ID+`","data":`+c.data+`}`)
		if code(got) != c.code {
			t.Fatalf("%s: %v, want %d", c.data, got, c.code)
		}
		if c.code == 0 {
			sent++
		}
		record := tw.Record.Of(jia)
		if len(record) != sent {
			t.Fatalf("%s: %d notices are recorded, want %d", c.data, len(record), sent)
		}
		if c.code == 0 && record[sent-1].Notice.Items[0].Value != c.title {
			t.Errorf("%s: recorded as %+v", c.data, record[sent-1].Notice)
		}
	}
}
