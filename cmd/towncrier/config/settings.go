package config

import (
	"errors"
	"net/netip"
	"regexp"
	"strings"
	"time"

	"towncrier/aliyun"
	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/staff"
	"towncrier/unanswered"
	"towncrier/wechat"
)

// Settings lists every key in the order in which `towncrier config` prints them.
func Settings() []Setting {
	text := func(field func(*Config) *string) func(*Config, string) error {
		return func(c *Config, s string) error { *field(c) = s; return nil }
	}
	form := func(field func(*Config) *string, re *regexp.Regexp, want string) func(*Config, string) error {
		return func(c *Config, s string) error {
			if s != "" && !re.MatchString(s) {
				return errors.New(want)
			}
			*field(c) = s
			return nil
		}
	}
	return []Setting{
		{Key: "listen", Label: "监听地址", Default: "127.0.0.1:8080", Meaning: "host:port to serve on", apply: applyListen(func(c *Config) *string { return &c.Listen })},
		{Key: "metrics.listen", Label: "指标监听地址", Meaning: "host:port for /metrics, /readyz and the API's description, away from the public (default: on listen, with all else)",
			apply: applyListen(func(c *Config) *string { return &c.Metrics })},
		{Key: "data", Label: "数据文件夹", Default: "data", Meaning: "folder for the embedded database", apply: text(func(c *Config) *string { return &c.Data })},
		{Key: "public_url", Label: "对外地址", Meaning: "where the platforms reach this server, such as https://talk.example.gov.cn; with it the way in is checked",
			apply: applyURL(func(c *Config) *string { return &c.PublicURL }), unsafe: overHTTP},
		{Key: "trusted_proxies", Label: "可信的反向代理", Meaning: "addresses of the reverse proxies in front, such as 10.0.0.5 or 10.0.0.0/24, separated by commas",
			apply: applyNetworks(func(c *Config) *[]netip.Prefix { return &c.Proxies })},
		{Key: "desk.networks", Label: "工作台的网络", Meaning: "networks from which officials use the console, separated by commas; admin=10.0.0.0/28 holds for one role and takes the place of the others for it (default: anywhere)",
			apply: applyRoleNetworks(func(c *Config) *map[staff.Role][]netip.Prefix { return &c.Desk })},
		{Key: "database", Label: "数据库", Meaning: "SQLite file (default: towncrier.db in the data folder) or postgres://",
			apply: applyDatabase, Secret: true, unsafe: overPlainPostgres},
		{Key: "redis", Label: "Redis", Default: "embedded", Meaning: "embedded, redis://, rediss://, redis-sentinel:// or redis-cluster://",
			apply: applyRedis, Secret: true, unsafe: overPlainRedis},
		{Key: "content", Label: "内容文件夹", Meaning: "folder of the city's content (default: the one built in)",
			apply: applyContent},
		{Key: "insecure", Label: "允许的不安全设置", Meaning: "unsafe settings to allow, for rehearsals and tests: some of " + strings.Join(insecureWords, ", ") + ", separated by commas",
			apply: applyInsecure},
		{Key: "log_level", Label: "日志级别", Default: "info", Meaning: "debug, info, warn or error", apply: applyLogLevel},
		{Key: "key", Label: "主密钥", Secret: true, Meaning: "32 bytes in standard base64; seals personal data",
			apply: applyKey(func(c *Config) *[]byte { return &c.Key }), unsafe: guessableKey},
		{Key: "key_previous", Label: "更换前的主密钥", Secret: true, Meaning: "the key before the last change, until `towncrier key rotate` was run",
			apply: applyKey(func(c *Config) *[]byte { return &c.KeyPrevious }), unsafe: guessableKey},
		{Key: "wechat.app_id", Label: "公众号 AppID", Meaning: "the Official Account's AppID",
			apply: form(func(c *Config) *string { return &c.WeChat.AppID }, appIDForm, "an AppID is wx and letters and digits, usually 16")},
		{Key: "wechat.secret", Label: "公众号 AppSecret", Secret: true, Meaning: "the Official Account's AppSecret",
			apply: form(func(c *Config) *string { return &c.WeChat.Secret }, secretForm, "an AppSecret is letters and digits, usually 32")},
		{Key: "wechat.token", Label: "公众号 Token", Secret: true, Meaning: "the Token of the server configuration",
			apply: form(func(c *Config) *string { return &c.WeChat.Token }, tokenForm, "a Token is 3 to 32 letters and digits"), unsafe: shortToken},
		{Key: "wechat.aes_key", Label: "消息加解密密钥", Secret: true, Meaning: "the EncodingAESKey; without it messages travel in plaintext",
			apply: form(func(c *Config) *string { return &c.WeChat.AESKey }, aesKeyForm, "an EncodingAESKey is 43 letters and digits")},
		{Key: "wechat.aes_key_previous", Label: "更换前的消息加解密密钥", Secret: true, Meaning: "the EncodingAESKey before the last change",
			apply: form(func(c *Config) *string { return &c.WeChat.AESKeyPrevious }, aesKeyForm, "an EncodingAESKey is 43 letters and digits")},
		{Key: "wechat.api", Label: "微信接口地址", Default: "https://api.weixin.qq.com", Meaning: "base URL of the platform's API",
			apply: applyURL(func(c *Config) *string { return &c.WeChat.API }), unsafe: overHTTP},
		{Key: "wechat.concurrency", Label: "微信消息的并发数", Default: "10", Meaning: "template messages and subscription notifications under way at once in one process; an outage of the platform leaves at most so many in doubt at its beginning",
			apply: applyInt(func(c *Config) *int { return &c.WeChat.Concurrency }, 1, wechat.MaxInFlight)},
		{Key: "wechat.rate", Label: "微信消息每秒条数", Default: "500", Meaning: "template messages and subscription notifications a second, over all processes; 0 for no limit; a process reaches wechat.concurrency divided by the seconds that an answer takes: 200 with 10 and 0.05 s",
			apply: applyInt(func(c *Config) *int { return &c.WeChat.Rate }, 0, 1_000_000)},
		{Key: "sms.access_key_id", Label: "短信 AccessKey ID", Meaning: "AccessKey ID of Alibaba Cloud SMS; without an account SMS is off",
			apply: form(func(c *Config) *string { return &c.SMS.AccessKeyID }, accessKeyForm, "an AccessKey ID is letters and digits")},
		{Key: "sms.access_key_secret", Label: "短信 AccessKey Secret", Secret: true, Meaning: "its AccessKey secret",
			apply: form(func(c *Config) *string { return &c.SMS.AccessKeySecret }, accessKeyForm, "an AccessKey secret is letters and digits")},
		{Key: "sms.sign", Label: "短信签名", Meaning: "the sign (签名) in front of every text, without brackets",
			apply: applySign},
		{Key: "sms.code_template", Label: "验证码短信模板", Meaning: "template code of verification codes (SMS_…), whose variable is code",
			apply: form(func(c *Config) *string { return &c.SMS.CodeTemplate }, templateForm, "a template code is SMS_ and digits")},
		{Key: "sms.staff_template", Label: "提醒工作人员的短信模板", Meaning: "template code of the text (通知短信, without variables) that tells a member of staff that a key was opened in their name or their number was changed; without it nobody is told",
			apply: form(func(c *Config) *string { return &c.SMS.StaffTemplate }, templateForm, "a template code is SMS_ and digits")},
		{Key: "sms.codes_a_minute", Label: "每分钟验证码条数", Default: "120", Meaning: "verification codes a minute, over all numbers; 0 for no limit",
			apply: applyInt(func(c *Config) *int { return &c.SMS.CodesAMinute }, 0, 100_000)},
		{Key: "sms.codes_a_day", Label: "每天验证码条数", Default: "5000", Meaning: "verification codes a day, over all numbers; beyond it none is sent and admins get an alarm; 0 for no limit",
			apply: applyInt(func(c *Config) *int { return &c.SMS.CodesADay }, 0, 10_000_000)},
		{Key: "sms.callback_key", Label: "短信回执地址的密钥", Secret: true, Meaning: "last part of the addresses for receipts and replies, unguessable; 32 or more letters and digits",
			apply: form(func(c *Config) *string { return &c.SMS.CallbackKey }, callbackForm, "want 32 to 128 letters and digits, as `head -c 32 /dev/urandom | xxd -p -c 64` prints them"), unsafe: guessableName},
		{Key: "sms.callback_key_previous", Label: "更换前的短信回执地址密钥", Secret: true, Meaning: "the callback key before the last change, until the provider's console has the new addresses",
			apply: form(func(c *Config) *string { return &c.SMS.CallbackPrevious }, callbackForm, "want 32 to 128 letters and digits, as the callback key"), unsafe: guessableName},
		{Key: "sms.callback_networks", Label: "短信回执的来源地址", Meaning: "addresses that receipts and replies come from, such as 10.0.0.5 or 10.0.0.0/24, separated by commas; without it, any",
			apply: applyNetworks(func(c *Config) *[]netip.Prefix { return &c.SMS.CallbackNetworks })},
		{Key: "sms.endpoint", Label: "短信接口地址", Default: aliyun.DefaultEndpoint, Meaning: "base URL of Alibaba Cloud SMS",
			apply: applyURL(func(c *Config) *string { return &c.SMS.Endpoint }), unsafe: overHTTP},
		{Key: "sms.connect_timeout", Label: "连接短信平台的时限", Default: "3s", Meaning: "time limit to reach Alibaba Cloud SMS",
			apply: applyDuration(func(c *Config) *time.Duration { return &c.SMS.ConnectTimeout }, time.Second, 30*time.Second)},
		{Key: "sms.timeout", Label: "短信接口的时限", Default: "10s", Meaning: "time limit of a call to Alibaba Cloud SMS; beyond it the outcome is in doubt",
			apply: applyDuration(func(c *Config) *time.Duration { return &c.SMS.Timeout }, time.Second, time.Minute)},
		{Key: "sms.concurrency", Label: "短信接口的并发数", Default: "32", Meaning: "calls to Alibaba Cloud SMS under way at once",
			apply: applyInt(func(c *Config) *int { return &c.SMS.Concurrency }, 1, 1024)},
		{Key: "sms.calls", Label: "群发短信的并发数", Default: "2", Meaning: "calls of broadcasts, of up to 100 texts each, under way at once in one process; an outage of the provider leaves at most so many in doubt at its beginning",
			apply: applyInt(func(c *Config) *int { return &c.SMS.Calls }, 1, 1024)},
		{Key: "sms.rate", Label: "群发短信每秒条数", Default: "2000", Meaning: "texts of broadcasts a second, over all processes; 0 for no limit; a process reaches sms.calls times 100 divided by the seconds that an answer takes: 2000 with 2 and 0.1 s",
			apply: applyInt(func(c *Config) *int { return &c.SMS.Rate }, 0, 1_000_000)},
		{Key: "sms.price", Label: "短信单价（千分之一元）", Default: "45", Meaning: "price of a part of a text, in 1/1000 yuan, for estimates",
			apply: applyInt(func(c *Config) *int { return &c.SMS.Price }, 1, 10_000)},
		{Key: "broadcast.cap", Label: "每位居民7天内最多接收的群发", Default: "7", Meaning: "broadcasts that a resident gets in 7 days, emergencies not counted; 0 for no limit",
			apply: applyInt(func(c *Config) *int { return &c.Broadcast.Cap }, 0, 1000)},
		{Key: "broadcast.tolerance", Label: "发送范围允许的变化（%）", Default: "10", Meaning: "percent by which the audience may differ from the approved one without a confirmation",
			apply: applyInt(func(c *Config) *int { return &c.Broadcast.Tolerance }, 1, 1000)},
		{Key: "broadcast.overdue", Label: "逾期多久须再次确认", Default: "2h", Meaning: "how late a broadcast may begin without a confirmation",
			apply: applyDuration(func(c *Config) *time.Duration { return &c.Broadcast.Overdue }, time.Minute, 7*24*time.Hour)},
		{Key: "broadcast.approvals", Label: "群发由几个人审批", Default: "1", Meaning: "people who approve a broadcast, one after the other and each the same hash: 1, or 2 (复审 and 终审); an emergency wants one",
			apply: applyInt(func(c *Config) *int { return &c.Broadcast.Approvals }, 1, 2)},
		{Key: "broadcast.two_above", Label: "多少人以上须两个人审批", Default: "0", Meaning: "recipients above which two people approve a broadcast where one is enough otherwise; 0 for never",
			apply: applyInt(func(c *Config) *int { return &c.Broadcast.TwoAbove }, 0, 100_000_000)},
		{Key: "broadcast.chunks", Label: "群发分块的并发数", Default: "32", Meaning: "chunks of 100 recipients under way at once in one process",
			apply: applyInt(func(c *Config) *int { return &c.Broadcast.Chunks }, 1, 1024)},
		{Key: "broadcast.ask_again", Label: "再次查询结果不明消息的间隔", Default: "5m", Meaning: "time between two questions to a provider that knows nothing of a message in doubt",
			apply: applyDuration(func(c *Config) *time.Duration { return &c.Broadcast.AskAgain }, time.Second, time.Hour)},
		{Key: "broadcast.lease", Label: "接收人的占用时限", Default: "2m", Meaning: "how long recipients are one process's to send to: its calls are cut off before, and when it dies they are in doubt after it",
			apply: applyDuration(func(c *Config) *time.Duration { return &c.Broadcast.Lease }, 10*time.Second, 2*time.Minute)},
		{Key: "broadcast.rest", Label: "平台故障后的最长间歇", Default: "1m", Meaning: "longest time between two looks whether a provider answers again whose answers left messages in doubt; shorter ones are for tests",
			apply: applyDuration(func(c *Config) *time.Duration { return &c.Broadcast.Rest }, time.Second, time.Hour)},
		{Key: "retention.residents", Label: "居民信息的保存天数", Default: "0", Meaning: "days after which residents who do not follow and were not heard of are erased; 0 for never",
			apply: applyDays(func(c *Config) *time.Duration { return &c.Retention.Residents }, 0, century)},
		{Key: "retention.broadcasts", Label: "群发接收人的保存天数", Default: "180", Meaning: "days after which it is forgotten who got a broadcast that has ended, and which numbers its lists had, at least 30; 0 for never",
			apply: applyDaysOrNever(func(c *Config) *time.Duration { return &c.Retention.Broadcasts }, int(broadcast.MinRetention/(24*time.Hour)))},
		{Key: "retention.tickets", Label: "留言的保存天数", Default: "365", Meaning: "days after which a ticket is deleted that was answered or closed, at least 30; 0 for never",
			apply: applyDaysOrNever(func(c *Config) *time.Duration { return &c.Retention.Tickets }, 30)},
		{Key: "retention.questions", Label: "未能回答的提问的保存天数", Default: "90", Meaning: "days for which declined questions that were not filed are kept, without who asked, at most 90, as the privacy texts say; 0 keeps none",
			apply: applyDays(func(c *Config) *time.Duration { return &c.Retention.Questions }, 0, int(unanswered.Keep/(24*time.Hour)))},
		{Key: "retention.audit", Label: "审计日志的保存天数", Default: "1095", Meaning: "days for which the audit log is kept, at least 366",
			apply: applyDays(func(c *Config) *time.Duration { return &c.Retention.Audit }, int(audit.MinRetention/(24*time.Hour)), century)},
	}
}

var (
	appIDForm  = regexp.MustCompile(`^wx[0-9a-zA-Z]+$`)
	secretForm = regexp.MustCompile(`^[0-9a-zA-Z]+$`)
	tokenForm  = regexp.MustCompile(`^[0-9a-zA-Z]{3,32}$`)
	aesKeyForm = regexp.MustCompile(`^[0-9a-zA-Z]{43}$`)

	accessKeyForm = regexp.MustCompile(`^[0-9a-zA-Z]{3,128}$`)
	signForm      = regexp.MustCompile(`^[\p{L}\p{N}]{2,12}$`)
	templateForm  = regexp.MustCompile(`^SMS_[0-9]+$`)
	callbackForm  = regexp.MustCompile(`^[0-9a-zA-Z]{32,128}$`)
)
