package broadcast

import (
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/content"
)

func library() *content.Library {
	notice := func(status content.Status, by string) *content.Notice {
		return &content.Notice{Status: status, SupersededBy: by, Passages: []content.Passage{{Number: 1, Text: "遛狗牵绳。"}}}
	}
	reviewed := func(day int) *content.Notice {
		n := notice(content.InForce, "")
		n.ReviewBy = content.Date{Year: 2030, Month: time.May, Day: day}
		return n
	}
	dated := func(text string) *content.Notice {
		n := notice(content.InForce, "")
		n.Date, n.Passages[0].Text = content.Date{Year: 2030, Month: time.May, Day: 1}, text
		return n
	}
	lib := &content.Library{
		City: content.City{Topics: []content.Topic{{ID: "dogs", Name: "文明养犬"}}, Hosts: []string{"example.org"}},
		Notices: map[string]*content.Notice{"N1": notice(content.InForce, ""), "N2": notice(content.Withdrawn, ""), "N3": notice(content.Superseded, "N1"),
			"N4": reviewed(7), "N5": reviewed(8), "N6": dated("5月7日前登记。"), "N7": dated("5月8日前登记。")},
		Templates: map[string]*content.Template{
			"text": {ID: "text", Channel: content.SMSChannel, Code: "SMS_1", Title: "提醒", Text: "居民您好，${what}，详情可咨询${call}。", Vars: []content.TemplateVar{
				{Name: "what", Label: "事项", Type: "text"}, {Name: "call", Label: "电话", Type: "phone"}}},
			"long": {ID: "long", Channel: content.SMSChannel, Code: "SMS_2", Title: "长", Text: strings.Repeat("长", 480) + "${what}${call}", Vars: []content.TemplateVar{
				{Name: "what", Label: "事项", Type: "text"}, {Name: "call", Label: "电话", Type: "phone"}}},
			content.StaffUrgent: {ID: content.StaffUrgent, Channel: content.SMSChannel, Code: "SMS_3", Title: "提醒", Text: "请登录。"},
			"notice": {ID: "notice", Channel: content.SubscriptionChannel, Code: "tmpl-1", Title: "事项通知", Vars: []content.TemplateVar{
				{Name: "thing1", Label: "事项", Type: "thing"}, {Name: "time2", Label: "时间", Type: "time"}}},
		},
	}
	for _, kind := range []string{"name", "number", "letter", "symbol", "character_string", "phrase", "date", "amount", "phone_number", "car_number", "const"} {
		like, more := *lib.Templates["notice"], content.TemplateVar{Name: kind + "1", Label: kind, Type: kind}
		if kind == "const" {
			more.Values = []string{"停水"}
		}
		like.ID, like.Vars = "with-"+kind, append(slices.Clone(like.Vars), more)
		lib.Templates[like.ID] = &like
	}
	return lib
}

func linter(lib *content.Library) *Service {
	return NewService(Config{Content: func() *content.Library { return lib }, Sign: "示例市", Now: func() time.Time { return local(8, 9, 0) }})
}

func proposed() Broadcast {
	return Broadcast{
		Title: "养犬", Topic: "dogs", Cites: []Cite{{"N1", 1}}, Audience: Rule{Area: "某区"},
		Messages: []Message{
			{Channel: SMS, Template: "text", Data: map[string]string{"what": "遛狗请牵绳", "call": "0359-2000000"}},
			{Channel: Subscription, Template: "notice", Data: map[string]string{"thing1": "遛狗请牵绳", "time2": "2030年5月8日 09:00"}, URL: "https://example.org/n1"},
		},
	}
}

