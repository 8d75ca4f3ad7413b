package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"towncrier/kv"
	"towncrier/kv/kvtest"
	"towncrier/store/storetest"
	"towncrier/wechat"
)

func TestMain(m *testing.M) {
	kv.SetLogger(slog.New(slog.DiscardHandler))
	os.Exit(storetest.Run(m))
}

// production is a configuration of `towncrier serve`, WeChat out of reach.
func production(t *testing.T, more ...string) Config {
	t.Helper()
	src, err := readSource("", goodEnv(append([]string{"TOWNCRIER_LISTEN=127.0.0.1:0", "TOWNCRIER_WECHAT_API=http://127.0.0.1:1",
		"TOWNCRIER_DATA=" + filepath.Join(t.TempDir(), "new")}, more...)...))
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := src.config(serveNeeds...)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// platform pushes messages as WeChat does, sealed and signed.
type platform struct {
	*wechat.Crypto
}

func newPlatform(t *testing.T, cfg Config) platform {
	t.Helper()
	c, err := wechat.NewCrypto(cfg.WeChat.AppID, cfg.WeChat.Token, cfg.WeChat.AESKey, "")
	if err != nil {
		t.Fatal(err)
	}
	return platform{c}
}

func message(from string, id int, text string) string {
	return fmt.Sprintf("<xml><ToUserName>gh_town</ToUserName><FromUserName>%s</FromUserName><CreateTime>%d</CreateTime>"+
		"<MsgType>text</MsgType><Content>%s</Content><MsgId>%d</MsgId></xml>", from, time.Now().Unix(), text, id)
}

// request is one push of a message: every try is sealed anew.
func (p platform) request(t *testing.T, message string) (target, body string) {
	t.Helper()
	sealed, err := p.Seal(wechat.Current, []byte(message))
	if err != nil {
		t.Fatal(err)
	}
	stamp, nonce := strconv.FormatInt(time.Now().Unix(), 10), strconv.Itoa(rand.Int())
	q := url.Values{"timestamp": {stamp}, "nonce": {nonce}, "encrypt_type": {"aes"},
		"signature": {p.Signature(stamp, nonce)}, "msg_signature": {p.Signature(stamp, nonce, sealed)}}
	return "/wechat?" + q.Encode(), "<xml><Encrypt>" + sealed + "</Encrypt></xml>"
}

// push sends a message and returns what the resident would read. The answer must come before the platform gives up.
func (p platform) push(t *testing.T, addr, message string) string {
	t.Helper()
	target, body := p.request(t, message)
	client := http.Client{Timeout: 5 * time.Second}
	resp, err := client.Post("http://"+addr+target, "text/xml", strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return ""
	}
	return p.read(t, resp)
}

func (p platform) read(t *testing.T, resp *http.Response) string {
	t.Helper()
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("%s: %s, %v", resp.Status, b, err)
		return ""
	}
	env, err := wechat.ParseEnvelope(b)
	if err != nil {
		t.Errorf("reply %q: %v", b, err)
		return ""
	}
	plain, _, err := p.Open(env.Encrypt)
	if err != nil {
		t.Error(err)
		return ""
	}
	reply, err := wechat.ParsePassive(plain)
	if err != nil {
		t.Error(err)
	}
	return reply.Content
}

// ready waits until /readyz says of each part and resource what is wanted; its status is that of answering residents.
func (r *running) ready(t *testing.T, want map[string]string) {
	t.Helper()
	var body string
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var states map[string]string
		var status int
		status, body = r.get(t, "/readyz")
		if err := json.Unmarshal([]byte(body), &states); err != nil {
			t.Fatalf("/readyz: %s", body)
		}
		met := (status == http.StatusOK) == (states["answers"] == "ok")
		for name, state := range want {
			met = met && states[name] == state
		}
		if met {
			return
		}
	}
	t.Fatalf("/readyz says %s, want %s\n%s", body, want, r.log)
}

