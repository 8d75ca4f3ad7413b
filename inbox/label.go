package inbox

var (
	kindLabels   = map[Kind]string{Suggestion: "建议", Question: "提问", Handoff: "转人工", Reply: "短信回复"}
	statusLabels = map[Status]string{Open: "待办", Answered: "已答复", Closed: "已关闭"}
)

// Label is what an official reads for it, in Chinese.
func (k Kind) Label() string { return kindLabels[k] }

// Label is what an official reads for it, in Chinese.
func (s Status) Label() string { return statusLabels[s] }
