package desktest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Main runs a package's tests, and then ends what they share: a package that uses Chromium or the shared desk says
//
//	func TestMain(m *testing.M) { desktest.Main(m) }
func Main(m *testing.M) {
	shared.ends = true
	code := m.Run()
	if err := shared.end(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// InFull, with which a test begins that takes long or opens a tab, skips it when tests run in short: under the race detector, that is.
// scripts/racetest looks for tests that begin so, and runs them without it.
func InFull(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs in full without the race detector")
	}
}

// shared is what the tests of a binary share, and how it ends.
var shared struct {
	sync.Mutex
	ends     bool // Main runs the tests
	chromium context.Context
	desk     *Desk
	history  *Desk

	cleanups
}

// cleanups run in reverse.
type cleanups struct{ all []func() error }

func (c *cleanups) add(end func() error) { c.all = append(c.all, end) }

func (c *cleanups) end() error {
	var failed error
	for len(c.all) > 0 {
		last := len(c.all) - 1
		end := c.all[last]
		c.all = c.all[:last]
		failed = errors.Join(failed, end())
	}
	return failed
}

// chromium is the one browser of the test binary.
func chromium(t testing.TB) context.Context {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if !shared.ends {
		t.Fatal("nobody would stop Chromium: the package needs func TestMain(m *testing.M) { desktest.Main(m) }")
	}
	if shared.chromium != nil {
		return shared.chromium
	}
	folder, err := os.MkdirTemp("", "chromium")
	if err != nil {
		t.Fatal(err)
	}
	shared.add(func() error { return os.RemoveAll(folder) })
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(findChromium(t)), chromedp.UserDataDir(folder), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true), chromedp.Flag("lang", "zh-CN"),
		chromedp.WSURLReadTimeout(time.Minute),
	)
	ctx, stop := chromedp.NewContext(alloc)
	shared.add(func() error {
		defer stopAlloc()
		defer stop()
		return chromedp.Cancel(ctx)
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	shared.chromium = ctx
	return ctx
}

func findChromium(t testing.TB) string {
	t.Helper()
	for _, path := range []string{os.Getenv("CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"} {
		if _, err := os.Stat(path); path != "" && err == nil {
			return path
		}
	}
	t.Fatal("no Chromium at /usr/bin/chromium: install Debian's package chromium (make test does), or set CHROMIUM to its path")
	return ""
}
