package sms_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	sdkcredentials "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	sdkerrors "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/dysmsapi"

	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	"towncrier/sandbox/sandboxtest"
	pretendsms "towncrier/sandbox/sms"
	pretendwechat "towncrier/sandbox/wechat"
)

// TestQuery pages through a day's texts, the newest first, and asks wrongly.
func TestQuery(t *testing.T) {
	f := sandboxtest.OpenSMS(t, nil, func(c *sandbox.Config) { c.SMS.Delay = time.Hour })
	var bizIDs []string
	for i := range 3 {
		bizIDs = append(bizIDs, f.SendCode(t, sandboxtest.JiaPhone, fmt.Sprint("out-", i)))
		f.Clock.Advance(time.Minute)
	}
	outs := func(answer map[string]any) string {
		var list []string
		for _, row := range sandboxtest.Rows(t, answer) {
			list = append(list, row.(map[string]any)["OutId"].(string))
		}
		return fmt.Sprint(answer["TotalCount"], list)
	}
	got := f.Query(t, sandboxtest.JiaPhone)
	row := sandboxtest.Rows(t, got)[0].(map[string]any)
	if row["SendStatus"] != json.Number("1") || row["ErrCode"] != "REQUEST_SUCCESS" || row["ReceiveDate"] != nil {
		t.Errorf("before the receipt: %v", row)
	}
	for _, c := range []struct {
		what, want string
		more       []string
	}{
		{"all", "3[out-2 out-1 out-0]", nil},
		{"first page", "3[out-2 out-1]", []string{"PageSize", "2"}},
		{"second page", "3[out-0]", []string{"PageSize", "2", "CurrentPage", "2"}},
		{"beyond", "3[]", []string{"CurrentPage", "9"}},
		{"one call", "1[out-1]", []string{"BizId", bizIDs[1]}},
		{"another number", "0[]", []string{"PhoneNumber", sandboxtest.YiPhone}},
		{"30 days ago", "0[]", []string{"SendDate", f.Clock.Now().UTC().Add(8*time.Hour).AddDate(0, 0, -30).Format("20060102")}},
	} {
		if got := outs(f.Query(t, sandboxtest.JiaPhone, c.more...)); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
	for _, wrong := range [][]string{
		{"PageSize", "0"}, {"PageSize", "51"}, {"PageSize", "ten"}, {"CurrentPage", "0"}, {"SendDate", "2026-01-01"},
		{"SendDate", f.Clock.Now().UTC().Add(8*time.Hour).AddDate(0, 0, -31).Format("20060102")},
		{"SendDate", f.Clock.Now().UTC().Add(8*time.Hour).AddDate(0, 0, 1).Format("20060102")},
	} {
		if got := f.Query(t, sandboxtest.JiaPhone, wrong...); got["Code"] != "isv.INVALID_PARAMETERS" {
			t.Errorf("%q: %v", wrong, got)
		}
	}
	if got := f.Query(t, sandboxtest.JiaPhone+","+sandboxtest.YiPhone); got["Code"] != "isv.MOBILE_NUMBER_ILLEGAL" {
		t.Errorf("two numbers: %v", got)
	}
}

// TestReply pushes what a resident answers, also one who does not follow the account, and a number that belongs to no resident.
func TestReply(t *testing.T) {
	to := sandboxtest.NewCallbacks(t, nil)
	f := sandboxtest.OpenSMS(t, to)
	got, _ := f.SMSCall(t, "POST", "SendSms", sandboxtest.CodeTo(sandboxtest.JiaPhone, "SmsUpExtendCode", "77")...)
	if got["Code"] != "OK" {
		t.Fatal(got)
	}
	to.Next(t)
	d := f.Do(t, sandboxtest.Jia, platform.Action{Kind: platform.ReplySMS, Text: "T"})
	push := to.Next(t)
	item := push.Items(t)[0]
	if push.Path != "/sms/reply/unguessable" || item["phone_number"] != sandboxtest.JiaPhone || item["content"] != "T" || item["dest_code"] != "106900000077" ||
		item["sequence_id"] != d.Sent.SMS.Sequence || item["send_time"] == "" || len(item) != 5 {
		t.Errorf("pushed to %s %s", push.Path, push.Body)
	}
	if d.Sent.State != platform.Delivered || d.Sent.Attempts != 1 || !d.Sent.SMS.Pushes[0].Acknowledged {
		t.Errorf("settled %+v %+v", d.Sent, d.Sent.SMS)
	}
	f.Do(t, "", platform.Action{Kind: platform.ReplySMS, Text: "TD", Phone: "+8619900000077"})
	if item := to.Next(t).Items(t)[0]; item["phone_number"] != "19900000077" || item["dest_code"] != "1069000000" {
		t.Errorf("a stranger's reply: %v", item)
	}
	for _, c := range []struct {
		openid string
		action platform.Action
		want   error
	}{
		{"o-nobody", platform.Action{Kind: platform.ReplySMS, Text: "T"}, platform.ErrUnknownResident},
		{"", platform.Action{Kind: platform.ReplySMS, Text: "T"}, pretendsms.ErrNoNumber},
		{"", platform.Action{Kind: platform.ReplySMS, Text: "T", Phone: "12345"}, pretendsms.ErrNoNumber},
	} {
		if _, err := f.Act(t.Context(), c.openid, c.action); !errors.Is(err, c.want) {
			t.Errorf("%q %+v: %v, want %v", c.openid, c.action, err, c.want)
		}
	}
	if _, err := sandboxtest.Open(t, sandboxtest.Setting{Answer: sandboxtest.Saying("好")}).Act(t.Context(), sandboxtest.Jia, platform.Action{Kind: platform.ReplySMS, Text: "T"}); !errors.Is(err, sandbox.ErrNoSMS) {
		t.Errorf("without an SMS side: %v", err)
	}
}

// TestSDK sends, sends a batch and asks with the platform's own client.
func TestSDK(t *testing.T) {
	f := sandboxtest.OpenSMS(t, nil, func(c *sandbox.Config) { c.Now = time.Now })
	cfg := sdk.NewConfig().WithScheme("HTTP").WithTimeout(5 * time.Second).WithAutoRetry(false)
	cfg.Transport = &http.Transport{}
	client, err := dysmsapi.NewClientWithOptions("cn-hangzhou", cfg, sdkcredentials.NewAccessKeyCredential(sandboxtest.KeyID, sandboxtest.KeySecret))
	if err != nil {
		t.Fatal(err)
	}
	client.Domain = strings.TrimPrefix(f.URL, "http://") + "/sandbox/aliyun"

	one := dysmsapi.CreateSendSmsRequest()
	one.PhoneNumbers, one.SignName, one.TemplateCode, one.OutId = sandboxtest.JiaPhone, pretendsms.DefaultSign, pretendsms.DefaultNoticeTemplate, "a~* +/=%"
	one.TemplateParam = `{"committee":"空 格*~+&=/%","title":"停水"}`
	sent, err := client.SendSms(one)
	if err != nil || sent.Code != "OK" {
		t.Fatalf("SendSms: %v %+v", err, sent)
	}
	batch := dysmsapi.CreateSendBatchSmsRequest()
	batch.PhoneNumberJson, batch.SignNameJson = `["`+sandboxtest.JiaPhone+`","`+sandboxtest.YiPhone+`"]`, `["演示签名","演示签名"]`
	batch.TemplateCode, batch.TemplateParamJson = pretendsms.DefaultCodeTemplate, `[{"code":"1111"},{"code":"2222"}]`
	if many, err := client.SendBatchSms(batch); err != nil || many.Code != "OK" {
		t.Fatalf("SendBatchSms: %v %+v", err, many)
	}
	ask := dysmsapi.CreateQuerySendDetailsRequest()
	ask.PhoneNumber, ask.BizId, ask.SendDate = sandboxtest.JiaPhone, sent.BizId, time.Now().UTC().Add(8*time.Hour).Format("20060102")
	ask.PageSize, ask.CurrentPage = requests.NewInteger(10), requests.NewInteger(1)
	told, err := client.QuerySendDetails(ask)
	if err != nil || told.TotalCount != "1" || told.SmsSendDetailDTOs.SmsSendDetailDTO[0].OutId != one.OutId {
		t.Fatalf("QuerySendDetails: %v %+v", err, told)
	}
	if got := f.Record.Texts(sandboxtest.JiaPhone)[0].Text; got != "【演示签名】空 格*~+&=/%通知：停水。详情请看公众号。" {
		t.Errorf("rendered as %s", got)
	}
	if err := f.Faults.Add(platform.Fault{API: "aliyun/SendSms", Kind: "Throttling.User", Count: 1}); err != nil {
		t.Fatal(err)
	}
	_, err = client.SendSms(one)
	fault, ok := errors.AsType[*sdkerrors.ServerError](err)
	if !ok || fault.ErrorCode() != "Throttling.User" || fault.HttpStatus() != http.StatusBadRequest {
		t.Errorf("throttled: %v", err)
	}
}

// TestConfig refuses what could not work.
func TestConfig(t *testing.T) {
	good := func() sandbox.Config {
		return sandbox.Config{
			WeChat: pretendwechat.Config{AppID: sandboxtest.AppID, Secret: sandboxtest.Secret, Token: sandboxtest.Token, AESKey: sandboxtest.AESKey, WebhookURL: "http://127.0.0.1:1/wechat"},
			SMS:    &pretendsms.Config{AccessKeyID: sandboxtest.KeyID, AccessKeySecret: sandboxtest.KeySecret},
		}
	}
	for says, change := range map[string]func(*sandbox.Config){
		"access key":          func(c *sandbox.Config) { c.SMS.AccessKeySecret = "" },
		"without punctuation": func(c *sandbox.Config) { c.SMS.Signs = []string{"【演示签名】"} },
		"no text":             func(c *sandbox.Config) { c.SMS.Templates = []pretendsms.Template{{Code: "SMS_1", Kind: "code"}} },
		"none of code":        func(c *sandbox.Config) { c.SMS.Templates = []pretendsms.Template{{Code: "SMS_1", Text: "好"}} },
		"report URL":          func(c *sandbox.Config) { c.SMS.ReportURL = "127.0.0.1:8080/sms/report/key" },
		"":                    func(*sandbox.Config) {},
	} {
		cfg := good()
		change(&cfg)
		s, err := sandbox.New(cfg)
		if err == nil {
			s.Close()
		}
		if says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("%v, want one that says %q", err, says)
		}
	}
}
