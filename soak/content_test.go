package soak

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"towncrier/api/wire"
	"towncrier/kv/kvtest"
	"towncrier/seal"
	"towncrier/store/storetest"
)

const (
	libraryNotice = "notices/L1.md"
	libraryHours  = "intents/library.hours.yaml"
	// agreeWithin is how soon after a publication every process answers by it.
	agreeWithin = 2 * time.Second
)

// editions are what the notice and the answer of the second city's library say, in the order in which they are published: a number of books,
// which stands in both files, and where it is printed, which stands in the notice.
var editions = []struct{ books, board string }{{"1200册", "示例镇公告栏"}, {"1300册", "示例镇公告栏甲"}, {"1400册", "示例镇公告栏乙"}, {"1500册", "示例镇公告栏丙"}}

const gone = "withdrawn"

// sighting is what somebody was told.
type sighting struct {
	process         int
	asked, answered time.Time
	truth           string
	reply           string // of the bot, whole; "" of a notice
}

// truth is a state of the content: when its publication was asked for, and when that was known to be done.
type truth struct {
	says         string
	asked, known time.Time
}

// publicDesk is officials at two processes, and residents who ask both all the time.
type publicDesk struct {
	*testing.T
	bases  [2]string
	keys   bearers
	truths []truth

	mu   sync.Mutex
	seen []sighting
}

// TestTwoProcessesAreOneTruth publishes, returns to what was, withdraws and brings back at two processes, one of which is killed before and
// after each commit, while residents ask both: none is answered by two files of two revisions, and the two agree within two seconds.
func TestTwoProcessesAreOneTruth(t *testing.T) {
	t.Parallel()
	redis := kvtest.Start(t)
	r := &run{plan: plan{lease: 10 * time.Second, askAgain: time.Second}, processes: true, key: seal.NewKey(),
		database: storetest.Postgres(t), redis: redis.URL(), settings: []string{"TOWNCRIER_CONTENT=../testdata/littletown"}}
	line := newTap(t, "unix", socket(t, r.database))
	dying := *r
	dying.database = regexp.MustCompile(`@/(\w+)\?.*`).ReplaceAllString(r.database, "@"+line.addr()+"/$1?sslmode=disable")
	nobody := newPlatform(t, "http://127.0.0.1:1") // what the processes say to WeChat of themselves
	first, second := dying.startNode(t, nobody.base), r.startNode(t, nobody.base)
	d := &publicDesk{T: t, bases: [2]string{"http://" + first.addr, "http://" + second.addr}, keys: openLedger(t, r.database, r.key).furnish(t, nil)}
	defer func() {
		if t.Failed() {
			t.Logf("the first:\n%s\nthe second:\n%s", first.tail(), second.tail())
		}
	}()
	for _, base := range d.bases {
		ready(t, base)
	}
	stop := d.residents()
	d.truth(editions[0].books, func() {})

	// killed does something at the first process, which is killed as it writes a revision.
	killed := func(answered bool, do func(base string) error) {
		t.Helper()
		sprung := line.spring(moment{ofSQL: true, answered: answered, sends: commits, before: regexp.MustCompile(`INSERT INTO content_revision`)}, first.killed)
		if err := do(d.bases[0]); err == nil {
			t.Error("the process that was to be killed answered")
		}
		select {
		case <-sprung:
		case <-time.After(10 * time.Second):
			t.Fatal("the process was not killed")
		}
	}
	publish := func(id, hash string) func(base string) error {
		return func(base string) error {
			return d.post(base, d.keys.approver, "/content/drafts/"+id+"/publish", wire.PublishContent{Hash: hash}, nil)
		}
	}

	id, hash := d.draft(0)
	d.truth(editions[1].books, func() { d.must(publish(id, hash)(d.bases[1])) })

	id, hash = d.draft(1)
	killed(false, publish(id, hash)) // nothing is published by it
	if n := d.newest(); n != 2 {
		t.Fatalf("revision %d is in force after a publication that was cut off", n)
	}
	ready(t, d.bases[0])
	d.truth(editions[2].books, func() { d.must(publish(id, hash)(d.bases[1])) })

	id, hash = d.draft(2)
	d.truth(editions[3].books, func() { killed(true, publish(id, hash)) }) // published, and nobody heard of it
	ready(t, d.bases[0])

	var back wire.ContentDraft
	d.must(d.post(d.bases[1], d.keys.author, "/content/revisions/2/roll-back", wire.RollBackContent{}, &back))
	id, hash = d.submit(back.ID)
	d.truth(editions[1].books, func() { d.must(publish(id, hash)(d.bases[1])) })

	d.truth(gone, func() {
		killed(true, func(base string) error {
			return d.post(base, d.keys.author, "/content/notices/L1/withdraw", wire.WithdrawNotice{}, nil)
		})
	})
	ready(t, d.bases[0])
	d.truth(editions[1].books, func() {
		d.must(d.post(d.bases[1], d.keys.approver, "/content/notices/L1/reinstate", struct{}{}, nil))
	})
	if n := d.newest(); n != 7 {
		t.Errorf("revision %d is in force, want the seventh", n)
	}
	stop()
	d.judge()
	for _, n := range []*node{first, second} {
		n.stop()
		n.check(t)
	}
}

