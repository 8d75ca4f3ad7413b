package intents

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"towncrier/plaintext"
	"towncrier/problem"
)

// OutOfScope is the topic of a Question that no intent answers. In a file it may be written as none, too.
const OutOfScope = "oos"

// Question is a question with what is right to answer: a line of JSON like {"q":"…","topic":"dog.law","also":["dog.plan"],"style":"colloq"}.
type Question struct {
	Text  string   `json:"q"`
	Topic string   `json:"topic"` // an intent ID, or OutOfScope; "" for one that was filed, of which nobody said which intent is right
	Also  []string `json:"also"`  // other topics that are right too
	Style string   `json:"style"` // how it is said: colloq, pinyin, typo …
	File  string   `json:"-"`
	Line  int      `json:"-"`
	Told  string   `json:"-"` // of one that was filed: what an official answered, "" for no answer
}

// Right reports whether an intent is a right answer.
func (q *Question) Right(id string) bool { return id == q.Topic || slices.Contains(q.Also, id) }

// MayDecline reports whether declining is right.
func (q *Question) MayDecline() bool { return q.Right(OutOfScope) }

const (
	questionsDir = "questions"
	// maxLine is the longest line that ReadQuestions takes, in bytes.
	maxLine = 1 << 20
	// maxQuestions of a city. All are asked before a draft is published: these take some 6 s.
	maxQuestions = 20_000
)

// ReadQuestions reads one Question a line; blank lines are skipped, and so are keys that a Question does not have. Every bad line is a fault,
// until there are enough of them.
func ReadQuestions(file string, r io.Reader) ([]Question, problem.List) {
	var questions []Question
	var problems problem.List
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, maxLine)
	scanner.Split(plaintext.ScanLines)
	n := 0
	for scanner.Scan() {
		if n++; problems.Enough(file, n, 0) {
			return questions, problems
		}
		text, err := plaintext.Decode(scanner.Bytes())
		if err != nil {
			problems.Addf(file, n, "不是UTF-8文字，或者已损坏：请把文件另存为UTF-8")
			continue
		}
		if text = bytes.TrimSpace(text); len(text) == 0 {
			continue
		}
		q := Question{File: file, Line: n}
		if fault := q.parse(text); fault != "" {
			problems.Addf(file, n, "这一行不对：%s", fault)
			continue
		}
		questions = append(questions, q)
	}
	if scanner.Err() != nil {
		problems.Addf(file, n+1, "这一行超过1 MiB，或者读不出来：每行只写一个问题")
	}
	if len(questions) == 0 && len(problems) == 0 {
		problems.Addf(file, 0, "没有问题：每行写一个，如 %s", questionForm)
	}
	return questions, problems
}

const questionForm = `{"q":"图书屋几点开门","topic":"library.hours"}`

// parse reads a line; what is wrong with it comes back, "" for nothing.
func (q *Question) parse(line []byte) string {
	d := json.NewDecoder(bytes.NewReader(line))
	if err := d.Decode(q); err != nil {
		return "应写成一个问题，例如 " + questionForm
	}
	topics := append([]string{q.Topic}, q.Also...)
	q.Text = strings.TrimSpace(q.Text)
	switch {
	case d.InputOffset() != int64(len(line)):
		return "一行里不止一个问题：每行只写一个"
	case q.Text == "":
		return "没有写问题：请写在 q 里"
	case slices.Contains(topics, ""):
		return "没有写由哪个问答回答：请在 topic 里写问答的编号；没有问答可以回答的，写 none"
	}
	for i, t := range topics {
		if t == "none" {
			topics[i] = OutOfScope
		}
	}
	q.Topic, q.Also = topics[0], topics[1:]
	return ""
}

// CheckTopics names every question whose topics are not known.
func CheckTopics(questions []Question, known func(id string) bool) problem.List {
	var problems problem.List
	for _, q := range questions {
		for _, t := range append([]string{q.Topic}, q.Also...) {
			if t != OutOfScope && !known(t) {
				problems.Addf(q.File, q.Line, "没有问答%s：请写有的问答的编号；没有问答可以回答的，写 none", plaintext.Quote(t))
			}
		}
	}
	return problems
}

// Knows says whether there is an intent of this ID.
func (m *Matcher) Knows(id string) bool {
	_, ok := m.class[id]
	return ok
}

// loadQuestions reads questions/*.jsonl: what residents are known to ask, on which a change is tried before it is published.
func loadQuestions(fsys fs.FS, set *Set, problems *problem.List) {
	files, _ := fs.Glob(fsys, questionsDir+"/*") // the pattern is sound
	first := map[string]Question{}
	for _, file := range files {
		switch base := path.Base(file); {
		case strings.HasPrefix(base, "."), strings.HasSuffix(base, "~"):
			continue // an editor's
		case path.Ext(file) != ".jsonl":
			problems.Warnf(file, 0, "没有程序读这个文件：这里的文件名应以 .jsonl 结尾")
			continue
		}
		data, ok := read(fsys, file, problems)
		if !ok {
			continue
		}
		all, faults := ReadQuestions(file, bytes.NewReader(data))
		*problems = append(*problems, faults...)
		before := len(*problems)
		for _, q := range all {
			if problems.Enough(file, q.Line, before) {
				break
			}
			if was, ok := first[q.Text]; ok {
				problems.Addf(file, q.Line, "这个问题写了两次：已写在 %s:%d", was.File, was.Line)
				continue
			}
			first[q.Text] = q
			set.Questions = append(set.Questions, q)
		}
	}
	if n := len(set.Questions); n > maxQuestions {
		problems.Addf(questionsDir, 0, "有%d个已知问题，最多%d个：请删去相近的", n, maxQuestions)
		return
	}
	known := map[string]bool{}
	for _, in := range set.Intents {
		known[in.ID] = true
	}
	*problems = append(*problems, CheckTopics(set.Questions, func(id string) bool {
		return known[id] || problems.In(intentsDir+"/"+id+".yaml") // a faulty file has no more to say
	})...)
}
