package soak

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/cmd/towncrier/app"
	"towncrier/cmd/towncrier/config"
	"towncrier/cmd/towncrier/rehearsal"
	"towncrier/kv/kvtest"
	"towncrier/porttest"
	"towncrier/sandbox/platform"
)

// Accounts at the platforms, none of which exists.
var accounts = []string{
	"TOWNCRIER_WECHAT_APP_ID=wx0123456789abcdef", "TOWNCRIER_WECHAT_SECRET=0123456789abcdef0123456789abcdef", "TOWNCRIER_WECHAT_TOKEN=soaktoken0000000",
	"TOWNCRIER_WECHAT_AES_KEY=abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
	"TOWNCRIER_SMS_ACCESS_KEY_ID=LTAI00000soak", "TOWNCRIER_SMS_ACCESS_KEY_SECRET=soaksecret00000000000000000000", "TOWNCRIER_SMS_SIGN=邻里通",
	"TOWNCRIER_SMS_CODE_TEMPLATE=SMS_42", "TOWNCRIER_SMS_CALLBACK_KEY=q7Rk2mXw9TzL4vBn8YcJ5hGd3sPf6WaE1uKx0NtM",
}

// build makes the binary as it ships, once.
var build = sync.OnceValues(func() (binary string, err error) {
	binary = filepath.Join(built, "towncrier")
	cmd := exec.Command("go", "build", "-ldflags", "-s -w", "-o", binary, "towncrier/cmd/towncrier")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return binary, nil
})

// launch starts a process that dies with the test binary. The thread that starts it lives as long as it does: the kernel takes the
// death of that thread for the parent's.
func launch(cmd *exec.Cmd) (ended <-chan struct{}, err error) {
	done, launched := make(chan struct{}), make(chan error)
	cmd.SysProcAttr = mortal()
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		launched <- err
		if err == nil {
			cmd.Wait()
		}
		close(done)
	}()
	return done, <-launched
}

// node serves: a process that is started again whenever it ends, or a server in this process.
type node struct {
	addr string
	log  string // file

	embedded *app.App // nil of a process

	mu      sync.Mutex
	process *os.Process
	stopped bool
	ended   chan struct{} // nothing is started any more
}

// How many calls a process has under way at once.
const inFlight, textCalls = 48, 2

// startNode serves on a port that stays the same.
func (r *run) startNode(t testing.TB, sandbox string) *node {
	t.Helper()
	dir := t.TempDir()
	n := &node{addr: porttest.Hold(t), log: filepath.Join(dir, "log"), ended: make(chan struct{})}
	env := append([]string{
		"TOWNCRIER_LISTEN=" + n.addr, "TOWNCRIER_DATA=" + filepath.Join(dir, "data"), "TOWNCRIER_KEY=" + encoded(r.key),
		"TOWNCRIER_DATABASE=" + r.database, "TOWNCRIER_REDIS=" + r.redis,
		"TOWNCRIER_WECHAT_API=" + sandbox + "/sandbox/wechat", "TOWNCRIER_SMS_ENDPOINT=" + sandbox + "/sandbox/aliyun",
		"TOWNCRIER_BROADCAST_LEASE=" + r.lease.String(), "TOWNCRIER_BROADCAST_ASK_AGAIN=" + r.askAgain.String(),
		"TOWNCRIER_BROADCAST_CHUNKS=4", "TOWNCRIER_SMS_TIMEOUT=5s",
		fmt.Sprintf("TOWNCRIER_WECHAT_CONCURRENCY=%d", inFlight), fmt.Sprintf("TOWNCRIER_SMS_CALLS=%d", textCalls),
	}, accounts...)
	env = append(env, r.settings...)
	log, err := os.OpenFile(n.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.stop)
	if !r.processes {
		n.embed(t, env, log)
		return n
	}
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	go n.supervise(binary, env, log)
	return n
}

// embed serves in this process.
func (n *node) embed(t testing.TB, env []string, log *os.File) {
	t.Helper()
	t.Cleanup(func() { log.Close() })
	src, err := config.Read("", env)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := src.Config(config.ServeNeeds...)
	if err != nil {
		t.Fatal(err)
	}
	n.embedded = app.New(cfg, app.Options{Log: slog.New(slog.NewTextHandler(log, nil))})
	if err := n.embedded.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// supervise starts the process again whenever it ends.
func (n *node) supervise(binary string, env []string, log *os.File) {
	defer close(n.ended)
	defer log.Close()
	for {
		cmd := exec.Command(binary, "serve")
		cmd.Env, cmd.Stdout, cmd.Stderr = env, log, log
		n.mu.Lock()
		if n.stopped {
			n.mu.Unlock()
			return
		}
		ended, err := launch(cmd)
		n.process = cmd.Process
		n.mu.Unlock()
		if err != nil {
			fmt.Fprintln(log, "start:", err)
			return
		}
		<-ended
		fmt.Fprintf(log, "--- ended: %s\n", cmd.ProcessState)
		time.Sleep(200 * time.Millisecond) // as a supervisor does
	}
}

// kill ends the process as a power cut would.
func (n *node) kill() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.process != nil {
		n.process.Kill()
	}
}

// stop ends it for good, as an operator does.
func (n *node) stop() {
	if n.embedded != nil {
		n.embedded.Stop()
		return
	}
	n.mu.Lock()
	n.stopped = true
	if n.process != nil {
		n.process.Signal(syscall.SIGTERM)
	}
	n.mu.Unlock()
	select {
	case <-n.ended:
	case <-time.After(20 * time.Second):
		n.kill()
		<-n.ended
	}
}

