package inbox

var (
	kindLabels   = map[Kind]string{Suggestion: "建议", Question: "提问", Handoff: "转人工", Reply: "短信回复"}
	statusLabels = map[Status]string{Open: "待办", Answered: "已答复", Closed: "已关闭", AnyStatus: "全部"}
)

// Due says by when open tickets are due.
type Due string

const (
	Overdue  Due = "overdue" // before today
	DueToday Due = "today"
)

var dueLabels = map[Due]string{Overdue: "已逾期", DueToday: "今天到期"}

// Label is what an official reads for it, in Chinese.
func (d Due) Label() string { return dueLabels[d] }

// Label is what an official reads for it, in Chinese.
func (k Kind) Label() string { return kindLabels[k] }

// Label is what an official reads for it, in Chinese.
func (s Status) Label() string { return statusLabels[s] }
