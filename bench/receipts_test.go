package bench

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/store"
	"towncrier/wechat"
)

const (
	receiptFollowers = 2_500   // got a notice before; each has one result event
	receiptAudience  = 100_000 // is frozen meanwhile
	// receiptEvery is the time between two pushes of a kind: 2,000 SMS receipts and 20 result events a second.
	receiptEvery = 50 * time.Millisecond
	pushOf       = 100
	receiptPhase = 12 * time.Second
	// platformWaits is how soon Alibaba Cloud wants a push acknowledged.
	platformWaits = 700.0
	callbackKey   = "q7Rk2mXw9TzL4vBn8YcJ5hGd3sPf6WaE1uKx0NtM"
)

// BenchmarkReceipts times how fast the real binary acknowledges what the platforms push, in a SQLite file with synchronous=FULL: SMS
// pushes of a hundred receipts that no text is known for, and signed result events of template messages that were accepted. First while
// nothing else happens, then while an audience of 100,000 is frozen, then while it is sent to. A push counts from when it was due. The
// aim is a 99th percentile far under the 700 ms that the SMS platform waits, and not one push refused.
func BenchmarkReceipts(b *testing.B) {
	binary := buildBinary(b)
	all := make(map[string][]float64)
	refused := 0
	for b.Loop() {
		h := newBroadcaster(b, binary, "", broadcast.Template, receiptFollowers, time.Hour)
		h.send(b, receiptFollowers, false)
		p := &pusher{url: h.server.url, handles: h.handles(b), took: all, phase: "idle"}
		numbered(b, h.db, receiptAudience)
		done := make(chan struct{})
		var pushing sync.WaitGroup
		pushing.Go(func() { p.run(b, done) })
		time.Sleep(receiptPhase)
		p.enter("freezing")
		h.freeze(b)
		p.enter("sending")
		time.Sleep(receiptPhase)
		close(done)
		pushing.Wait()
		refused += p.refused
		h.stop(b)
	}
	for _, kind := range []string{"sms", "event"} {
		idle := percentile(all[kind+" idle"], 99)
		for _, phase := range []string{"idle", "freezing", "sending"} {
			took := all[kind+" "+phase]
			b.ReportMetric(percentile(took, 50), kind+"-"+phase+"-p50-ms")
			b.ReportMetric(percentile(took, 99), kind+"-"+phase+"-p99-ms")
			if phase != "idle" {
				b.ReportMetric(percentile(took, 99)/idle, kind+"-"+phase+"-p99-of-idle")
			}
		}
	}
	b.ReportMetric(percentile(all["sms freezing"], 99)/platformWaits, "of-700ms")
	b.ReportMetric(float64(refused), "refused")
	b.ReportMetric(0, "ns/op")
}

// handles are the platform's ids of the messages that the only broadcast sent.
func (h *broadcaster) handles(b *testing.B) (handles []string) {
	b.Helper()
	all, _, err := h.ledger.List(b.Context(), broadcast.Filter{}, "", 1)
	if err != nil || len(all) != 1 {
		b.Fatal(len(all), err)
	}
	for after := int64(0); ; {
		found, next, err := h.ledger.Deliveries(b.Context(), all[0].ID, broadcast.DeliveryFilter{}, after, 500)
		if err != nil {
			b.Fatal(err)
		}
		for _, d := range found {
			handles = append(handles, d.Handle)
		}
		if after = next; next == 0 {
			return handles
		}
	}
}

