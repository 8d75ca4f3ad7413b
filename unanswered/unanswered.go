// Package unanswered keeps what residents asked, got no answer to, and did not file: as work for who writes answers, and without who asked.
//
// # What is kept, and why it tells of nobody
//
// Of a question it is kept on which day it came, the nearest topic, the housing estate of a table that it was about, if any, and its
// text as package blank leaves it: without numbers, names, addresses, and words that it does not know. When that leaves nothing to read, it
// is kept without text: as one more question near its topic. No account, number, name or
// time of day is kept with it, and nothing leads from it to a conversation. It goes after Keep at the most.
//
// Like questions are one group. Its texts and its places are shown only when MinPeople different people asked alike: what one person
// wrote in their own way is never read by anybody. To tell people apart without keeping them, a group has a set of marks (Askers): each an
// HMAC over the group and the asker, under the key by which residents are found. The marks of one person in two groups have nothing in common; they
// live in Redis alone, never in the database or a backup, and go all together, Window after the first of them. All that is left of them is
// how many there were, and the most that there ever were is what counts: three marks that one person left in three windows are still one.
// Marks under two keys are never counted together, nor those of two groups that have the same number because a backup was put back.
// So within Window somebody with the key, Redis and the account of a resident could find out whether that resident
// asked what a group asks; after it, nobody can, with whatever keys. Without Redis no mark is made, and a group stays unshown: faults make the
// count too small, never too large.
//
// What is kept cannot be given to, or erased for, the person who asked: it is not known whose it is.
package unanswered

import (
	"context"
	"time"

	"towncrier/audit"
	"towncrier/problem"
)

const (
	// Keep is the longest that a question is kept. The privacy texts say so: a city may keep less.
	Keep = 90 * 24 * time.Hour
	// Window is how long it is known that the same person asked before.
	Window = 7 * 24 * time.Hour
	// MinPeople is how many different people must have asked alike before anybody sees what they wrote.
	MinPeople = 3
	// Weeks is how many weeks the trend of a group tells of: those of Keep.
	Weeks = 13
	// maxADay bounds what is kept: a day of more questions is one of noise.
	maxADay = 2000
	// maxExamples is how many texts of a group are shown.
	maxExamples = 10
	// grown is how many more must have asked before a group that was left is shown again.
	grown = 3
)

// ErrNoGroup says that there is no such group, or not any more.
var ErrNoGroup = problem.NotFound("没有这组提问，或者已经过了保存期限：请重新查看列表")

// Day is a civil day in China, counted from 1970-01-01.
type Day int

var chinaTime = time.FixedZone("Asia/Shanghai", 8*60*60)

// DayOf is the day of an instant.
func DayOf(at time.Time) Day {
	_, offset := at.In(chinaTime).Zone()
	return Day((at.Unix() + int64(offset)) / (24 * 60 * 60))
}

func (d Day) String() string { return time.Unix(int64(d)*24*60*60, 0).UTC().Format(time.DateOnly) }

// Question is one question as it is kept.
type Question struct {
	ID    int64
	Group int64
	Day   Day
	Topic string // the nearest intent, "" when none is near
	Place string // the one row of a table that it named, as the table names it, "" for none
	Text  string // as blank.Words leaves it, "" when nothing is left to read
}

// Asked is a question that was just declined.
type Asked struct {
	Asker string // the platform's id: it is marked, and not kept
	At    time.Time
	Topic, Place,
	Text string // as in a Question
}

// Status is what becomes of a group.
type Status string

const (
	Open    Status = "open"
	Drafted Status = "drafted" // an answer is being written
	Left    Status = "left"    // it needs none; it is open again when it grows
	// AnyStatus asks for every group.
	AnyStatus Status = "any"
)

// Label is what an official reads.
func (s Status) Label() string {
	return map[Status]string{Open: "待处理", Drafted: "已起草答复", Left: "不处理", AnyStatus: "全部"}[s]
}

// Group is like questions.
type Group struct {
	ID          int64
	Status      Status
	Topic       string // of its first question
	Count       int    // of its questions that are kept; who asks again within Window is counted once
	People      int    // the most different people who asked within one Window, up to MinPeople
	First, Last Day
	Trend       []int    // questions by week, the oldest week first; the last ends today
	Draft       string   // the content draft that answers it, "" for none
	NothingLeft bool     // its questions have no text: they are counted by their nearest topic
	Examples    []string // the newest first; none while People is below MinPeople
	Places      []Place  // what the questions named, each at least MinPeople times; none while People is below MinPeople
}

// Shown says whether what was asked may be read.
func (g Group) Shown() bool { return g.People >= MinPeople }

// Place is how often a row of a table was named.
type Place struct {
	Name string
	N    int
}

// Askers tells people apart without keeping who they are. Safe for concurrent use by several processes.
type Askers interface {
	// Mark notes that somebody asked what a group asks, which its first question names. people are the different ones since the first mark,
	// which goes with all others Window after it was made; before says that this one is there already.
	Mark(ctx context.Context, first Question, asker string) (before bool, people int, err error)
}

// Store keeps questions and their groups. Safe for concurrent use by several processes; each method happens whole or not at all.
type Store interface {
	// Heads are the oldest question of each group, of the groups that were asked last, at most limit.
	Heads(ctx context.Context, limit int) ([]Question, error)
	// Add keeps a question in its group, or in a new one when Group is 0 or is gone, and gives it its ID; people is what the group is noted to have when
	// that is more than before. A zero ID says that the day has maxADay already.
	Add(ctx context.Context, q Question, people, maxADay int) (Question, error)
	// Remove forgets a question; its group goes with the last one.
	Remove(ctx context.Context, id int64) error
	// Groups are those with most questions, at most limit, without Trend, Examples and Places. A group that was left is Open when grown
	// more were kept since.
	Groups(ctx context.Context, status Status, grown, limit int) ([]Group, error)
	// Group is one of them, or ErrNoGroup.
	Group(ctx context.Context, id int64, grown int) (Group, error)
	// Questions are those of a group, the newest first.
	Questions(ctx context.Context, group int64) ([]Question, error)
	// Leave notes that a group as it is needs no answer, and SetDraft that one is being written: ErrNoGroup.
	Leave(ctx context.Context, group int64, act audit.Act) error
	SetDraft(ctx context.Context, group int64, draft string, act audit.Act) error
	// Expire forgets what came before a day.
	Expire(ctx context.Context, before Day) (questions int, err error)
}