func TestLint(t *testing.T) {
	if faults := linter(library()).Lint(proposed()); len(faults) != 0 {
		t.Fatalf("faults in what is right: %v", faults)
	}
	today := proposed()
	today.Cites = []Cite{{"N5", 1}, {"N7", 1}}
	today.SendAt = local(7, 9, 0) // it is held, or goes today
	if faults := linter(library()).Lint(today); len(faults) != 0 {
		t.Errorf("faults on the last day of a review and of a deadline: %v", faults)
	}
	fill := func(message int, name, value string) func(*Broadcast) {
		return func(b *Broadcast) { b.Messages[message].Data[name] = value }
	}
	// wechat has the template of the notification take one value more.
	wechat := func(name, kind, value string) func(*Broadcast) {
		return func(b *Broadcast) {
			b.Messages[1].Template = "with-" + kind
			b.Messages[1].Data[name] = value
		}
	}
	for name, test := range map[string]struct {
		spoil    func(*Broadcast)
		channel  Channel
		variable string
		says     string
		warning  bool
	}{
		"topic":            {func(b *Broadcast) { b.Topic = "cats" }, "", "", "dogs（文明养犬）", false},
		"no citation":      {func(b *Broadcast) { b.Cites = nil }, "", "", "没有依据", false},
		"no notice":        {func(b *Broadcast) { b.Cites[0].Notice = "N9" }, "", "", "N9#1不存在", false},
		"no passage":       {func(b *Broadcast) { b.Cites[0].Passage = 2 }, "", "", "N1#2不存在", false},
		"withdrawn":        {func(b *Broadcast) { b.Cites[0].Notice = "N2" }, "", "", "已撤回", false},
		"superseded":       {func(b *Broadcast) { b.Cites[0].Notice = "N3" }, "", "", "N1取代", true},
		"not reviewed":     {func(b *Broadcast) { b.Cites = []Cite{{"N4", 1}, {"N1", 1}} }, "", "", "公告N4已过复核日期（2030年5月7日）", true},
		"review to come":   {func(b *Broadcast) { b.Cites, b.SendAt = []Cite{{"N5", 1}}, local(9, 9, 0) }, "", "", "公告N5到发送时已过复核日期（2030年5月8日）", true},
		"deadline":         {func(b *Broadcast) { b.Cites = []Cite{{"N6", 1}} }, "", "", "N6#1写明的期限是2030年5月7日", true},
		"deadline by then": {func(b *Broadcast) { b.Cites, b.SendAt = []Cite{{"N7", 1}}, local(9, 9, 0) }, "", "", "N7#1写明的期限是2030年5月8日", true},
		"other host":       {func(b *Broadcast) { b.Messages[1].URL = "https://a.example.org/" }, Subscription, "url", "链接指向a.example.org", true},
		"host as a user":   {func(b *Broadcast) { b.Messages[1].URL = "https://example.org.example.net/" }, Subscription, "url", "链接指向example.org.example.net", true},
		"not encrypted":    {func(b *Broadcast) { b.Messages[1].URL = "http://example.org/" }, Subscription, "url", "换成https://", false},
		"look-alike":       {func(b *Broadcast) { b.Messages[1].URL = "https://еxample.org/" }, Subscription, "url", "xn--", false},
		"link in a value":  {fill(1, "thing1", "见t.example.cn/a"), Subscription, "", "链接指向t.example.cn", true},
		"no message":       {func(b *Broadcast) { b.Messages = nil }, "", "", "没有内容", false},
		"no template":      {func(b *Broadcast) { b.Messages[0].Template = "gone" }, SMS, "", "没有这个模板", false},
		"for staff":        {func(b *Broadcast) { b.Messages[0].Template = content.StaffUrgent }, SMS, "", "只用来提醒工作人员", false},
		"other channel":    {func(b *Broadcast) { b.Messages[0].Template = "notice" }, SMS, "", "属于渠道subscription", false},
		"missing":          {fill(0, "what", ""), SMS, "what", "没有填写", false},
		"unknown":          {fill(0, "who", "他"), SMS, "who", "没有这个变量", false},
		"35 characters":    {fill(0, "what", strings.Repeat("长", 36)), SMS, "what", "有36个字，最多35个字", false},
		"phone":            {fill(0, "call", "0359-200000000000"), SMS, "call", "最多15个字", false},
		"address":          {fill(0, "what", "见https://example.org"), SMS, "what", "不能有网址", false},
		"brackets":         {fill(0, "what", "【通知】"), SMS, "what", "签名", false},
		"emoji":            {fill(0, "what", "牵绳🐕"), SMS, "what", "表情", false},
		"traditional":      {fill(0, "what", "遛狗請牽繩"), SMS, "what", "繁体字", false},
		"unsubscribe":      {fill(0, "what", "退订回T"), SMS, "what", "退订", false},
		"spaced mobile":    {fill(0, "what", "电话199 0000 1234"), SMS, "what", "手机号", false},
		"other domain":     {fill(0, "what", "见example.xyz"), SMS, "what", "不能有网址", false},
		"WeChat id":        {fill(0, "what", "加微信咨询"), SMS, "what", "微信", false},
		"unit sign":        {fill(0, "what", "费用℃"), SMS, "what", "特殊符号", false},
		"too many lines":   {fill(0, "what", "一\n二"), SMS, "what", "换行", false},
		"three lines":      {fill(0, "what", "咨询0359-2000001、0359-2000002"), SMS, "", "最多2个", false},
		"name":             {wechat("name1", "name", strings.Repeat("长", 11)), Subscription, "name1", "最多10个汉字", false},
		"number":           {wechat("number1", "number", "十"), Subscription, "number1", "只能是数字", false},
		"letter":           {wechat("letter1", "letter", "字"), Subscription, "letter1", "只能是字母", false},
		"symbol":           {wechat("symbol1", "symbol", "！！！！！！"), Subscription, "symbol1", "最多5个字", false},
		"string":           {wechat("character_string1", "character_string", "编号1"), Subscription, "character_string1", "不能有汉字", false},
		"phrase":           {wechat("phrase1", "phrase", "六个汉字太长"), Subscription, "phrase1", "最多5个字", false},
		"date":             {wechat("date1", "date", "明天"), Subscription, "date1", "写成", false},
		"amount":           {wechat("amount1", "amount", "12345678901元"), Subscription, "amount1", "最多10位", false},
		"phone number":     {wechat("phone_number1", "phone_number", strings.Repeat("1", 18)), Subscription, "phone_number1", "最多17个字", false},
		"car":              {wechat("car_number1", "car_number", "晋M1234567"), Subscription, "car_number1", "最多8个字", false},
		"const":            {wechat("const1", "const", "别的"), Subscription, "const1", "批准过的值：停水", false},
		"long text":        {func(b *Broadcast) { b.Messages[0].Template = "long" }, SMS, "", "最多500个字", false},
		"mobile":           {fill(0, "what", "电话19900001234"), SMS, "what", "手机号", false},
		"messenger":        {fill(0, "what", "加QQ群"), SMS, "what", "QQ", false},
		"link of a text":   {func(b *Broadcast) { b.Messages[0].URL = "https://example.org" }, SMS, "url", "短信不带链接", false},
		"20 characters":    {fill(1, "thing1", strings.Repeat("长", 21)), Subscription, "thing1", "有21个字，最多20个字", false},
		"time":             {fill(1, "time2", "明天"), Subscription, "time2", "写成", false},
		"no address":       {func(b *Broadcast) { b.Messages[1].URL = "example.org" }, Subscription, "url", "https://", false},
		"script":           {func(b *Broadcast) { b.Messages[1].URL = "javascript:alert(1)" }, Subscription, "url", "https://", false},
		"credentials":      {func(b *Broadcast) { b.Messages[1].URL = "https://a:b@example.org" }, Subscription, "url", "密码", false},
		"everybody":        {func(b *Broadcast) { b.Audience = Rule{All: true} }, "", "", "全体居民", true},
	} {
		b := proposed()
		test.spoil(&b)
		faults := linter(library()).Lint(b)
		found := false
		for _, f := range faults {
			found = found || f.Channel == test.channel && f.Variable == test.variable && strings.Contains(f.Text, test.says) && f.Warning == test.warning
		}
		if !found {
			t.Errorf("%s: %v, want %s %s: ...%s...", name, faults, test.channel, test.variable, test.says)
		}
		if err := refused(faults); (err != nil) == test.warning {
			t.Errorf("%s: refused with %v", name, err)
		}
	}
}

