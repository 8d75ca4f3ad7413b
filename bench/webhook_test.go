// Package bench measures towncrier over HTTP, as ratios to other servers in the same run.
package bench

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/cache"
	"github.com/silenceper/wechat/v2/officialaccount"
	"github.com/silenceper/wechat/v2/officialaccount/config"
	"github.com/silenceper/wechat/v2/officialaccount/message"

	"towncrier/bot"
	"towncrier/city"
	"towncrier/content"
	"towncrier/kv"
	"towncrier/kv/kvtest"
	"towncrier/seal"
	"towncrier/wechat"
)

const (
	appID = "wx0123456789abcdef"
	token = "benchtoken000000"

	rounds     = 7   // of each server in turn, at every repetition; the median ratio of all is reported
	perRound   = 800 // requests of each server in a round
	clients    = 4   // that ask at the same time
	benchReply = "按2023年11月13日的消息（年份为推定），计划当年11月底前在盐湖区开展养犬登记管理试点。"
)

var aesKey = strings.Repeat("abcdefgh12", 5)[:43]

// questions are asked in turn: answers, a menu and a decline, in several scripts.
var questions = []string{"遛狗不拴绳咋办", "俺小区啥时候改造", "chong dian zhuang zen me shen qing", "狗證怎麼辦", "今天天气怎么样",
	"那个我就想问一下啊就是车棚的钱到底谁出", "中风康复去哪", "谁管狗"}

// BenchmarkWebhook times the whole webhook: an encrypted message in, verified, decrypted, matched, the conversation and
// the first reply kept in Redis, an encrypted reply out, over HTTP on loopback. It is compared with a bare net/http handler
// that reads the same body and answers a fixed text, and with the SDK's server.Server, which verifies and decrypts the
// same message and encrypts a fixed reply, but matches nothing and remembers nothing.
//
// x_bare and x_sdk are requests a second as a share of theirs: above 1 is faster.
func BenchmarkWebhook(b *testing.B) {
	for _, redis := range []string{"embedded", "redis-server"} {
		b.Run(redis, func(b *testing.B) {
			setting := kv.Embedded
			if redis != kv.Embedded {
				setting = kvtest.Start(b).URL()
			}
			house := httptest.NewServer(newHouse(b, setting))
			defer house.Close()
			bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body)
				io.WriteString(w, benchReply)
			}))
			defer bare.Close()
			sdk := httptest.NewServer(newSDK())
			defer sdk.Close()

			for _, server := range []*httptest.Server{house, bare, sdk} {
				ask(b, server.URL) // warms up
			}
			var toBare, toSDK, rate []float64
			for b.Loop() {
				for range rounds {
					h, n, s := ask(b, house.URL), ask(b, bare.URL), ask(b, sdk.URL)
					toBare, toSDK, rate = append(toBare, h/n), append(toSDK, h/s), append(rate, h)
				}
			}
			b.ReportMetric(median(toBare), "x_bare")
			b.ReportMetric(median(toSDK), "x_sdk")
			b.ReportMetric(median(rate), "req/s")
			b.ReportMetric(0, "ns/op") // a round of everything: says nothing
		})
	}
}

func newHouse(b *testing.B, redisSetting string) http.Handler {
	b.Helper()
	c, problems := city.Load(content.Embedded(), time.Now())
	if c == nil {
		b.Fatal(problems)
	}
	client, closeRedis, err := kv.Open(b.Context(), redisSetting)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { closeRedis() })
	sealer, err := seal.New(seal.NewKey())
	if err != nil {
		b.Fatal(err)
	}
	crypto, err := wechat.NewCrypto(appID, token, aesKey, "")
	if err != nil {
		b.Fatal(err)
	}
	api, err := wechat.NewClient(appID, "none", "http://127.0.0.1:1", kv.NewTokens(client, sealer))
	if err != nil {
		b.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	webhook, err := wechat.NewWebhook(wechat.Config{
		Crypto: crypto,
		Answer: bot.New(bot.Config{City: func() *city.City { return c }, Sessions: kv.NewSessions(client, sealer, time.Hour), Log: quiet}),
		First:  kv.NewFirstReplies(client, sealer),
		Send:   api,
		Log:    quiet,
	})
	if err != nil {
		b.Fatal(err)
	}
	return webhook
}

func newSDK() http.Handler {
	account := officialaccount.NewOfficialAccount(&config.Config{AppID: appID, AppSecret: "none", Token: token, EncodingAESKey: aesKey,
		Cache: cache.NewMemory()})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := account.GetServer(r, w)
		s.SetMessageHandler(func(*message.MixMessage) *message.Reply {
			return &message.Reply{MsgType: message.MsgTypeText, MsgData: message.NewText(benchReply)}
		})
		if err := s.Serve(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if err := s.Send(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
}

var lastID atomic.Int64

// request is a question that nobody sent before.
func request(b *testing.B, crypto *wechat.Crypto) (query string, body []byte) {
	b.Helper()
	n := lastID.Load()
	return write(b, crypto, fmt.Sprintf("oBENCH%06d", n%500), questions[n%int64(len(questions))])
}

// write is a new message with a text.
func write(b *testing.B, crypto *wechat.Crypto, from, text string) (query string, body []byte) {
	b.Helper()
	id := lastID.Add(1)
	now := time.Now()
	plain := fmt.Sprintf("<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName>"+
		"<CreateTime>%d</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content><MsgId>%d</MsgId></xml>",
		from, now.Unix(), text, 7000000000000000000+id)
	sealed, err := crypto.Seal(wechat.Current, []byte(plain))
	if err != nil {
		b.Fatal(err)
	}
	timestamp, nonce := strconv.FormatInt(now.Unix(), 10), strconv.FormatInt(id, 10)
	q := url.Values{"timestamp": {timestamp}, "nonce": {nonce}, "encrypt_type": {"aes"}, "signature": {crypto.Signature(timestamp, nonce)},
		"msg_signature": {crypto.Signature(timestamp, nonce, sealed)}}
	return "/?" + q.Encode(), wechat.Envelope{ToUserName: "gh_bench", Encrypt: sealed}.XML()
}

// ask sends perRound messages and returns how many were answered a second. The messages are sealed beforehand.
func ask(b *testing.B, server string) float64 {
	b.Helper()
	crypto, err := wechat.NewCrypto(appID, token, aesKey, "")
	if err != nil {
		b.Fatal(err)
	}
	type message struct {
		query string
		body  []byte
	}
	messages := make([]message, perRound)
	for i := range messages {
		messages[i].query, messages[i].body = request(b, crypto)
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients, DialContext: (&net.Dialer{}).DialContext}}
	defer client.CloseIdleConnections()
	var wg sync.WaitGroup
	var next, failed atomic.Int64
	start := time.Now()
	for range clients {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(messages) {
					return
				}
				resp, err := client.Post(server+messages[i].query, "text/xml", bytes.NewReader(messages[i].body))
				if err != nil {
					failed.Add(1)
					continue
				}
				n, err := io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				if err != nil || resp.StatusCode != http.StatusOK || n < 50 { // `success` would be no answer
					failed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(start)
	if n := failed.Load(); n > 0 {
		b.Fatalf("%d of %d requests to %s failed", n, perRound, server)
	}
	return perRound / took.Seconds()
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return x[len(x)/2]
}
