package roster

var (
	basisLabels   = map[Basis]string{ByConsent: "同意", ByDuty: "法定职责", ByEmergency: "应急"}
	channelLabels = map[Channel]string{WeChat: "微信", SMS: "短信"}
	// howLabels and whatLabels are what an export writes, and an import reads back. A way in people's own words stays as it is.
	howLabels  = map[string]string{"import": "导入", "paper": "纸质", InChat: "微信"}
	whatLabels = map[string]string{Notices: "接收通知", PhoneKept: "保存手机号"}
)

// Label is what an official reads for it, in Chinese.
func (b Basis) Label() string { return basisLabels[b] }

// Label is what an official reads for it, in Chinese.
func (c Channel) Label() string { return channelLabels[c] }

// ConsentLabel is what an official reads for the What of a consent, in Chinese.
func ConsentLabel(what string) string { return whatLabels[what] }

// HowLabel is what an official reads for the How of a consent: a way in people's own words stays as it is.
func HowLabel(how string) string { return labelOf(howLabels, how) }
