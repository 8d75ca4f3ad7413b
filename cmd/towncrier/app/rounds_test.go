package app

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"towncrier/cmd/towncrier/doctor"
)

// TestRoundsTellOnce has a check fail, get worse, and pass again: the log says each once, however often is looked, and serving is not waited for.
func TestRoundsTellOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var looks int
		found := doctor.Finding{State: doctor.OK}
		failed := map[string]bool{}
		r := newRounds([]doctor.Check{{Name: "disk", Look: func(context.Context) []doctor.Finding {
			looks++
			time.Sleep(time.Second)
			return []doctor.Finding{found}
		}}}, func(check string, wrong bool) { failed[check] = wrong }, slog.New(slog.NewTextHandler(&log, nil)))
		if state := r.states()["disk"]; state != doctor.Unchecked {
			t.Errorf("before the first look it is %s", state)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { r.run(ctx); close(done) }()
		says := func(after time.Duration, wantLooks int, state doctor.State, lines ...string) {
			t.Helper()
			time.Sleep(after)
			synctest.Wait()
			if looks != wantLooks || r.states()["disk"] != state || failed["disk"] != state.Wrong() || strings.Count(log.String(), "\n") != len(lines) {
				t.Errorf("%d looks, want %d; states %v, want %s; log:\n%s", looks, wantLooks, r.states(), state, log.String())
			}
			for _, line := range lines {
				if !strings.Contains(log.String(), line) {
					t.Errorf("no %q in %s", line, log.String())
				}
			}
			log.Reset()
		}
		says(2*time.Second, 1, doctor.OK)
		found = doctor.Finding{State: doctor.Warning, Of: "/data", What: "900 MiB are free", Remedy: "make room"}
		says(time.Hour, 2, doctor.Warning, `level=WARN msg="a check failed" check=disk problem="900 MiB are free" remedy="make room"`)
		found.What = "800 MiB are free"
		says(63*time.Second, 3, doctor.Warning) // in other words, the same
		found.State, found.What = doctor.Fault, "80 MiB are free"
		r.soon()
		says(2*time.Second, 4, doctor.Fault, `level=ERROR msg="a check failed" check=disk problem="80 MiB are free"`)
		found = doctor.Finding{State: doctor.OK, Of: "/data", What: "20 GiB are free"}
		says(63*time.Second, 5, doctor.OK, `level=INFO msg="a check that failed passes" check=disk was="80 MiB are free"`)
		says(30*time.Minute, 5, doctor.OK)
		cancel()
		<-done
	})
}