var personal = regexp.MustCompile(`199[0-9]{8}|oSOAK`)

// check reads the log for what must not be in it.
func (n *node) check(t testing.TB) {
	t.Helper()
	text, err := os.ReadFile(n.log)
	if err != nil {
		t.Fatal(err)
	}
	if found := personal.Find(text); found != nil {
		t.Errorf("a log names a resident: %s", found)
	}
	for _, word := range []string{"panic", "DATA RACE"} {
		if bytes.Contains(text, []byte(word)) {
			t.Errorf("a log says %q", word)
		}
	}
}

func (n *node) tail() []byte {
	text, _ := os.ReadFile(n.log)
	return text[max(0, len(text)-6000):]
}

// front takes connections for whichever process listens, as a load balancer does.
type front struct {
	listener net.Listener
	patience time.Duration // for which a connection waits when nobody listens

	mu   sync.Mutex
	next int
	back []string
}

func newFront(t testing.TB) *front {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &front{listener: l}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go f.pass(conn)
		}
	}()
	return f
}

func (f *front) addr() string { return "http://" + f.listener.Addr().String() }

func (f *front) add(addr string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.back = append(f.back, addr)
}

// pass joins a connection to the next process that takes it.
func (f *front) pass(conn net.Conn) {
	defer conn.Close()
	to := f.dial()
	for deadline := time.Now().Add(f.patience); to == nil && time.Now().Before(deadline); to = f.dial() {
		time.Sleep(20 * time.Millisecond)
	}
	if to == nil {
		return
	}
	defer to.Close()
	go func() {
		io.Copy(to, conn)
		to.(*net.TCPConn).CloseWrite()
	}()
	io.Copy(conn, to)
}

func (f *front) dial() net.Conn {
	f.mu.Lock()
	f.next++
	first, back := f.next, f.back
	f.mu.Unlock()
	for i := range back {
		if to, err := net.Dial("tcp", back[(first+i)%len(back)]); err == nil {
			return to
		}
	}
	return nil
}

// ready waits until something serves.
func (f *front) ready(t testing.TB) {
	t.Helper()
	ready(t, f.addr())
}

func ready(t testing.TB, base string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		resp, err := http.Get(base + "/readyz")
		if err != nil {
			continue
		}
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return
		}
	}
	t.Fatal("nothing serves within a minute")
}

// flush empties a Redis.
func flush(t testing.TB, server *kvtest.Server) {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: server.Addr(), Password: kvtest.Password})
	defer client.Close()
	if err := client.FlushAll(t.Context()).Err(); err != nil {
		t.Error(err)
	}
}

// platforms are the pretend ones, in this process.
type platforms struct {
	base   string
	record string // file
}

func (r *run) startSandbox(t testing.TB, front string) platforms {
	t.Helper()
	src, err := config.Read("", accounts)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := src.Config(rehearsal.SandboxNeeds...)
	if err != nil {
		t.Fatal(err)
	}
	p := platforms{record: filepath.Join(t.TempDir(), "record.jsonl")}
	opt := rehearsal.SandboxOptions{Listen: "127.0.0.1:0", Webhook: front + "/wechat", Callbacks: front, Record: p.record, People: write(t, r.people),
		Seed: r.seed, Delay: 500 * time.Millisecond, Again: time.Second}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	listening, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- rehearsal.ServeSandbox(ctx, cfg, opt, io.Discard, slog.New(slog.DiscardHandler), func(addr string) { listening <- addr })
	}()
	select {
	case addr := <-listening:
		p.base = "http://" + addr
	case err := <-ended:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return p
}

// makeSlow puts the plan's faults in force. The first that strikes a call does.
func (p platforms) makeSlow(t testing.TB, of plan) {
	t.Helper()
	for _, api := range []string{"message/template/send", "message/subscribe/bizsend", "aliyun/SendBatchSms"} {
		slow := of.slow
		if api != "aliyun/SendBatchSms" {
			slow /= 2
		}
		p.fault(t, platform.Fault{API: api, Kind: platform.Fault5xx, Rate: of.share / 2})
		p.fault(t, platform.Fault{API: api, Kind: platform.Fault5xxAfter, Rate: of.share / 2})
		p.fault(t, platform.Fault{API: api, Kind: platform.FaultTimeout, Rate: of.share, Latency: slow.String()})
		p.fault(t, platform.Fault{API: api, Kind: platform.FaultSlowAnswer, Rate: 0.5, Latency: slow.String()})
		p.fault(t, platform.Fault{API: api, Kind: platform.FaultLatency, Latency: slow.String()})
	}
	for _, api := range []string{"template/result", "subscribe/result", "aliyun/report"} {
		p.fault(t, platform.Fault{API: api, Kind: platform.FaultTwice, Rate: of.share})
		p.fault(t, platform.Fault{API: api, Kind: platform.FaultEarly, Rate: of.share})
	}
}

// answerAfter has calls that send take so long.
func (p platforms) answerAfter(t testing.TB, d time.Duration) {
	t.Helper()
	for _, api := range []string{"message/template/send", "aliyun/SendBatchSms"} {
		p.fault(t, platform.Fault{API: api, Kind: platform.FaultLatency, Latency: d.String()})
	}
}

// heal ends every fault.
func (p platforms) heal(t testing.TB) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, p.base+"/sandbox/faults", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

func (p platforms) fault(t testing.TB, f platform.Fault) {
	t.Helper()
	body, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(p.base+"/sandbox/faults", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if answer, _ := io.ReadAll(resp.Body); resp.StatusCode/100 != 2 {
		t.Fatalf("fault %s: %s %s", body, resp.Status, answer)
	}
}
