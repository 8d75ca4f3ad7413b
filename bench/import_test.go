package bench

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/porttest"
	"towncrier/seal"
	"towncrier/sheet"
	"towncrier/staff"
	"towncrier/staff/stafftest"
	"towncrier/store"
	"towncrier/wechat"
)

const (
	importRows       = 1_000_000
	importCommittees = 50
	askEvery         = 20 * time.Millisecond // 50 messages a second: a busy hour of a city of 5 million
	askers           = 50                    // a second between two messages of each
)

// talk is what each asker writes again and again. Four of ten messages change the database: a choice and its audit, twice,
// a suggestion's ticket, and one more choice.
var talk = []string{"遛狗不拴绳咋办", "退订", "中风康复去哪", "接收通知", "我要提意见", "路灯坏了三个月没人修", "跳过", "确认", "退订", "谁管狗"}

// BenchmarkImport times the real command from exec to exit: a million residents over the API of a server with a new SQLite file, upload, dry
// run, sealing and audit included, while the server answers messages that read and write. It is compared with the aims of 15 s, 256 MiB
// of the server at the peak, and 100 ms for the 99th percentile of the answers.
func BenchmarkImport(b *testing.B) {
	binary := buildBinary(b)
	for format, write := range map[string]func(*testing.B, string) string{"csv": writeResidents, "xlsx": writeWorkbook} {
		b.Run(format, func(b *testing.B) {
			dir := b.TempDir()
			residents := write(b, filepath.Join(dir, "residents."+format))
			committees := writeCommittees(b, filepath.Join(dir, "committees.csv"))
			var took, memory, slow []float64
			for b.Loop() {
				data, key := b.TempDir(), seal.NewKey()
				server := serveOn(b, binary, []string{"TOWNCRIER_DATA=" + data, "TOWNCRIER_KEY=" + base64.StdEncoding.EncodeToString(key),
					"TOWNCRIER_WECHAT_APP_ID=" + appID, "TOWNCRIER_WECHAT_SECRET=none", "TOWNCRIER_WECHAT_TOKEN=" + token,
					"TOWNCRIER_WECHAT_AES_KEY=" + aesKey, "TOWNCRIER_WECHAT_API=http://127.0.0.1:1"})
				db := openDatabase(b, filepath.Join(data, "towncrier.db"), key)
				env := adminOf(b, db, server)
				if err := db.Close(); err != nil {
					b.Fatal(err)
				}
				give(b, binary, env, "committee", "import", committees, "--yes")
				importing := exec.CommandContext(b.Context(), binary, "roster", "import", residents, "--yes")
				importing.Env = env
				ended := make(chan error, 1)
				start := time.Now()
				go func() {
					out, err := importing.CombinedOutput()
					if err != nil {
						err = fmt.Errorf("%w\n%s", err, out)
					}
					ended <- err
				}()
				answers, err := server.askUntil(b, ended)
				if err != nil {
					b.Fatal("import:", err)
				}
				took = append(took, time.Since(start).Seconds())
				slow = append(slow, percentile(answers, 99))
				peak, err := memoryMiB(server.cmd.Process.Pid, "VmHWM:")
				if err != nil {
					b.Fatal(err)
				}
				memory = append(memory, peak)
				server.stop(b)
			}
			b.ReportMetric(median(took), "s/import")
			b.ReportMetric(importRows/median(took), "rows/s")
			b.ReportMetric(median(took)/15, "of-15s-aim")
			b.ReportMetric(median(memory), "MiB")
			b.ReportMetric(median(memory)/256, "of-256MiB-aim")
			b.ReportMetric(median(slow), "webhook-p99-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func openDatabase(b *testing.B, database string, key []byte) *store.DB {
	b.Helper()
	sealer, err := seal.New(key)
	if err != nil {
		b.Fatal(err)
	}
	db, err := store.Open(b.Context(), database, sealer)
	if err != nil {
		b.Fatal(err)
	}
	return db
}

// adminOf is the environment of an admin who works over a server's API.
func adminOf(b *testing.B, db *store.DB, server server) []string {
	b.Helper()
	_, err := staff.New(db.Staff(), nil, time.Now).Add(b.Context(), audit.System("bench"), staff.Person{ID: "admin", Name: "admin", Role: staff.Admin})
	key := ""
	if err == nil {
		key, _, err = stafftest.KeyOf(b.Context(), db.Staff(), time.Now, "admin")
	}
	if err != nil {
		b.Fatal(err)
	}
	return []string{"TOWNCRIER_URL=" + server.url, "TOWNCRIER_API_KEY=" + key}
}

// writeResidents writes a file of numbers that nobody has looked up: 199 and eight digits counted up, because the examples'
// range 1990000xxxx holds 10,000 only.
func writeResidents(b *testing.B, path string) string {
	b.Helper()
	return writeFile(b, path, func(w io.Writer) {
		fmt.Fprint(w, "\ufeff手机号,居委会代码,小区,依据,同意时间\r\n")
		for i := range importRows {
			fmt.Fprintf(w, "199%08d,C%03d,%d号院,同意,2023-11-13\r\n", i*7%100_000_000, i%importCommittees, i%300)
		}
	})
}

// writeWorkbook writes the same as a workbook, with names and addresses besides.
func writeWorkbook(b *testing.B, path string) string {
	b.Helper()
	return writeFile(b, path, func(w io.Writer) {
		out, err := sheet.NewWriter(w, sheet.XLSX)
		if err != nil {
			b.Fatal(err)
		}
		row := []string{"姓名", "手机号", "居委会代码", "小区", "住址", "依据", "同意时间"}
		for i := range importRows + 1 {
			if i > 0 {
				row = []string{fmt.Sprint("居民", i%5000), fmt.Sprintf("199%08d", i*7%100_000_000), fmt.Sprintf("C%03d", i%importCommittees), fmt.Sprintf("%d号院", i%300),
					fmt.Sprintf("%d号楼%d室", i%40, i%900), "同意", "2023-11-13"}
			}
			if err := out.Write(row); err != nil {
				b.Fatal(err)
			}
		}
		if err := out.Close(); err != nil {
			b.Fatal(err)
		}
	})
}

func writeCommittees(b *testing.B, path string) string {
	b.Helper()
	return writeFile(b, path, func(w io.Writer) {
		fmt.Fprint(w, "代码,名称\n")
		for i := range importCommittees {
			fmt.Fprintf(w, "C%03d,示例%d社区居委会\n", i, i)
		}
	})
}

func writeFile(b *testing.B, path string, write func(io.Writer)) string {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	write(w)
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

// give runs one command to its end.
func give(b *testing.B, binary string, env []string, args ...string) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), binary, args...)
	cmd.Env = env
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// server is a running `towncrier serve`.
type server struct {
	cmd  *exec.Cmd
	said *bytes.Buffer
	url  string
}

func serveOn(b *testing.B, binary string, env []string) server {
	b.Helper()
	addr := porttest.Hold(b)
	s := server{exec.CommandContext(b.Context(), binary, "serve"), new(bytes.Buffer), "http://" + addr}
	s.cmd.Env = append(slices.Clone(env), "TOWNCRIER_LISTEN="+addr, "TOWNCRIER_LOG_LEVEL=error")
	s.cmd.Stdout, s.cmd.Stderr = s.said, s.said
	if err := s.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		resp, err := http.Get(s.url + "/healthz")
		if err == nil {
			resp.Body.Close()
			return s
		}
		if time.Now().After(deadline) {
			s.stop(b)
			b.Fatalf("not healthy within a minute:\n%s", s.said)
		}
	}
}

func (s server) stop(b *testing.B) {
	s.cmd.Process.Signal(syscall.SIGTERM)
	if err := s.cmd.Wait(); err != nil {
		b.Errorf("stop: %v\n%s", err, s.said)
	}
}

// askUntil sends messages at their times, whether or not the one before was answered, until ended tells, and returns how
// many milliseconds each answer took. A message that was held up counts from when it was due.
func (s server) askUntil(b *testing.B, ended <-chan error) ([]float64, error) {
	crypto, err := wechat.NewCrypto(appID, token, aesKey, "")
	if err != nil {
		b.Fatal(err)
	}
	answered, sent := make(chan float64, 64), 0
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	var took []float64
	for {
		select {
		case due := <-tick.C:
			query, body := write(b, crypto, fmt.Sprintf("oASKER%06d", sent%askers), talk[sent/askers%len(talk)])
			sent++
			go func() { answered <- s.ask(b, query, body, due) }()
		case ms := <-answered:
			took = append(took, ms)
		case err := <-ended:
			for len(took) < sent {
				took = append(took, <-answered)
			}
			return took, err
		}
	}
}

func (s server) ask(b *testing.B, query string, body []byte, due time.Time) float64 {
	resp, err := http.Post(s.url+"/wechat"+strings.TrimPrefix(query, "/"), "text/xml", bytes.NewReader(body))
	if err != nil {
		b.Error(err)
		return 0
	}
	defer resp.Body.Close()
	if n, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK || n < 50 {
		b.Errorf("answer: status %d, %d bytes, %v", resp.StatusCode, n, err)
	}
	return float64(time.Since(due).Microseconds()) / 1000
}

// percentile is 0 of nothing.
func percentile(x []float64, p int) float64 {
	if len(x) == 0 {
		return 0
	}
	x = slices.Sorted(slices.Values(x))
	return x[min(len(x)-1, len(x)*p/100)]
}
