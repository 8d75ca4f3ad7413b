package config

import (
	"strings"
	"testing"
	"time"
)

func configOf(t *testing.T, environ []string) (Config, error) {
	t.Helper()
	src, err := Read("", environ)
	if err != nil {
		t.Fatal(err)
	}
	return src.Config(ServeNeeds...)
}

func TestSMSIsOffWithoutAnAccount(t *testing.T) {
	c, err := configOf(t, goodEnv())
	if err != nil {
		t.Fatal(err)
	}
	if c.SMS.On() {
		t.Error("SMS is on with nothing set")
	}
	c, err = configOf(t, smsEnv("TOWNCRIER_SMS_TIMEOUT=4s"))
	if err != nil {
		t.Fatal(err)
	}
	if !c.SMS.On() || c.SMS.Timeout != 4*time.Second || c.SMS.ConnectTimeout != 3*time.Second || c.SMS.Endpoint != "https://dysmsapi.aliyuncs.com" {
		t.Errorf("config = %+v", c.SMS)
	}
}

func TestHalfAnSMSAccountIsRefused(t *testing.T) {
	whole := smsEnv()
	for i := len(goodEnv()); i < len(whole); i++ {
		missing, _, _ := strings.Cut(whole[i], "=")
		environ := append(append([]string{}, whole[:i]...), whole[i+1:]...)
		_, err := configOf(t, environ)
		if err == nil || strings.Count(err.Error(), " is not set, but ") != 1 || !strings.Contains(err.Error(), missing+" (sms.") {
			t.Errorf("without %s: %v", missing, err)
		}
	}
}

func TestSMSSettingsSayWhatIsRight(t *testing.T) {
	for set, want := range map[string]string{
		"TOWNCRIER_SMS_SIGN=邻里测试":                "may not have 测试 or test in it",
		"TOWNCRIER_RETENTION_BROADCASTS=29":      "not a number from 30 to 36500 of days, nor 0",
		"TOWNCRIER_SMS_SIGN=【邻里通】":               "a sign has 2 to 12 characters without brackets",
		"TOWNCRIER_SMS_CODE_TEMPLATE=code":       "a template code is SMS_ and digits",
		"TOWNCRIER_SMS_CALLBACK_KEY=short":       "want 32 to 128 letters and digits",
		"TOWNCRIER_SMS_TIMEOUT=10":               `"10" is not a duration from 1s to 1m0s`,
		"TOWNCRIER_SMS_CONNECT_TIMEOUT=20s":      "20s is longer than a whole call may take",
		"TOWNCRIER_SMS_CALLS=32":                 "32 leaves none of the 32 calls of sms.concurrency to verification codes",
		"TOWNCRIER_SMS_CONCURRENCY=0":            `"0" is not a number from 1 to 1024`,
		"TOWNCRIER_RETENTION_AUDIT=30":           "is not a number from 366 to",
		"TOWNCRIER_RETENTION_RESIDENTS=-1":       "is not a number from 0 to",
		"TOWNCRIER_TRUSTED_PROXIES=10.0.0.0/40":  "neither an address",
		"TOWNCRIER_KEY_PREVIOUS=hunter2":         "not standard base64",
		"TOWNCRIER_SMS_ACCESS_KEY_SECRET=a b":    "an AccessKey secret is letters and digits",
		"TOWNCRIER_SMS_ENDPOINT=dysmsapi.aliyun": "not a base URL",
	} {
		_, err := configOf(t, smsEnv(set))
		name, value, _ := strings.Cut(set, "=")
		if err == nil || !strings.Contains(err.Error(), name+" (") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", set, err)
		}
		if strings.HasSuffix(name, "SECRET") && strings.Contains(err.Error(), value) {
			t.Errorf("%s is repeated: %v", name, err)
		}
	}
}

func TestTrustedProxies(t *testing.T) {
	c, err := configOf(t, goodEnv("TOWNCRIER_TRUSTED_PROXIES=10.1.2.3, 10.9.0.0/16,2001:db8::1"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range c.Proxies {
		got = append(got, p.String())
	}
	if want := "10.1.2.3/32 10.9.0.0/16 2001:db8::1/128"; strings.Join(got, " ") != want {
		t.Errorf("proxies %v, want %s", got, want)
	}
}