// numbered adds residents who agreed to notices and have a number alone.
func numbered(b *testing.B, db *store.DB, n int) {
	b.Helper()
	now := time.Now().UTC().Truncate(time.Millisecond)
	residents := make([]roster.Resident, n)
	for i := range residents {
		id := sha256.Sum256([]byte{'n', byte(i), byte(i >> 8), byte(i >> 16)})
		residents[i] = roster.Resident{ID: hex.EncodeToString(id[:16]), Phone: phone.Number(fmt.Sprintf("199%08d", i)), PhoneFrom: roster.FromImport,
			CreatedAt: now, UpdatedAt: now,
			Consents: []roster.Consent{{What: roster.Notices, At: now, How: "paper", Basis: roster.ByConsent}}}
	}
	for some := range slices.Chunk(residents, 1000) {
		edit := roster.Edit{Save: some, Acts: []audit.Act{{Actor: audit.System("bench"), Action: "resident.seed", At: now}}}
		if err := db.Roster().Edit(b.Context(), nil, func([]roster.Found) (roster.Edit, error) { return edit, nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// freeze lets the city's draft go, and returns when its audience is written down.
func (h *broadcaster) freeze(b *testing.B) {
	b.Helper()
	made := h.call(b, h.author, "/broadcasts", `{"draft":"civility","proposal":{"window":"00:00-24:00"}}`)
	at := "/broadcasts/" + made.ID
	h.call(b, h.approver, at+"/approve", `{"hash":"`+h.call(b, h.author, at+"/submit", "").Hash+`"}`)
	h.call(b, h.author, at+"/schedule", "")
	for deadline := time.Now().Add(5 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		one, err := h.ledger.Get(b.Context(), made.ID)
		if err != nil {
			b.Fatal(err)
		}
		if !one.FrozenAt.IsZero() {
			return
		}
		if time.Now().After(deadline) {
			b.Fatalf("%d frozen in five minutes\n%s", one.Frozen, h.server.said)
		}
	}
}

// pusher plays the platforms that report.
type pusher struct {
	url     string
	handles []string

	mu      sync.Mutex
	phase   string
	took    map[string][]float64 // milliseconds, by kind and phase
	refused int
}

func (p *pusher) enter(phase string) {
	p.mu.Lock()
	p.phase = phase
	p.mu.Unlock()
}

// run pushes both kinds at their times, whether or not the push before was acknowledged, until done is closed.
func (p *pusher) run(b *testing.B, done <-chan struct{}) {
	crypto, err := wechat.NewCrypto(appID, token, aesKey, "")
	if err != nil {
		b.Error(err)
		return
	}
	tick := time.NewTicker(receiptEvery)
	defer tick.Stop()
	var under sync.WaitGroup
	defer under.Wait()
	for n := 0; ; n++ {
		select {
		case <-done:
			return
		case due := <-tick.C:
			p.mu.Lock()
			phase := p.phase
			p.mu.Unlock()
			under.Go(func() {
				p.push(b, "sms "+phase, "/sms/report/"+callbackKey, "application/json", receiptsOf(n, due), due)
			})
			if n < len(p.handles) {
				under.Go(func() {
					query, body := result(b, crypto, p.handles[n])
					p.push(b, "event "+phase, "/wechat"+query, "text/xml", body, due)
				})
			}
		}
	}
}

func (p *pusher) push(b *testing.B, key, path, kind, body string, due time.Time) {
	resp, err := http.Post(p.url+path, kind, strings.NewReader(body))
	status := 0
	if err == nil {
		status = resp.StatusCode
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	ms := float64(time.Since(due).Microseconds()) / 1000
	p.mu.Lock()
	defer p.mu.Unlock()
	p.took[key] = append(p.took[key], ms)
	if status != http.StatusOK {
		p.refused++
		b.Logf("%s: status %d after %.0f ms: %v", key, status, ms, err)
	}
}

// receiptsOf is a push of receipts that differ from all others.
func receiptsOf(n int, at time.Time) string {
	type receipt struct {
		Phone   string `json:"phone_number"`
		Sent    string `json:"send_time"`
		At      string `json:"report_time"`
		Success bool   `json:"success"`
		Code    string `json:"err_code"`
		Size    string `json:"sms_size"`
		Biz     string `json:"biz_id"`
		Out     string `json:"out_id"`
	}
	day := at.Format(time.DateTime)
	all := make([]receipt, pushOf)
	for i := range all {
		all[i] = receipt{fmt.Sprintf("199%08d", (n*pushOf+i)%100_000_000), day, day, true, "DELIVERED", "1", "biz" + strconv.Itoa(n), fmt.Sprintf("out%d-%d", n, i)}
	}
	text, _ := json.Marshal(all) // texts cannot fail
	return string(text)
}

// result is a sealed, signed event that says that a template message arrived.
func result(b *testing.B, crypto *wechat.Crypto, handle string) (query, body string) {
	id, now := lastID.Add(1), time.Now()
	plain := fmt.Sprintf("<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><FromUserName><![CDATA[oBENCH]]></FromUserName><CreateTime>%d</CreateTime>"+
		"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event><MsgID>%s</MsgID><Status><![CDATA[success]]></Status></xml>",
		now.Unix(), handle)
	sealed, err := crypto.Seal(wechat.Current, []byte(plain))
	if err != nil {
		b.Error(err)
	}
	timestamp, nonce := strconv.FormatInt(now.Unix(), 10), strconv.FormatInt(id, 10)
	q := url.Values{"timestamp": {timestamp}, "nonce": {nonce}, "encrypt_type": {"aes"}, "signature": {crypto.Signature(timestamp, nonce)},
		"msg_signature": {crypto.Signature(timestamp, nonce, sealed)}}
	return "?" + q.Encode(), string(wechat.Envelope{ToUserName: "gh_bench", Encrypt: sealed}.XML())
}
