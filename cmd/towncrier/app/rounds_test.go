package app

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"towncrier/cmd/towncrier/doctor"
)

// watched is a check that a test makes fail, and what came of it.
type watched struct {
	mu     sync.Mutex
	found  doctor.Finding
	looks  int
	failed bool
	log    bytes.Buffer
}

func (w *watched) look(context.Context) []doctor.Finding {
	time.Sleep(time.Second)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looks++
	return []doctor.Finding{w.found}
}

func (w *watched) observe(_ string, wrong bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failed = wrong
}

func (w *watched) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.Write(line)
}

func (w *watched) set(state doctor.State, what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.found = doctor.Finding{State: state, Of: "/data", What: what, Remedy: "make room"}
}

// TestRoundsTellOnce has a check fail, get worse, and pass again: the log says each once, however often is looked, and serving is not waited for.
func TestRoundsTellOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &watched{}
		w.set(doctor.OK, "20 GiB are free")
		r := newRounds([]doctor.Check{{Name: "disk", Look: w.look}}, w.observe, slog.New(slog.NewTextHandler(w, nil)))
		if state := r.states()["disk"]; state != doctor.Unchecked {
			t.Errorf("before the first look it is %s", state)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { r.run(ctx); close(done) }()

		says := func(after time.Duration, looks int, state doctor.State, line string) {
			t.Helper()
			time.Sleep(after)
			w.mu.Lock()
			defer w.mu.Unlock()
			log := w.log.String()
			w.log.Reset()
			if w.looks != looks || r.states()["disk"] != state || w.failed != state.Wrong() {
				t.Errorf("%d looks, want %d; %v, want %s; failed %t", w.looks, looks, r.states(), state, w.failed)
			}
			if !strings.Contains(log, line) || strings.Count(log, "\n") > 1 || line == "" && log != "" {
				t.Errorf("the log says %q, want %q", log, line)
			}
		}
		says(2*time.Second, 1, doctor.OK, "")
		w.set(doctor.Warning, "900 MiB are free")
		says(time.Hour+time.Second, 2, doctor.Warning, `level=WARN msg="a check failed" check=disk problem="900 MiB are free" remedy="make room"`)
		w.set(doctor.Warning, "800 MiB are free")
		says(63*time.Second, 3, doctor.Warning, "") // the same in other words
		w.set(doctor.Fault, "80 MiB are free")
		r.soon()
		says(2*time.Second, 4, doctor.Fault, `level=ERROR msg="a check failed" check=disk problem="80 MiB are free"`)
		w.set(doctor.OK, "20 GiB are free")
		says(63*time.Second, 5, doctor.OK, `level=INFO msg="a check that failed passes" check=disk was="80 MiB are free"`)
		says(30*time.Minute, 5, doctor.OK, "")
		cancel()
		<-done
	})
}
