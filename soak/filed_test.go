package soak

import (
	"fmt"
	"net"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"towncrier/inbox"
	"towncrier/kv/kvtest"
	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	pretendwechat "towncrier/sandbox/wechat"
	"towncrier/seal"
	"towncrier/store/storetest"
)

// moment is when a process that files a suggestion is killed: as it sends something to Redis or PostgreSQL, which does not get it, or
// which does it, and the process does not hear of it.
type moment struct {
	name     string
	ofSQL    bool // else of Redis
	answered bool
	sends    *regexp.Regexp
	before   *regexp.Regexp // was sent on the same connection; nil for anything
}

var (
	claims  = regexp.MustCompile(`towncrier:first:\w+\r\n\$\d+\r\nc`)
	records = regexp.MustCompile(`towncrier:first:\w+\r\n\$\d+\r\nr`)
	commits = regexp.MustCompile(`(?i)commit\x00`)
	notes   = regexp.MustCompile(`INSERT INTO ticket_message`)
)

var moments = []moment{
	{name: "before it claims the message", sends: claims},
	{name: "once it has claimed the message", sends: claims, answered: true},
	{name: "before the ticket is committed", sends: commits, before: notes, ofSQL: true},
	{name: "once the ticket is committed", sends: commits, before: notes, ofSQL: true, answered: true},
	{name: "before the reply is recorded", sends: records},
	{name: "once the reply is recorded", sends: records, answered: true},
}

// TestKilledWhileFiling kills the process that files a resident's suggestion, at each moment from the claim of the message to the
// answer. WeChat pushes the message again, to another process.
func TestKilledWhileFiling(t *testing.T) {
	for _, kind := range []struct {
		name string
		open func(testing.TB) string
	}{{"SQLite", storetest.SQLite}, {"PostgreSQL", storetest.Postgres}} {
		for _, m := range moments {
			if m.ofSQL && kind.name == "SQLite" {
				continue // which nothing goes by to
			}
			t.Run(kind.name+" "+m.name, func(t *testing.T) {
				t.Parallel()
				redis := kvtest.Start(t)
				r := &run{plan: plan{lease: 10 * time.Second, askAgain: time.Second}, processes: true, key: seal.NewKey(),
					database: kind.open(t), redis: redis.URL(), settings: []string{"TOWNCRIER_CONTENT=../testdata/littletown"}}
				r.fileOnce(t, redis.Addr(), m)
			})
		}
	}
}

func (r *run) fileOnce(t *testing.T, redis string, m moment) {
	front := newFront(t)
	front.patience = 20 * time.Second // until a process is started again
	platform := newPlatform(t, front.addr())
	dying := *r
	var line *tap
	if m.ofSQL {
		line = newTap(t, "unix", socket(t, r.database))
		dying.database = regexp.MustCompile(`@/(\w+)\?.*`).ReplaceAllString(r.database, "@"+line.addr()+"/$1?sslmode=disable")
	} else {
		line = newTap(t, "tcp", redis)
		dying.redis = strings.Replace(r.redis, redis, line.addr(), 1)
	}
	first := dying.startNode(t, platform.base)
	second := first // started again: one process at a time serves from SQLite
	if strings.HasPrefix(r.database, "postgres:") {
		second = r.startNode(t, platform.base)
		ready(t, "http://"+second.addr)
	}
	ready(t, "http://"+first.addr)
	front.turnTo(first.addr)
	defer func() {
		if t.Failed() {
			t.Logf("killed:\n%s\nthe other:\n%s", first.tail(), second.tail())
		}
	}()

	for _, text := range []string{"我要提意见", "演示路的路灯坏了", "演示路"} {
		if d := platform.write(t, text); d.Reply == nil {
			t.Fatalf("%s: no reply\n%s", text, first.tail())
		}
	}
	sprung := line.spring(m, func() {
		front.turnTo(second.addr)
		first.killed()
	})
	d := platform.write(t, "确认")
	select {
	case <-sprung:
	case <-time.After(10 * time.Second):
		t.Fatalf("the process was not killed; the resident read %+v", d.Reply)
	}
	if d.Sent.Attempts < 2 {
		t.Errorf("%d pushes, want the message pushed again", d.Sent.Attempts)
	}

	number := platform.filed(t)
	ledger := openLedger(t, r.database, r.key)
	tickets, err := ledger.db.Inbox().List(t.Context(), inbox.Filter{})
	if err != nil || len(tickets) != 1 || tickets[0].Number != number {
		t.Errorf("%d tickets, %v; want one, %s, as the resident was told", len(tickets), err, number)
	}
	second.stop()
	second.check(t)
}

// socket is where storetest's PostgreSQL listens.
func socket(t *testing.T, database string) string {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("host") + "/.s.PGSQL.5432"
}