// residents ask each process all the time, until stop, by the webhook and, less often, what the notice says.
func (d *publicDesk) residents() (stop func()) {
	done := make(chan struct{})
	var asking sync.WaitGroup
	often := func(every time.Duration, ask func(n int) (text, reply string, answered bool), process int, read func(string) string) {
		asking.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-done:
					return
				case <-time.After(every):
				}
				asked := time.Now()
				if text, reply, ok := ask(n); ok {
					d.note(sighting{process, asked, time.Now(), read(text), reply})
				}
			}
		})
	}
	for process, base := range d.bases {
		often(20*time.Millisecond, func(n int) (text, reply string, answered bool) {
			from := fmt.Sprintf("oSOAK-resident-%d%09d", process, n)
			message := fmt.Sprintf(`<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[图书屋几点开门]]></Content><MsgId>%d</MsgId>`, 1+2*n+process)
			status, text := push(d.T, base, from, message, time.Now())
			return text, text, status == http.StatusOK && text != "" && text != "success"
		}, process, d.read)
		often(700*time.Millisecond, func(int) (text, reply string, answered bool) {
			var n wire.Notice
			_, err := callOnce(d, base, d.keys.approver, http.MethodGet, "/content/notices/L1", nil, &n)
			said, _ := json.Marshal(n)
			return string(said), "", err == nil
		}, process, d.read)
	}
	return func() { close(done); asking.Wait() }
}

func (d *publicDesk) note(s sighting) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seen = append(d.seen, s)
}

// read says which edition a text is of, and that it is of one edition whole.
func (d *publicDesk) read(text string) string {
	if strings.Contains(text, "撤回") {
		return gone
	}
	for i := len(editions) - 1; i >= 0; i-- { // the name of the first board is the beginning of the others'
		if e := editions[i]; strings.Contains(text, e.board) {
			if !strings.Contains(text, e.books) {
				d.Errorf("half a revision: %s", text)
			}
			return e.books
		}
	}
	d.Errorf("no edition: %s", text)
	return ""
}

// truth makes says what is in force, and waits until both processes answer by it.
func (d *publicDesk) truth(says string, do func()) {
	d.Helper()
	t := truth{says: says, asked: time.Now()}
	do()
	t.known = time.Now()
	d.truths = append(d.truths, t)
	for deadline := time.Now().Add(30 * time.Second); !d.agree(t); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			d.Fatalf("not both processes say %s", says)
		}
	}
}

