package redact_test

import (
	"strings"
	"testing"

	"towncrier/redact"
)

func TestAHintStaysAndASecretGoes(t *testing.T) {
	for words, want := range map[string]string{
		"invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist": "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist",
		"invalid ip 2001:db8:85a3::8a2e:370:7334, not in whitelist":        "invalid ip 2001:db8:85a3::8a2e:370:7334, not in whitelist",
		"invalid appsecret": "invalid appsecret",
		"24小时内该IP被管理员拒绝调用两次":                                                       "24小时内该IP被管理员拒绝调用两次",
		"触发分钟级流控Permits:1":                                                         "触发分钟级流控Permits:1",
		"no\nline\tbreak\x00s":                                                     "no line break s",
		"openid o6_bmjrPTlm6_2sgVt7hMZOPfL2M?":                                     "openid …?",
		"token 57_kLfJ8-abcdefghijklmnop rest":                                     "token … rest",
		"secret 0123456789abcdef0123456789abcd":                                    "secret …",
		"short pw7 is the secret":                                                  "short … is the secret",
		"key LTAI5tDemo is unknown":                                                "key … is unknown",
		"app wx0123456789abcdef of gh_0123456789ab":                                "app … of …",
		"number 19900000001, +86 199 0000 0001, 1990-000-0001":                     "number …, …, …",
		"号码１９９００００００１无效":                                                           "号码…无效",
		"see https://api.weixin.qq.com/cgi-bin/x?access_token=abc for more":        "see … for more",
		"Specified signature is not matched. server string to sign is:POST&%2F&Ac": "Specified signature is not matched. server …",
		"o6_bmjrPTlm6_2sgVt7hMZOPfL2M":                                             "",
		"":                                                                         "",
		"\xff\xfe坏":                                                                "坏",
	} {
		if got := redact.Text(words, "pw7", ""); got != want {
			t.Errorf("%q\n  gives %q\n  want  %q", words, got, want)
		}
	}
	if got := redact.Text(strings.Repeat("长", 1000)); len([]rune(got)) != 201 {
		t.Errorf("%d characters are kept", len([]rune(got)))
	}
}

func FuzzNoSecretIsKept(f *testing.F) {
	f.Add("a ", " b")
	f.Add("\x00", "１")
	f.Add("1", "2")
	f.Add("://", "%")
	f.Fuzz(func(t *testing.T, before, after string) {
		for _, secret := range []string{"19900000001", "o6_bmjrPTlm6_2sgVt7hMZOPfL2M", "secret-never-shown"} {
			if got := redact.Text(before+secret+after, "secret-never-shown"); strings.Contains(got, secret) {
				t.Errorf("%q shows %q", got, secret)
			}
		}
	})
}
