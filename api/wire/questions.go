package wire

// QuestionGroup is what several residents asked alike, got no answer to, and did not file. Nobody knows who they are.
type QuestionGroup struct {
	ID          string          `json:"id"`
	Status      string          `json:"status" enum:"open,drafted,left"`
	StatusLabel string          `json:"status_label"`
	Topic       string          `json:"topic,omitempty" doc:"The nearest intent"`
	TopicLabel  string          `json:"topic_label,omitempty" doc:"Its title"`
	Count       int             `json:"count" doc:"Questions of the last 90 days; who asks again within a week is counted once"`
	People      string          `json:"people" doc:"How many different people asked, in Chinese: fewer than three, or at least three"`
	First       string          `json:"first" doc:"The day of the oldest that is kept"`
	Last        string          `json:"last" doc:"The day of the newest"`
	Weeks       []int           `json:"weeks" nullable:"false" doc:"Questions by week, the oldest of 13 weeks first; the last ends today"`
	Trend       string          `json:"trend" doc:"The last four weeks against the four before, in Chinese"`
	NothingLeft bool            `json:"nothing_left" doc:"Nothing was left to read of these questions without numbers, names and addresses: they are only counted, by their nearest topic"`
	Examples    []string        `json:"examples" nullable:"false" doc:"What was asked, × for what was taken out; none before three different people asked"`
	Places      []QuestionPlace `json:"places" nullable:"false" doc:"Rows of a table that at least three questions named; none before three different people asked"`
	Draft       string          `json:"draft,omitempty" doc:"The draft of content that answers it"`
}

// QuestionPlace is how many questions of a group named a place.
type QuestionPlace struct {
	Name string `json:"name"`
	N    int    `json:"n"`
}
