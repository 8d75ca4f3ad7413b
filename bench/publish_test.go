package bench

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"towncrier/city"
	"towncrier/city/citytest"
	"towncrier/problem"
	"towncrier/revision"
	"towncrier/seal"
	"towncrier/store/storetest"
)

// BenchmarkPublish has a draft of a city of 600 intents published that teaches one of them another utterance, and measures how long after the
// publication a second process, the real binary on the same PostgreSQL, serves it; the aim is 2 s. An approver reads for a while
// what was submitted; "at once" publishes it as soon as it is submitted, as no person does. "an answer" corrects an answer, of which
// nothing is learnt.
func BenchmarkPublish(b *testing.B) {
	const file = "intents/dog.leash.yaml"
	binary := buildBinary(b)
	for _, c := range []struct {
		name, old, new string // # is the number of the round
		reads          time.Duration
	}{
		{"an utterance", "utterances:\n", "utterances:\n  - 遛狗绳子第#次\n", 15 * time.Second},
		{"an utterance at once", "utterances:\n", "utterances:\n  - 遛狗绳子第#次\n", 0},
		{"an answer at once", "带狗出门请", "带狗出门请务必", 0},
	} {
		b.Run(c.name, func(b *testing.B) {
			files, dir := citytest.City(500, 600), b.TempDir()
			folder, err := revision.Read(files)
			if err == nil {
				err = os.CopyFS(dir, files)
			}
			if err != nil {
				b.Fatal(err)
			}
			dsn, key := storetest.Postgres(b), seal.NewKey()
			sealer, err := seal.New(key)
			if err != nil {
				b.Fatal(err)
			}
			near := followerOf(b, dsn, sealer, folder)
			far := serveOn(b, binary, []string{"TOWNCRIER_DATA=" + b.TempDir(), "TOWNCRIER_DATABASE=" + dsn, "TOWNCRIER_KEY=" + base64.StdEncoding.EncodeToString(key),
				"TOWNCRIER_CONTENT=" + dir, "TOWNCRIER_WECHAT_APP_ID=" + appID, "TOWNCRIER_WECHAT_SECRET=none", "TOWNCRIER_WECHAT_TOKEN=" + token,
				"TOWNCRIER_WECHAT_AES_KEY=" + aesKey, "TOWNCRIER_WECHAT_API=http://127.0.0.1:1"})
			defer far.stop(b)
			var served, took []float64
			for round := 0; b.Loop(); round++ {
				d, err := near.Draft(b.Context(), "wang", "改")
				if err != nil {
					b.Fatal(err)
				}
				_, head, err := near.Head(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				text := strings.Replace(string(head[file]), c.old, strings.ReplaceAll(c.new, "#", strconv.Itoa(round)), 1)
				if _, err := near.Put(b.Context(), "wang", d.ID, file, []byte(text), revision.DigestOf(head[file])); err != nil {
					b.Fatal(err)
				}
				sent, err := near.Submit(b.Context(), "wang", d.ID, nil)
				for errors.Is(err, city.ErrSlow) { // on a busy machine
					sent, err = near.Submit(b.Context(), "wang", d.ID, nil)
				}
				if err != nil {
					b.Fatal(err)
				}
				time.Sleep(c.reads)
				begun := time.Now()
				r, err := near.Publish(b.Context(), "li", d.ID, hex.EncodeToString(sent.Hash))
				if err != nil {
					b.Fatal(err)
				}
				published := time.Now()
				for far.revision(b) != r.Number {
					time.Sleep(10 * time.Millisecond)
				}
				served = append(served, time.Since(published).Seconds())
				took = append(took, published.Sub(begun).Seconds())
			}
			b.ReportMetric(median(served), "s/served-elsewhere")
			b.ReportMetric(median(served)/2, "of-2s-aim")
			b.ReportMetric(median(took), "s/publish")
			b.ReportMetric(0, "ns/op")
		})
	}
}

var revisionMetric = regexp.MustCompile(`(?m)^towncrier_content_revision ([0-9.e+]+)$`)

// revision is the number of the revision that a server answers from.
func (s server) revision(b *testing.B) int {
	b.Helper()
	resp, err := http.Get(s.url + "/metrics")
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	found := revisionMetric.FindSubmatch(text)
	if found == nil {
		b.Fatalf("no revision in %s", text)
	}
	number, err := strconv.Atoi(string(found[1]))
	if err != nil {
		b.Fatal(err)
	}
	return number
}

// follower is one that answers from a database and follows it.
type follower struct {
	*revision.Service
	live *city.Live
}

func followerOf(b *testing.B, dsn string, sealer *seal.Sealer, folder revision.Folder) follower {
	b.Helper()
	var live *city.Live
	s := revision.NewService(revision.Config{
		Store: storetest.Open(b, dsn, sealer).Content(), Now: time.Now,
		Base:  func() (revision.Folder, error) { return folder, nil },
		Judge: func(fsys fs.FS) problem.List { return city.Check(fsys, time.Now()) },
		Worse: func(ctx context.Context, before, after revision.Folder) ([]string, error) {
			return live.Worse(ctx, before.FS(), after.FS())
		},
	})
	live, problems, err := city.Open(b.Context(), folder.FS(), s, time.Now, slog.New(slog.DiscardHandler))
	if live == nil {
		b.Fatal(problems, err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		live.Follow(ctx, s)
	}()
	b.Cleanup(func() { cancel(); <-done })
	return follower{s, live}
}
