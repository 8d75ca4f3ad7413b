package broadcast

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// StateError is ErrState with where the broadcast stands.
type StateError struct {
	Status Status
	Step   Step // that could not be taken there
}

func (e *StateError) Error() string {
	step, from := e.Step.Label(), e.Step.from()
	text := fmt.Sprintf("现在是“%s”，不能%s", e.Status.Label(), step)
	switch {
	case slices.Contains(from, e.Status.Label()): // and more is wanted than this status
		return "已经开始发送，不能" + step
	case len(from) > 0:
		return text + fmt.Sprintf("：只有“%s”的才能%s", strings.Join(from, "”“"), step)
	}
	return text
}

// Is makes it an ErrState.
func (e *StateError) Is(target error) bool { return target == ErrState }

var (
	// ErrEmergency says that the right to send emergencies is wanted.
	ErrEmergency = errors.New("这是应急群发，您没有发送应急群发的权限：请审批员办理")
	// ErrCommittee says that somebody of a committee reached for more than its own.
	ErrCommittee = errors.New("只能给本社区的居民发送：请把“社区”写成您自己的社区，或者不写")
	// ErrCitys says that somebody of a committee may look at a broadcast of the city's, and at no more of it.
	ErrCitys = errors.New("这是市里的群发，这一项您不能办理，也不能查看：请找市里的撰稿员或审批员")
	// ErrDrafts says that somebody has too many open drafts.
	ErrDrafts = fmt.Errorf("您的草稿已有%d份，不能再写：请先送审，或删除不用的草稿", maxDrafts)
	// ErrSeries says that of somebody's series too many wait for an approval.
	ErrSeries = fmt.Errorf("您写的定期发送有%d个等待审批，不能再写：请先请人审批，或停止不用的", maxDrafts)
	// ErrExpired says that the time of a broadcast or a series is over before anything of it went.
	ErrExpired = errors.New("发送时间已过：请修改时间，再送审批")
)

// Fault is something that a platform, or our own rules, would refuse in a broadcast. It is for the official who wrote it.
type Fault struct {
	Channel  Channel // "" when it is about no single channel
	Variable string  // "" when it is about no single variable
	Field    string  // of the proposal, where it is about no channel: as topic or cites; "" when it is about no single one
	Text     string  // what is wrong and what would be right, in Chinese
	Warning  bool    // worth a look, but nothing is refused for it unless it has a name
	// Name is of a warning that two people accept by it, as in link:www.example.com or deadline:N2#4; "" of every other. It
	// stays the same while what it warns of does.
	Name string
}

// FaultsError is why a broadcast cannot be submitted: every fault at once.
type FaultsError []Fault

func (e FaultsError) Error() string {
	texts := make([]string, len(e))
	for i, f := range e {
		texts[i] = f.String()
	}
	return "群发的内容有问题：" + strings.Join(texts, "；")
}

// String is channel variable: text.
func (f Fault) String() string {
	where := strings.TrimSpace(string(f.Channel) + " " + f.Variable)
	if where == "" {
		return f.Text
	}
	return where + ": " + f.Text
}
