package bench

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"towncrier/porttest"
)

// BenchmarkStart times the real binary from exec to its first healthy answer, and reads its resident memory then: a
// rehearsal without a history, with embedded SQLite, embedded Redis, the matcher and the sandbox. It is compared with the aims of 1000 ms
// and 60 MiB.
func BenchmarkStart(b *testing.B) {
	binary := buildBinary(b)
	var took, memory []float64
	for b.Loop() {
		ms, mib := startOnce(b, binary)
		took, memory = append(took, ms), append(memory, mib)
	}
	b.ReportMetric(median(took), "ms/start")
	b.ReportMetric(median(took)/1000, "of-1s-aim")
	b.ReportMetric(median(memory), "MiB")
	b.ReportMetric(median(memory)/60, "of-60MiB-aim")
	b.ReportMetric(0, "ns/op")
}

// startOnce starts and stops the binary once.
func startOnce(b *testing.B, binary string) (ms, mib float64) {
	b.Helper()
	addr := porttest.Hold(b)
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, "rehearse", "--history=false")
	cmd.Env = []string{"TOWNCRIER_LISTEN=" + addr, "TOWNCRIER_DATA=" + b.TempDir()}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	start := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	for {
		if ctx.Err() != nil {
			cmd.Process.Kill()
			cmd.Wait()
			b.Fatalf("not healthy within a minute:\n%s", &said)
		}
		resp, err := http.Get("http://" + addr + "/healthz")
		if err != nil {
			time.Sleep(2 * time.Millisecond)
			continue
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		ms = float64(time.Since(start).Microseconds()) / 1000
		break
	}
	mib, err := memoryMiB(cmd.Process.Pid, "VmRSS:")
	if err != nil {
		b.Fatal(err)
	}
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		b.Fatalf("stop: %v\n%s", err, &said)
	}
	return ms, mib
}
