package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"towncrier/api/wire"
	"towncrier/kv/kvtest"
	"towncrier/staff"
	"towncrier/store/storetest"
)

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
	nodes := []*running{serve(t, cfg), serve(t, cfg)}

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
	var page wire.Page[wire.Ticket]
	li := nodes[0].hire(t, cfg, staff.Person{ID: "li", Name: "李某", Role: staff.Author})["li"]
	if out := ok(t, li, "inbox", "list", "--json"); json.Unmarshal([]byte(out), &page) != nil || len(page.Items) != 1 {
		t.Errorf("inbox list: %s; want 1 ticket", out)
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
	r := serve(t, cfg)
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
