package broadcast

import (
	"errors"
	"fmt"
	"strings"
)

// StateError is ErrState with where the broadcast stands.
type StateError struct {
	Status Status
	Step   Step // that could not be taken there
}

func (e *StateError) Error() string {
	return ErrState.Error() + ": cannot " + string(e.Step) + " what is " + string(e.Status)
}

// Is makes it an ErrState.
func (e *StateError) Is(target error) bool { return target == ErrState }

var (
	// ErrEmergency says that the right to send emergencies is wanted.
	ErrEmergency = errors.New("an emergency broadcast needs the right to send emergencies")
	// ErrCommittee says that somebody of a committee reached for more than its own.
	ErrCommittee = errors.New("a committee sends to its own residents only: set committee to your own")
	// ErrDrafts says that somebody has too many open drafts.
	ErrDrafts = fmt.Errorf("您的草稿已有%d份，不能再写：请先送审或取消不用的草稿", maxDrafts)
	// ErrSeries says that of somebody's series too many wait for an approval.
	ErrSeries = fmt.Errorf("您写的定期发送有%d个等待审批，不能再写：请先请人审批，或停止不用的", maxDrafts)
	// ErrExpired says that the time of a broadcast or a series is over before anything of it went.
	ErrExpired = errors.New("its time is over: edit its time, and have it approved again")
)

// Fault is something that a platform, or our own rules, would refuse in a broadcast. It is for the official who wrote it.
type Fault struct {
	Channel  Channel // "" when it is about no single channel
	Variable string  // "" when it is about no single variable
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
	return "the broadcast has faults: " + strings.Join(texts, "; ")
}

// String is channel variable: text.
func (f Fault) String() string {
	where := strings.TrimSpace(string(f.Channel) + " " + f.Variable)
	if where == "" {
		return f.Text
	}
	return where + ": " + f.Text
}
