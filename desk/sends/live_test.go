package sends_test

import (
	"bufio"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"towncrier/api/wire"
	"towncrier/desk/desktest"
)

// follower is a page that is open, and goes on as live.js does: with what it saw last.
type follower struct {
	t       *testing.T
	name    string
	address *url.URL
	cookies []*http.Cookie
	accept  string

	shown  map[string]int // the numbers that are seen
	text   string         // the newest piece
	pieces int
	missed atomic.Int32 // times that nothing came, or the stream broke
	begun  chan struct{}
	over   chan struct{}
}

var (
	liveAt  = regexp.MustCompile(`data-live="([^"]+)"`)
	figures = regexp.MustCompile(`<dt>([^<]+)</dt><dd>([\d,]+)</dd>`)
)

// follow opens a page and follows it until it is over.
func follow(t *testing.T, d *desktest.Desk, name, path, accept string) *follower {
	t.Helper()
	b := d.SignIn(t, "approver")
	p := b.Open(path)
	live := liveAt.FindStringSubmatch(p.Body)
	if live == nil {
		t.Fatalf("the page does not follow:\n%s", p.Text())
	}
	address, err := url.Parse(d.URL + html.UnescapeString(live[1]))
	if err != nil {
		t.Fatal(err)
	}
	f := &follower{t: t, name: name, address: address, cookies: b.Cookies(), accept: accept, shown: map[string]int{}, begun: make(chan struct{}), over: make(chan struct{})}
	f.shows(p.Body)
	go func() {
		defer close(f.over)
		for end := time.Now().Add(3 * time.Minute); ; time.Sleep(300 * time.Millisecond) {
			if over, ok := f.ask(); over {
				return
			} else if !ok {
				f.missed.Add(1)
			}
			if time.Now().After(end) {
				t.Errorf("%s: not over within three minutes; it shows %v", name, f.shown)
				return
			}
		}
	}()
	return f
}

// ask asks once: for one piece, or for a stream of them until it breaks.
func (f *follower) ask() (over, ok bool) {
	req, err := http.NewRequestWithContext(f.t.Context(), http.MethodGet, f.address.String(), nil)
	if err != nil {
		f.t.Error(err)
		return true, false
	}
	req.Header.Set("Accept", f.accept)
	for _, c := range f.cookies {
		req.AddCookie(c)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false, false
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusNoContent:
		return true, true
	case resp.StatusCode != http.StatusOK:
		return false, false
	case f.accept == "text/event-stream":
		return f.read(resp.Body), false
	}
	piece, err := io.ReadAll(resp.Body)
	if err != nil {
		return false, false
	}
	f.saw(resp.Header.Get("Last-Event-ID"))
	f.shows(string(piece))
	return false, true
}

// read reads a stream of events.
func (f *follower) read(stream io.Reader) (over bool) {
	var id, event, data string
	for scan := bufio.NewScanner(stream); scan.Scan(); {
		line := scan.Text()
		switch field, rest, _ := strings.Cut(line, ": "); {
		case field == "id":
			id = rest
		case field == "event":
			event = rest
		case field == "data":
			data += rest + "\n"
		case line == "" && event != "":
			f.saw(id)
			f.shows(data)
			if event == "end" {
				return true
			}
			event, data = "", ""
		}
	}
	return false
}

func (f *follower) saw(id string) { f.address.RawQuery = "seen=" + id }

// shows puts a piece on the page.
func (f *follower) shows(piece string) {
	f.text = piece
	f.pieces++
	for _, found := range figures.FindAllStringSubmatch(piece, -1) {
		name, n := found[1], number(f.t, found[2])
		if n < f.shown[name] && name != "没有成功" { // a late receipt may say that it did arrive
			f.t.Errorf("%s: %s fell from %d to %d", f.name, name, f.shown[name], n)
		}
		f.shown[name] = n
	}
	if all := f.shown["一共要发"]; all > 0 && f.shown["平台已收下"] >= all/5 && f.shown["平台已收下"] < all {
		select {
		case <-f.begun:
		default:
			close(f.begun)
		}
	}
}

// TestLiveTruth: pages that are open while their server is killed and started again recover by themselves. Their numbers never fall, and at the
// end they are the report's.
func TestLiveTruth(t *testing.T) {
	t.Parallel()
	c := openMortal(t)
	id := c.TextEverybody(t)
	wait(t, "it is counted", func() bool { return value(progress(t, c.Desk, id).Messages) > 0 })
	pages := []*follower{follow(t, c.Desk, "stream", "/desk/sends/"+id, "text/event-stream"), follow(t, c.Desk, "asked", "/desk/sends/"+id, "text/html")}
	for _, f := range pages {
		select {
		case <-f.begun:
		case <-f.over:
			t.Fatalf("%s is over before its server was killed: %v", f.name, f.shown)
		}
	}
	killed := time.Now()
	c.kill()
	for _, f := range pages {
		wait(t, f.name+" misses it", func() bool { return f.missed.Load() > 0 })
	}
	c.start(t)
	back := time.Since(killed)
	for _, f := range pages {
		<-f.over
	}
	var r wire.Report
	c.Call(t, "author", http.MethodGet, "/broadcasts/"+id+"/report", nil, &r)
	p := progress(t, c.Desk, id)
	if p.Status != "done" || value(p.Settled) != value(p.Messages) || value(r.Delivered) != value(p.Delivered) {
		t.Errorf("at the end %+v, and the report says %d arrived", p, value(r.Delivered))
	}
	want := map[string]int{"已送达": value(p.Delivered), "平台已收下": value(p.Given), "没有成功": value(p.Failed), "一共要发": value(p.Messages)}
	for _, f := range pages {
		for name, n := range want {
			if f.shown[name] != n {
				t.Errorf("%s: at the end %s is %d, and the ledger says %d", f.name, name, f.shown[name], n)
			}
		}
		if !strings.Contains(f.text, "已完成") {
			t.Errorf("%s shows at the end\n%s", f.name, f.text)
		}
		t.Logf("%s: %d pieces, %d misses; the server was back after %v: %v", f.name, f.pieces, f.missed.Load(), back, f.shown)
	}
}