// suspend shuts a PostgreSQL database to everyone until resume is called.
func suspend(t *testing.T, database string) (resume func()) {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(u.Path, "/")
	u.Path = "/postgres"
	exec := func(query string, args ...any) {
		t.Helper()
		conn, err := pgx.Connect(t.Context(), u.String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.WithoutCancel(t.Context()))
		if _, err := conn.Exec(t.Context(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec("ALTER DATABASE " + name + " ALLOW_CONNECTIONS false")
	exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
	return func() { t.Helper(); exec("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true") }
}

// TestTwoProcesses serves one account from two towncriers on one PostgreSQL and one Redis, and takes both away in turn.
func TestTwoProcesses(t *testing.T) {
	redis, database := kvtest.Start(t), storetest.Postgres(t)
	env := []string{"TOWNCRIER_REDIS=" + redis.URL(), "TOWNCRIER_DATABASE=" + database}
	cfg := production(t, append(smallCity, env...)...)
	p := newPlatform(t, cfg)
	nodes := []*running{start(t, cfg, false), start(t, cfg, false)}

	// One conversation, each message to the other node; the last is pushed to both at once and tried again.
	const who = "oTWO-processes"
	for i, text := range []string{"我要提意见", "演示路的路灯坏了", "演示路"} {
		if reply := p.push(t, nodes[i%2].addr, message(who, i+1, text)); reply == "" {
			t.Fatalf("%s: no reply", text)
		}
	}
	confirm := message(who, 9, "确认")
	replies := make([]string, 6)
	var tries sync.WaitGroup
	for i := range replies {
		tries.Go(func() { replies[i] = p.push(t, nodes[i%2].addr, confirm) })
	}
	tries.Wait()
	for _, reply := range replies {
		if !strings.Contains(reply, "已登记，编号是") || reply != replies[0] {
			t.Errorf("the tries were answered %q", replies)
			break
		}
	}
	code, out, errs := command(t, append(env, "TOWNCRIER_KEY="+goodKey), "", "inbox", "list", "--json")
	var tickets []ticketView
	if err := json.Unmarshal([]byte(out), &tickets); err != nil || code != 0 || len(tickets) != 1 {
		t.Errorf("inbox list: exit %d, %d tickets, want 1: %v\n%s%s", code, len(tickets), err, out, errs)
	}
	ran := 0
	for _, node := range nodes {
		_, body := node.get(t, "/metrics")
		for _, m := range regexp.MustCompile(`(?m)^towncrier_replies_total\{.*\} (\d+)$`).FindAllStringSubmatch(body, -1) {
			n, _ := strconv.Atoi(m[1])
			ran += n
		}
	}
	if ran != 4 {
		t.Errorf("the dialogue ran %d times for 4 messages", ran)
	}

	asks := func(id int, during string) {
		t.Helper()
		for i, node := range nodes {
			if reply := p.push(t, node.addr, message("oOUTAGE", id+i, smallQuestion)); !strings.Contains(reply, smallAnswer) {
				t.Errorf("%s: answered %q\n%s", during, reply, node.log)
			}
		}
	}
	well := map[string]string{"answers": "ok", "worker": "ok", "console": "ok", "database": "ok", "redis": "ok", "queue": "ok", "clock": "ok", "wechat": "ok"}
	resume := suspend(t, database)
	asks(20, "without PostgreSQL")
	nodes[0].ready(t, map[string]string{"answers": "ok", "worker": "down", "console": "down", "database": "down", "redis": "ok", "queue": "ok"})
	redis.Kill()
	asks(30, "without both")
	nodes[1].ready(t, map[string]string{"answers": "ok", "worker": "down", "console": "down", "database": "down", "redis": "down", "queue": "down"})
	if status, _ := nodes[0].get(t, "/healthz"); status != http.StatusOK {
		t.Errorf("/healthz = %d: being restarted would help nobody", status)
	}
	resume()
	asks(40, "without Redis")
	redis.Restart()
	for _, node := range nodes {
		node.ready(t, well)
	}
	asks(50, "afterwards")

	for _, node := range nodes {
		if err := node.stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
		for _, secret := range []string{who, "路灯", smallQuestion, kvtest.Password, goodSecret, goodKey} {
			if strings.Contains(node.log.String(), secret) {
				t.Errorf("the log shows %q:\n%s", secret, node.log)
			}
		}
	}
}

// TestStopAnswersWhatIsUnderWay stops a server that has begun to read a message.
func TestStopAnswersWhatIsUnderWay(t *testing.T) {
	cfg := production(t, smallCity...)
	p := newPlatform(t, cfg)
	r := start(t, cfg, false)
	conn, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	target, body := p.request(t, message("oSTOP", 1, smallQuestion))
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: towncrier\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", target, len(body))
	in := bufio.NewReader(conn)
	if line, err := in.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("%q, %v", line, err)
	}
	if _, err := in.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- r.stop() }()
	for deadline := time.Now().Add(3 * time.Second); !strings.Contains(r.log.String(), "msg=stopping") && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	io.WriteString(conn, body)
	resp, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	if reply := p.read(t, resp); !strings.Contains(reply, smallAnswer) {
		t.Errorf("reply = %q", reply)
	}
	if err := <-stopped; err != nil {
		t.Errorf("stop: %v", err)
	}
}
