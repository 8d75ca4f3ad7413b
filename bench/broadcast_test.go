package bench

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/porttest"
	"towncrier/roster"
	"towncrier/seal"
	"towncrier/staff"
	"towncrier/staff/stafftest"
	"towncrier/store"
)

const (
	smsRecipients    = 100_000
	noticeRecipients = 40_000
	// aside holds receipts back until everything is accepted, so that each is timed by itself.
	aside = 20 * time.Second
	// bareClients are as many as the calls that a serving process is allowed here by WeChat: more than by default, which bounds what an
	// outage leaves in doubt rather than what a second takes.
	bareClients = 128
	barePosts   = 20_000
)

// BenchmarkBroadcast times the real binary from the frozen audience until the last recipient is accepted, in a SQLite file with
// synchronous=FULL, and then the receipts by themselves. Both pretend platforms live in a process of their own. It is compared
// with a bare net/http client's unsigned POSTs, one a recipient, to a route of that process that does nothing, before and after; all of
// them share the machine's cores. The aims are 2.2 recipients a POST by SMS and 0.6 by template message.
func BenchmarkBroadcast(b *testing.B) {
	binary := buildBinary(b)
	for _, by := range []struct {
		channel    broadcast.Channel
		recipients int
		aim        float64
	}{{broadcast.SMS, smsRecipients, 2.2}, {broadcast.Template, noticeRecipients, 0.6}} {
		b.Run(string(by.channel), func(b *testing.B) {
			var sent, receipts, bare, ratio []float64
			for b.Loop() {
				h := newBroadcaster(b, binary, "", by.channel, by.recipients, aside)
				posts := h.bare(b)
				s, r := h.send(b, by.recipients, true)
				posts = (posts + h.bare(b)) / 2
				h.stop(b)
				sent, receipts, bare, ratio = append(sent, s), append(receipts, r), append(bare, posts), append(ratio, s/posts)
			}
			b.ReportMetric(median(sent), "recipients/s")
			b.ReportMetric(median(receipts), "receipts/s")
			b.ReportMetric(median(bare), "bare-POSTs/s")
			b.ReportMetric(median(ratio), "of-bare")
			b.ReportMetric(median(ratio)/by.aim, "of-aim")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkBroadcastMemory reads the peak of the serving process's resident set after a broadcast by SMS to a million, or to
// BENCH_RECIPIENTS, receipts included while it goes. The aim is 200 MiB.
func BenchmarkBroadcastMemory(b *testing.B) {
	recipients := 1_000_000
	if text := os.Getenv("BENCH_RECIPIENTS"); text != "" {
		var err error
		if recipients, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	binary := buildBinary(b)
	var memory, sent, resident, recipient []float64
	for b.Loop() {
		h := newBroadcaster(b, binary, "", broadcast.SMS, recipients, 500*time.Millisecond)
		rate, _ := h.send(b, recipients, false)
		peak, err := memoryMiB(h.server.cmd.Process.Pid, "VmHWM:")
		if err != nil {
			b.Fatal(err)
		}
		memory, sent = append(memory, peak), append(sent, rate)
		h.stop(b)
		resident = append(resident, float64(h.imported)/float64(recipients))
		recipient = append(recipient, float64(fileSize(b, h.file)-h.imported)/float64(recipients))
	}
	b.ReportMetric(median(resident), "disk-B/resident")
	b.ReportMetric(median(recipient), "disk-B/recipient")
	b.ReportMetric(float64(recipients), "recipients")
	b.ReportMetric(median(memory), "MiB")
	b.ReportMetric(median(memory)/200, "of-200MiB-aim")
	b.ReportMetric(median(sent), "recipients/s")
	b.ReportMetric(0, "ns/op")
}

// buildBinary makes the binary as it ships.
func buildBinary(b *testing.B) string {
	b.Helper()
	binary := filepath.Join(b.TempDir(), "towncrier")
	build := exec.CommandContext(b.Context(), "go", "build", "-ldflags", "-s -w", "-o", binary, "towncrier/cmd/towncrier")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	return binary
}

// broadcaster is a serving process with its platforms.
type broadcaster struct {
	server   server
	platform *exec.Cmd
	base     string // of the platforms
	ledger   *store.Broadcasts
	db       *store.DB
	file     string // of the database, when it is SQLite
	imported int64  // its bytes once the residents were in it

	author, approver string // bearer keys
}

// newBroadcaster serves a city of so many residents, each reached by one channel, from a database, "" for a new SQLite file.
func newBroadcaster(b *testing.B, binary, database string, channel broadcast.Channel, residents int, delay time.Duration) *broadcaster {
	b.Helper()
	dir, key := b.TempDir(), seal.NewKey()
	addr := porttest.Hold(b)
	h := &broadcaster{base: "http://" + addr}
	env := []string{"TOWNCRIER_DATA=" + dir, "TOWNCRIER_KEY=" + base64.StdEncoding.EncodeToString(key),
		"TOWNCRIER_WECHAT_APP_ID=" + appID, "TOWNCRIER_WECHAT_SECRET=none", "TOWNCRIER_WECHAT_TOKEN=" + token, "TOWNCRIER_WECHAT_AES_KEY=" + aesKey,
		"TOWNCRIER_WECHAT_API=" + h.base + "/sandbox/wechat", "TOWNCRIER_WECHAT_RATE=0", "TOWNCRIER_WECHAT_CONCURRENCY=128", "TOWNCRIER_SMS_CALLS=16",
		"TOWNCRIER_SMS_ACCESS_KEY_ID=LTAI00000bench", "TOWNCRIER_SMS_ACCESS_KEY_SECRET=benchsecret", "TOWNCRIER_SMS_SIGN=邻里通",
		"TOWNCRIER_SMS_CODE_TEMPLATE=SMS_42", "TOWNCRIER_SMS_CALLBACK_KEY=q7Rk2mXw9TzL4vBn8YcJ5hGd3sPf6WaE1uKx0NtM",
		"TOWNCRIER_SMS_ENDPOINT=" + h.base + "/sandbox/aliyun", "TOWNCRIER_SMS_RATE=0", "TOWNCRIER_LOG_LEVEL=error"}
	people := []map[string]any{{"openid": "oBENCH-nobody", "name": "居民"}}
	if database == "" {
		h.file = filepath.Join(dir, "towncrier.db")
		database = h.file
	}
	env = append(env, "TOWNCRIER_DATABASE="+database)
	if channel == broadcast.SMS {
		importResidents(b, binary, env, dir, database, key, residents)
		if h.file != "" {
			h.imported = fileSize(b, h.file)
		}
	}
	h.db = openDatabase(b, database, key)
	h.ledger = h.db.Broadcasts()
	if channel != broadcast.SMS {
		people = followers(b, h.db, residents)
	}
	h.addStaff(b)
	h.server = serveOn(b, binary, env)
	file := filepath.Join(dir, "people.json")
	text, err := json.Marshal(people)
	if err == nil {
		err = os.WriteFile(file, text, 0o600)
	}
	if err != nil {
		b.Fatal(err)
	}
	h.platform = exec.CommandContext(b.Context(), binary, "sandbox", "--listen", addr, "--people", file,
		"--webhook", h.server.url+"/wechat", "--callbacks", h.server.url, "--receipt-delay", delay.String(), "--receipt-again", "1s")
	h.platform.Env = env
	if err := h.platform.Start(); err != nil {
		b.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if resp, err := http.Post(h.base+"/sandbox/noop", "", nil); err == nil {
			resp.Body.Close()
			return h
		}
		if time.Now().After(deadline) {
			b.Fatal("the platforms do not answer within a minute")
		}
	}
}

// importResidents has a server take so many residents with a number each, and stops it.
func importResidents(b *testing.B, binary string, env []string, dir, database string, key []byte, residents int) {
	b.Helper()
	server := serveOn(b, binary, env)
	db := openDatabase(b, database, key)
	admin := adminOf(b, db, server)
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	give(b, binary, admin, "committee", "import", writeCommittees(b, filepath.Join(dir, "committees.csv")), "--yes")
	give(b, binary, admin, "roster", "import", writeNumbers(b, filepath.Join(dir, "residents.csv"), residents), "--yes")
	server.stop(b)
}

// writeNumbers writes a file of residents who agreed to notices and have a number alone.
func writeNumbers(b *testing.B, path string, n int) string {
	b.Helper()
	return writeFile(b, path, func(w io.Writer) {
		fmt.Fprint(w, "手机号,居委会代码,依据,同意时间,同意方式\r\n")
		for i := range n {
			fmt.Fprintf(w, "199%08d,C%03d,同意,2023-11-13,纸质\r\n", i, i%importCommittees)
		}
	})
}

// followers are residents who follow and subscribed to the draft's topic, as the platform knows them.
func followers(b *testing.B, db *store.DB, n int) (people []map[string]any) {
	b.Helper()
	now := time.Now().UTC().Truncate(time.Millisecond)
	var edit roster.Edit
	for i := range n {
		id, openid := sha256.Sum256([]byte{byte(i), byte(i >> 8), byte(i >> 16)}), fmt.Sprintf("oBENCH-resident-%08d", i)
		people = append(people, map[string]any{"openid": openid, "name": "居民", "following": true})
		edit.Save = append(edit.Save, roster.Resident{ID: hex.EncodeToString(id[:16]), OpenID: openid, CreatedAt: now, UpdatedAt: now,
			Preferences: []roster.Preference{{Topic: "civility", Wants: true, At: now}}})
		if len(edit.Save) < 500 && i < n-1 {
			continue
		}
		edit.Acts = []audit.Act{{Actor: audit.System("bench"), Action: "resident.seed", At: now}}
		if err := db.Roster().Edit(b.Context(), nil, func([]roster.Found) (roster.Edit, error) { return edit, nil }); err != nil {
			b.Fatal(err)
		}
		edit = roster.Edit{}
	}
	return people
}

func (h *broadcaster) addStaff(b *testing.B) {
	b.Helper()
	colleagues := staff.New(h.db.Staff(), nil, time.Now)
	for id, key := range map[string]*string{"author": &h.author, "approver": &h.approver} {
		_, err := colleagues.Add(b.Context(), audit.System("bench"), staff.Person{ID: id, Name: id, Role: staff.Role(id)})
		if err == nil {
			*key, _, err = stafftest.KeyOf(b.Context(), h.db.Staff(), time.Now, id)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

// call has the API do something.
func (h *broadcaster) call(b *testing.B, bearer, path string, body string) (view struct{ ID, Hash string }) {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, h.server.url+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+bearer)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(path, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode/100 != 2 {
		b.Fatalf("%s: %s %s %v", path, resp.Status, answer, err)
	}
	if err := json.Unmarshal(answer, &view); err != nil {
		b.Fatal(err)
	}
	return view
}

// send lets the city's draft go, and returns recipients accepted and, when it waits for them, receipts a second.
func (h *broadcaster) send(b *testing.B, recipients int, receipts bool) (accepted, reported float64) {
	b.Helper()
	made := h.call(b, h.author, "/broadcasts", `{"draft":"civility","proposal":{"window":"00:00-24:00"}}`)
	at := "/broadcasts/" + made.ID
	h.call(b, h.approver, at+"/approve", `{"hash":"`+h.call(b, h.author, at+"/submit", "").Hash+`"}`)
	h.call(b, h.author, at+"/schedule", "")

	deadline := time.Now().Add(20 * time.Minute)
	until := func(every time.Duration, what string, is func(by map[broadcast.State]int) bool) time.Time {
		for {
			counts, err := h.ledger.Tally(b.Context(), made.ID)
			if err != nil {
				b.Fatal(err)
			}
			by := map[broadcast.State]int{}
			for _, c := range counts {
				by[c.State] += c.N
			}
			if is(by) {
				return time.Now()
			}
			if time.Now().After(deadline) {
				b.Fatalf("not %s in time: %v\n%s", what, by, h.server.said)
			}
			time.Sleep(every)
		}
	}
	gone := func(by map[broadcast.State]int) int { return by[broadcast.Accepted] + by[broadcast.Delivered] }
	end := until(5*time.Millisecond, "accepted", func(by map[broadcast.State]int) bool { return gone(by) == recipients })
	one, err := h.ledger.Get(b.Context(), made.ID)
	if err != nil {
		b.Fatal(err)
	}
	accepted = float64(recipients) / end.Sub(one.FrozenAt).Seconds()
	if !receipts {
		return accepted, 0
	}
	first := until(5*time.Millisecond, "reported", func(by map[broadcast.State]int) bool { return by[broadcast.Delivered] > 0 })
	last := until(5*time.Millisecond, "reported", func(by map[broadcast.State]int) bool { return by[broadcast.Delivered] == recipients })
	if first.Before(end) {
		b.Errorf("receipts came before the last recipient was accepted: hold them back for longer than %s", aside)
	}
	return accepted, float64(recipients) / last.Sub(first).Seconds()
}

// bare posts to the route that does nothing and returns how many were answered a second.
func (h *broadcaster) bare(b *testing.B) float64 {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: bareClients}}
	defer client.CloseIdleConnections()
	body := []byte(strings.Repeat("x", 400)) // a template message's size
	post := func(posts int64) float64 {
		var next atomic.Int64
		var all sync.WaitGroup
		start := time.Now()
		for range bareClients {
			all.Go(func() {
				for next.Add(1) <= posts {
					resp, err := client.Post(h.base+"/sandbox/noop", "application/json", bytes.NewReader(body))
					if err != nil {
						b.Error(err)
						return
					}
					io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
			})
		}
		all.Wait()
		return float64(posts) / time.Since(start).Seconds()
	}
	post(barePosts / 10) // connections
	return post(barePosts)
}

func (h *broadcaster) stop(b *testing.B) {
	b.Helper()
	h.server.stop(b)
	h.platform.Process.Kill()
	h.platform.Wait()
	if err := h.db.Close(); err != nil {
		b.Error(err)
	}
}

// fileSize is the bytes of a database that nobody has open: its journal is folded into it.
func fileSize(b *testing.B, path string) int64 {
	b.Helper()
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

// memoryMiB reads what Linux counts of a process's resident set: VmRSS for now, VmHWM for its peak.
func memoryMiB(pid int, what string) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, what); ok {
			kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kib / 1024, err
		}
	}
	return 0, fmt.Errorf("no %s of process %d", what, pid)
}
