// Package feedback has what members of staff say of the console itself, for admins to answer. What residents say is the inbox's.
package feedback

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"towncrier/audit"
	"towncrier/problem"
)

const (
	// MaxText bounds what is said, and what is answered, in characters.
	MaxText = 1000
	// MostWaiting is how many that nobody answered yet a person may have.
	MostWaiting = 20
	// Most is how many are listed.
	Most = 200
	// Keep is how long what was answered can be read.
	Keep = 365 * 24 * time.Hour
)

// Feedback is one thing that somebody said.
type Feedback struct {
	ID         string // "F" and 10 letters and digits
	Person     string // staff id
	Page       string // path of the page that they came from, "" when that is not known
	Text       string
	At         time.Time
	Answer     string
	AnsweredBy string    // staff id
	AnsweredAt time.Time // zero while it waits
}

// What a caller can tell apart with errors.Is.
var (
	ErrNone     = problem.NotFound("没有这条意见：请核对编号，时间久了的已经删除")
	ErrAnswered = errors.New("同事已经答复过这条意见：请刷新页面")
	ErrMany     = fmt.Errorf("您有%d条意见还没有答复：请等管理员答复以后再提", MostWaiting)
)

// Store keeps feedback, its words sealed. Safe for concurrent use.
type Store interface {
	// Give keeps f and records act. ErrMany when most of the person's wait already.
	Give(ctx context.Context, f Feedback, most int, act audit.Act) error
	// Answer keeps an answer of act's actor and time, and records act. ErrNone, ErrAnswered.
	Answer(ctx context.Context, id, person, answer string, act audit.Act) error
	// List is what a person said, or everybody when it is "": first what waits, the oldest first, then the latest answered.
	List(ctx context.Context, person string, limit int) ([]Feedback, error)
	// Waiting is how many wait that others than person gave, and since when.
	Waiting(ctx context.Context, person string) (n int, since time.Time, err error)
	// Forget deletes what was answered before.
	Forget(ctx context.Context, before time.Time) error
}

// Service takes feedback and answers. Safe for concurrent use.
type Service struct {
	Store Store
	Now   func() time.Time
}

// page is what the path of a page looks like: it holds ids at most.
var page = regexp.MustCompile(`^/desk/[A-Za-z0-9/._-]{0,150}$`)

// Give takes what a person says. A page that is none of the console's is left out. *problem.Invalid, ErrMany.
func (s *Service) Give(ctx context.Context, person, from, text string) (Feedback, error) {
	text, err := bounded("text", text)
	if err != nil {
		return Feedback{}, err
	}
	f := Feedback{ID: "F" + rand.Text()[:10], Person: person, Text: text, At: s.Now().UTC().Truncate(time.Millisecond)}
	if page.MatchString(from) {
		f.Page = from
	}
	return f, s.Store.Give(ctx, f, MostWaiting, audit.Act{Actor: audit.Staff(person), Action: "feedback.give", Subject: f.ID, At: f.At})
}

// Answer answers what somebody said. *problem.Invalid, ErrNone, ErrAnswered.
func (s *Service) Answer(ctx context.Context, person, id, answer string) error {
	answer, err := bounded("answer", answer)
	if err != nil {
		return err
	}
	return s.Store.Answer(ctx, id, person, answer, audit.Act{Actor: audit.Staff(person), Action: "feedback.answer", Subject: id, At: s.Now()})
}

// List is what a person said, or everybody when it is "".
func (s *Service) List(ctx context.Context, person string) ([]Feedback, error) {
	return s.Store.List(ctx, person, Most)
}

// Waiting is how many wait that others than person gave, and since when.
func (s *Service) Waiting(ctx context.Context, person string) (n int, since time.Time, err error) {
	return s.Store.Waiting(ctx, person)
}

// Sweep deletes what was answered long ago.
func (s *Service) Sweep(ctx context.Context) error {
	return s.Store.Forget(ctx, s.Now().Add(-Keep))
}

func bounded(field, text string) (string, error) {
	switch text = strings.TrimSpace(text); {
	case text == "":
		return "", &problem.Invalid{Field: field, Reason: "没有填写"}
	case utf8.RuneCountInString(text) > MaxText:
		return "", &problem.Invalid{Field: field, Reason: fmt.Sprintf("最多%d个字", MaxText)}
	}
	return text, nil
}
