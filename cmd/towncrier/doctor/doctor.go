// Package doctor looks at what serving rests on and the program cannot mend: the platforms' accounts, clocks, the way in from outside,
// the machine. A check says what is wrong and what to do about it, in words for operators. No finding holds a secret.
package doctor

import (
	"context"
	"sync"
	"time"
)

// State is how something stands.
type State string

const (
	OK        State = "ok"
	Unchecked State = "unchecked" // it could not be looked at, or a setting would have to say where
	Warning   State = "warning"   // it works, but not whole, or not for long
	Fault     State = "fault"     // something that residents or officials rely on does not work
)

// States are all of them, the gravest last.
var States = []State{OK, Unchecked, Warning, Fault}

// Wrong says whether somebody has to do something.
func (s State) Wrong() bool { return s == Warning || s == Fault }

// Check looks at one thing.
type Check struct {
	Name  string // as metrics, /readyz and the log name it
	About string // what it looks at
	Look  func(ctx context.Context) []Finding
}

// Finding is one thing that a check saw.
type Finding struct {
	State  State  `json:"state"`
	Of     string `json:"of,omitempty"` // what it is about, where a check looks at several: a template, a folder. The same from look to look
	What   string `json:"what"`
	Remedy string `json:"remedy,omitempty"` // what to do about it
}

// Result is what a check found.
type Result struct {
	Check    string    `json:"check"`
	About    string    `json:"about"`
	State    State     `json:"state"` // the gravest of the findings
	Findings []Finding `json:"findings"`
}

// lookWithin bounds a check: the longest makes a call for each template.
const lookWithin = 30 * time.Second

// Run makes all checks at once, so that one that waits holds no other up. Results are in the checks' order.
func Run(ctx context.Context, checks []Check) []Result {
	results := make([]Result, len(checks))
	var under sync.WaitGroup
	for i, c := range checks {
		under.Go(func() { results[i] = c.result(ctx) })
	}
	under.Wait()
	return results
}

func (c Check) result(ctx context.Context) Result {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	r := Result{Check: c.Name, About: c.About, State: OK, Findings: c.Look(ctx)}
	for _, f := range r.Findings {
		r.State = graver(r.State, f.State)
	}
	return r
}

func graver(a, b State) State {
	for _, s := range States {
		if s == a {
			return b
		}
		if s == b {
			return a
		}
	}
	return a
}

func ok(of, what string) Finding                { return Finding{OK, of, what, ""} }
func unchecked(of, what, remedy string) Finding { return Finding{Unchecked, of, what, remedy} }
func warning(of, what, remedy string) Finding   { return Finding{Warning, of, what, remedy} }
func fault(of, what, remedy string) Finding     { return Finding{Fault, of, what, remedy} }

// Failed is a check of what could not even be opened.
func Failed(name, about, what, remedy string) Check {
	return Check{name, about, one(func(context.Context) Finding { return fault("", what, remedy) })}
}

// one is the look of a check that has one thing to say.
func one(look func(ctx context.Context) Finding) func(context.Context) []Finding {
	return func(ctx context.Context) []Finding { return []Finding{look(ctx)} }
}