// TestPlainLinkThatWasApproved: https alone is asked of what is to be approved, and not of what was before that was asked.
func TestPlainLinkThatWasApproved(t *testing.T) {
	b := proposed()
	b.Messages[1].URL = "http://example.org/n1"
	s := linter(library())
	if refused(s.Lint(b)) == nil || refused(s.standing(b)) != nil {
		t.Errorf("%v, %v", s.Lint(b), s.standing(b))
	}
}

func TestLintCountsParts(t *testing.T) {
	lib := library()
	lib.Templates["text"].Text = strings.Repeat("字", 70) + "${what}${call}"
	faults := linter(lib).Lint(proposed())
	if len(faults) != 1 || !faults[0].Warning || !strings.Contains(faults[0].Text, "按2条计费") {
		t.Errorf("%v", faults)
	}
	unsigned := NewService(Config{Content: library, Now: time.Now})
	if err := refused(unsigned.Lint(proposed())); err == nil || !strings.Contains(err.Error(), "签名") {
		t.Errorf("without a sign: %v", err)
	}
}

func TestTimeFaults(t *testing.T) {
	for _, test := range []struct {
		send, expire time.Time
		says         string
	}{
		{time.Time{}, time.Time{}, ""},
		{local(9, 9, 0), time.Time{}, ""},
		{local(7, 12, 0), time.Time{}, ""}, // yesterday: held when it is scheduled, not too late yet
		{local(7, 8, 0), time.Time{}, "已过，来不及发送"},
		{local(8, 10, 0), local(8, 8, 59), "已过，来不及发送"},
		{local(8, 21, 0), local(8, 23, 0), "就已截止"},
	} {
		b := proposed()
		b.SendAt, b.ExpireAt = test.send, test.expire
		faults := linter(library()).timeFaults(b)
		if got := FaultsError(faults).Error(); (len(faults) > 0) != (test.says != "") || !strings.Contains(got, test.says) {
			t.Errorf("from %v to %v: %v", test.send, test.expire, faults)
		}
	}
}
