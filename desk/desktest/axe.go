package desktest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// The version of axe-core that judges pages, and what npm says its package's SHA-512 is.
const (
	axePackage   = "axe-core@4.14.1"
	axeFile      = "axe-core-4.14.1.tgz"
	axeIntegrity = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
)

// axeRun asks for everything that WCAG 2.2 wants at levels A and AA.
const axeRun = `axe.run(document, {
	runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"]
}).then(found => JSON.stringify(found.violations.flatMap(v => v.nodes.map(n =>
	v.id + ": " + n.target.join(" ") + " " + n.html.slice(0, 120) + "\n\t" + n.failureSummary.replace(/\s+/g, " ")))))`

// Axe is what axe-core finds on the page. It runs in a world of its own, where the page's policy does not stop it.
func (tab *Tab) Axe() []string {
	tab.t.Helper()
	found, err := tab.axe(axeSource(tab.t))
	if err != nil {
		tab.t.Fatalf("axe-core: %v", err)
	}
	return found
}

func (tab *Tab) axe(source string) (found []string, err error) {
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	tree, err := chromedp.Call(ctx, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return nil, err
	}
	world, err := chromedp.Call(ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: tree.FrameTree.Frame.ID, WorldName: "axe"})
	if err != nil {
		return nil, err
	}
	yes := true
	for _, script := range []string{source + ";''", axeRun} {
		res, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: script, ContextID: world.ExecutionContextID, AwaitPromise: &yes, ReturnByValue: &yes})
		if err != nil {
			return nil, err
		}
		if res.ExceptionDetails != nil {
			return nil, &chromedp.ExceptionError{ExceptionDetails: res.ExceptionDetails}
		}
		if script != axeRun {
			continue
		}
		var said string
		if err := json.Unmarshal(res.Result.Value, &said); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(said), &found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

var readAxe = sync.OnceValues(func() (string, error) {
	folder, err := os.UserCacheDir()
	if err != nil {
		folder = os.TempDir()
	}
	folder = filepath.Join(folder, "towncrier")
	packed, err := os.ReadFile(filepath.Join(folder, axeFile))
	if errors.Is(err, os.ErrNotExist) {
		packed, err = fetchAxe(folder)
	}
	if err != nil {
		return "", err
	}
	if err := checkAxe(packed); err != nil {
		return "", fmt.Errorf("%s: %w: delete it", filepath.Join(folder, axeFile), err)
	}
	return unpackAxe(packed)
})

// axeSource is axe-core's script, fetched once a machine.
func axeSource(t testing.TB) string {
	t.Helper()
	source, err := readAxe()
	if err != nil {
		t.Fatalf("axe-core: %v", err)
	}
	return source
}

// fetchAxe lets npm fetch the package into a folder beside the cache, and moves it there once it is whole.
func fetchAxe(folder string) ([]byte, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	fresh, err := os.MkdirTemp(folder, "fetch")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(fresh)
	npm := exec.Command("npm", "pack", axePackage, "--ignore-scripts", "--silent", "--pack-destination", fresh)
	npm.Dir = fresh
	if said, err := npm.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("npm pack %s: %w: %s (make test installs npm; it asks the registry once)", axePackage, err, strings.TrimSpace(string(said)))
	}
	packed, err := os.ReadFile(filepath.Join(fresh, axeFile))
	if err != nil {
		return nil, err
	}
	if err := checkAxe(packed); err != nil {
		return nil, err
	}
	return packed, os.Rename(filepath.Join(fresh, axeFile), filepath.Join(folder, axeFile))
}

func checkAxe(packed []byte) error {
	sum := sha512.Sum512(packed)
	if got := base64.StdEncoding.EncodeToString(sum[:]); got != axeIntegrity {
		return fmt.Errorf("the package's SHA-512 is %s, want %s", got, axeIntegrity)
	}
	return nil
}

func unpackAxe(packed []byte) (string, error) {
	unzipped, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return "", err
	}
	for files := tar.NewReader(unzipped); ; {
		file, err := files.Next()
		if err != nil {
			return "", fmt.Errorf("axe.min.js: %w", err)
		}
		if file.Name == "package/axe.min.js" {
			source, err := io.ReadAll(files)
			return string(source), err
		}
	}
}
