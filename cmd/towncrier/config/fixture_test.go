package config

import "strings"

var (
	goodSecret      = strings.Repeat("s3", 16)
	goodAESKey      = strings.Repeat("k", 42) + "1" // the last character is not canonical base64
	goodKey         = "q1zL3m0ZPp7v5xJkQ2yTn8aHcWfRd4uGsB6eIoVYwKM="
	goodCallbackKey = "q7Rk2mXw9TzL4vBn8YcJ5hGd3sPf6WaE1uKx0NtM"
)

func goodEnv(more ...string) []string {
	return append([]string{
		"TOWNCRIER_WECHAT_APP_ID=wx0123456789abcdef",
		"TOWNCRIER_WECHAT_SECRET=" + goodSecret,
		"TOWNCRIER_WECHAT_TOKEN=Token123Token456",
		"TOWNCRIER_WECHAT_AES_KEY=" + goodAESKey,
		"TOWNCRIER_KEY=" + goodKey,
	}, more...)
}

func smsEnv(more ...string) []string {
	return append(goodEnv(
		"TOWNCRIER_SMS_ACCESS_KEY_ID=LTAI00000000000000000000",
		"TOWNCRIER_SMS_ACCESS_KEY_SECRET="+strings.Repeat("a5", 15),
		"TOWNCRIER_SMS_SIGN=邻里通",
		"TOWNCRIER_SMS_CODE_TEMPLATE=SMS_100000001",
		"TOWNCRIER_SMS_CALLBACK_KEY="+goodCallbackKey,
	), more...)
}
