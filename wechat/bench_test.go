package wechat

import (
	"encoding/xml"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/cache"
	"github.com/silenceper/wechat/v2/officialaccount"
	"github.com/silenceper/wechat/v2/officialaccount/config"
	"github.com/silenceper/wechat/v2/officialaccount/message"
	"github.com/silenceper/wechat/v2/util"
)

func BenchmarkParseInbound(b *testing.B) {
	for name, body := range map[string]string{"text": textXML,
		"event": event("TEMPLATESENDJOBFINISH", `<MsgID>200163836</MsgID><Status><![CDATA[success]]></Status>`),
		"lists": event("subscribe_msg_popup_event", popups)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := parseInbound([]byte(body)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkEncodingXML reads the same message into the SDK's type, as its server does.
func BenchmarkEncodingXML(b *testing.B) {
	body := []byte(textXML)
	b.ReportAllocs()
	for b.Loop() {
		var m message.MixMessage
		if err := xml.Unmarshal(body, &m); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpenSeal(b *testing.B) {
	c := newCrypto(b, testAppID, testToken, testKey, "")
	sealed, err := c.Seal(Current, []byte(textXML))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		msg, key, err := c.Open(sealed)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := c.Seal(key, msg); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpenSealSDK does the same with the SDK's functions.
func BenchmarkOpenSealSDK(b *testing.B) {
	c := newCrypto(b, testAppID, testToken, testKey, "")
	sealed, err := c.Seal(Current, []byte(textXML))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		random, msg, err := util.DecryptMsg(testAppID, sealed, testKey)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := util.EncryptMsg(random, msg, testAppID, testKey); err != nil {
			b.Fatal(err)
		}
	}
}

const fixedReply = "遛狗要牵绳。\n来源：某报 2023年11月13日"

// sdkServer is the SDK's own server with a fixed reply.
func sdkServer() http.Handler {
	account := officialaccount.NewOfficialAccount(&config.Config{
		AppID: testAppID, AppSecret: testSecret, Token: testToken, EncodingAESKey: testKey, Cache: cache.NewMemory(),
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := account.GetServer(r, w)
		s.SetMessageHandler(func(*message.MixMessage) *message.Reply {
			return &message.Reply{MsgType: message.MsgTypeText, MsgData: message.NewText(fixedReply)}
		})
		if err := s.Serve(); err != nil {
			http.Error(w, "bad request", http.StatusBadRequest)
			return
		}
		if err := s.Send(); err != nil {
			http.Error(w, "not sent", http.StatusInternalServerError)
		}
	})
}

// BenchmarkWebhook pushes sealed messages, each another one, over HTTP to three servers in turn: a bare net/http handler
// that reads the body and writes as many bytes, the SDK's own server with a fixed reply, and this webhook with the same
// fixed reply, its first replies kept in the embedded Redis. It prints requests a second and the ratios of the medians;
// client and servers share the machine's cores.
func BenchmarkWebhook(b *testing.B) {
	const perRound, parallel = 500, 32
	r := newFixture(b, testKey, say(fixedReply), func(cfg *Config) {
		cfg.Log = slog.New(slog.NewJSONHandler(io.Discard, nil))
		cfg.Observe = nil
	})
	answer := strings.Repeat("x", 650)
	bare := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		io.Copy(io.Discard, req.Body)
		io.WriteString(w, answer)
	})
	servers := []*httptest.Server{httptest.NewServer(bare), httptest.NewServer(sdkServer()), httptest.NewServer(r.hook)}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: parallel}}
	defer client.CloseIdleConnections()
	for _, s := range servers {
		defer s.Close()
	}
	type push struct{ query, body string }
	id := 0
	rates := make([][]float64, len(servers))
	b.ResetTimer()
	for range b.N {
		pushes := make([]push, perRound)
		for i := range pushes {
			id++
			req := r.push(text(id, "我家的狗出门要不要牵绳子"))
			body, err := io.ReadAll(req.Body)
			if err != nil {
				b.Fatal(err)
			}
			pushes[i] = push{req.URL.RawQuery, string(body)}
		}
		for i, s := range servers {
			work := make(chan push, perRound)
			for _, p := range pushes {
				work <- p
			}
			close(work)
			var all sync.WaitGroup
			start := time.Now()
			for range parallel {
				all.Go(func() {
					for p := range work {
						resp, err := client.Post(s.URL+"/wechat?"+p.query, "text/xml", strings.NewReader(p.body))
						if err != nil {
							b.Error(err)
							return
						}
						n, err := io.Copy(io.Discard, resp.Body)
						resp.Body.Close()
						if err != nil || resp.StatusCode != http.StatusOK || n < 500 {
							b.Errorf("answer %d of %d bytes, %v", resp.StatusCode, n, err)
							return
						}
					}
				})
			}
			all.Wait()
			rates[i] = append(rates[i], perRound/time.Since(start).Seconds())
		}
	}
	for i := range rates {
		slices.Sort(rates[i])
	}
	median := func(i int) float64 { return rates[i][len(rates[i])/2] }
	b.ReportMetric(median(0), "bare/s")
	b.ReportMetric(median(1), "SDK/s")
	b.ReportMetric(median(2), "webhook/s")
	b.ReportMetric(median(2)/median(0), "of-bare")
	b.ReportMetric(median(2)/median(1), "of-SDK")
}