// killed kills the process, and waits until it is dead.
func (n *node) killed() {
	n.mu.Lock()
	process := n.process
	n.mu.Unlock()
	process.Kill()
	for process.Signal(syscall.Signal(0)) == nil {
		time.Sleep(time.Millisecond)
	}
}

// turnTo has new connections go to one process alone.
func (f *front) turnTo(addr string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.back = []string{addr}
}

// pretendWeChat is WeChat with one resident on it.
type pretendWeChat struct {
	*sandbox.Sandbox
	base string
}

const writer = "oSOAK-resident-0000000001"

func newPlatform(t *testing.T, front string) pretendWeChat {
	t.Helper()
	setting := func(name string) string {
		i := slices.IndexFunc(accounts, func(s string) bool { return strings.HasPrefix(s, name+"=") })
		return accounts[i][len(name)+1:]
	}
	s, err := sandbox.New(sandbox.Config{
		Config: platform.Config{Residents: []platform.Resident{{OpenID: writer, Name: "居民1号", About: "演练用"}}},
		WeChat: pretendwechat.Config{
			AppID: setting("TOWNCRIER_WECHAT_APP_ID"), Secret: setting("TOWNCRIER_WECHAT_SECRET"), Token: setting("TOWNCRIER_WECHAT_TOKEN"),
			AESKey: setting("TOWNCRIER_WECHAT_AES_KEY"), WebhookURL: front + "/wechat",
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Handler())
	t.Cleanup(func() { s.Close(); server.Close() })
	return pretendWeChat{s, server.URL}
}

// write sends a text, of a follower: who is none yet follows first.
func (p pretendWeChat) write(t *testing.T, text string) platform.Outcome {
	t.Helper()
	if len(p.Record.Of(writer)) == 0 {
		if _, err := p.Act(t.Context(), writer, platform.Action{Kind: platform.Follow}); err != nil {
			t.Fatal(err)
		}
	}
	d, err := p.Act(t.Context(), writer, platform.Action{Kind: platform.SendText, Text: text})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// filed is the number of the ticket that the resident was told of, at once or a little later.
func (p pretendWeChat) filed(t *testing.T) string {
	t.Helper()
	said := regexp.MustCompile(`已登记，编号是([0-9-]+)`)
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		var numbers []string
		for _, e := range p.Record.Of(writer) {
			if m := said.FindStringSubmatch(e.Text); m != nil {
				numbers = append(numbers, m[1])
			}
		}
		if len(numbers) > 0 {
			if len(numbers) > 1 {
				t.Errorf("the resident was told %d times: %q", len(numbers), numbers)
			}
			return numbers[0]
		}
	}
	t.Error("the resident was not answered within a minute")
	return ""
}

// tap passes connections on to a server, and springs a trap at what goes by.
type tap struct {
	listener      net.Listener
	network, back string

	mu   sync.Mutex
	trap *trap
}

type trap struct {
	moment
	once sync.Once
	do   func()
	done chan struct{}
}

func (t *trap) spring() {
	t.once.Do(func() {
		t.do()
		close(t.done)
	})
	<-t.done
}

func newTap(t *testing.T, network, back string) *tap {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	tap := &tap{listener: l, network: network, back: back}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go tap.pass(conn)
		}
	}()
	return tap
}

func (t *tap) addr() string { return t.listener.Addr().String() }

// spring sets the trap: do is done once, before what was sent or its answer goes on, and the connection is closed.
func (t *tap) spring(m moment, do func()) <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.trap = &trap{moment: m, do: do, done: make(chan struct{})}
	return t.trap.done
}

func (t *tap) set() *trap {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.trap != nil {
		select {
		case <-t.trap.done: // sprung
			return nil
		default:
		}
	}
	return t.trap
}

func (t *tap) pass(conn net.Conn) {
	defer conn.Close()
	to, err := net.Dial(t.network, t.back)
	if err != nil {
		fmt.Println("tap:", err)
		return
	}
	defer to.Close()
	var mu sync.Mutex
	var caught *trap // whose answer is awaited
	go func() {
		defer conn.Close()
		flow(to, conn, func([]byte) bool {
			mu.Lock()
			defer mu.Unlock()
			if caught != nil {
				caught.spring()
			}
			return caught == nil
		})
	}()
	ready := false // what the trap waits for first went by
	flow(conn, to, func(sent []byte) bool {
		trap := t.set()
		if trap == nil {
			return true
		}
		ready = ready || trap.before == nil || trap.before.Match(sent)
		switch {
		case !ready || !trap.sends.Match(sent):
			return true
		case trap.answered:
			mu.Lock()
			caught = trap
			mu.Unlock()
			return true
		}
		trap.spring()
		return false
	})
}

// flow passes on what comes in, unless it is told not to: then it ends.
func flow(from, to net.Conn, may func([]byte) bool) {
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			if !may(buf[:n]) {
				return
			}
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