// agree says whether the last that each process said is t.
func (d *publicDesk) agree(t truth) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	var last [2]sighting
	for _, s := range d.seen {
		if s.asked.After(t.known) {
			last[s.process] = s
		}
	}
	return last[0].truth == t.says && last[1].truth == t.says
}

// judge holds all that was said against what was in force: nothing before its publication was asked for, nothing older two seconds after one
// was done, and never two truths for longer than that. An answer that came back is what it was, byte for byte, at both processes.
func (d *publicDesk) judge() {
	d.Helper()
	replies := map[string]string{}
	for _, s := range d.seen {
		if s.reply == "" {
			continue
		}
		if first, said := replies[s.truth]; said && s.reply != first {
			d.Errorf("process %d says\n%s\nand it was said before:\n%s", s.process, s.reply, first)
		}
		replies[s.truth] = s.reply
	}
	for _, s := range d.seen {
		fits := false
		for i, t := range d.truths {
			over := i+1 < len(d.truths) && s.asked.After(d.truths[i+1].known.Add(agreeWithin))
			fits = fits || s.truth == t.says && !s.answered.Before(t.asked) && !over
		}
		if !fits {
			d.Errorf("process %d said %q, asked %s after the beginning", s.process, s.truth, s.asked.Sub(d.truths[0].asked))
		}
	}
	var longest time.Duration
	for i, now := range d.truths[1:] {
		before := d.truths[i]
		var firstNew, lastOld time.Time
		for _, s := range d.seen {
			switch {
			case s.asked.Before(now.asked) || i+2 < len(d.truths) && s.answered.After(d.truths[i+2].asked):
			case s.truth == now.says && (firstNew.IsZero() || s.answered.Before(firstNew)):
				firstNew = s.answered
			case s.truth == before.says && s.asked.After(lastOld):
				lastOld = s.asked
			}
		}
		longest = max(longest, lastOld.Sub(firstNew))
	}
	d.Logf("asked %d times; two truths for %s at most", len(d.seen), longest.Round(time.Millisecond))
	if longest > agreeWithin {
		d.Errorf("two truths for %s", longest)
	}
}

// draft has the author write the edition after one, and submit it.
func (d *publicDesk) draft(after int) (id, hash string) {
	d.Helper()
	var made wire.ContentDraft
	d.must(d.post(d.bases[1], d.keys.author, "/content/drafts", wire.NewContentDraft{Title: "图书屋"}, &made))
	was, now := editions[after], editions[after+1]
	for _, path := range []string{libraryNotice, libraryHours} {
		at := "/content/drafts/" + made.ID + "/file?path=" + url.QueryEscape(path)
		var f wire.ContentText
		_, err := callOnce(d, d.bases[1], d.keys.author, http.MethodGet, at, nil, &f)
		d.must(err)
		text := strings.NewReplacer(was.books, now.books, "publisher: "+was.board, "publisher: "+now.board).Replace(f.Text)
		_, err = callOnce(d, d.bases[1], d.keys.author, http.MethodPut, at+"&was="+f.Digest, []byte(text), &made)
		d.must(err)
	}
	return d.submit(made.ID)
}

func (d *publicDesk) submit(id string) (string, string) {
	d.Helper()
	var sent wire.ContentDraft
	d.must(d.post(d.bases[1], d.keys.author, "/content/drafts/"+id+"/submit", wire.SubmitContent{}, &sent))
	return id, sent.Hash
}

func (d *publicDesk) newest() int {
	d.Helper()
	var now wire.ContentStatus
	_, err := callOnce(d, d.bases[1], d.keys.approver, http.MethodGet, "/content", nil, &now)
	d.must(err)
	return now.Revision
}

func (d *publicDesk) post(base, bearer, path string, body, into any) error {
	text, err := json.Marshal(body)
	d.must(err)
	if into == nil {
		into = new(json.RawMessage)
	}
	_, err = callOnce(d, base, bearer, http.MethodPost, path, text, into)
	return err
}

func (d *publicDesk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}
