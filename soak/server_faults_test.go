package soak

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/sandbox/platform"
	"towncrier/wechat"
)

// TestTroubleOfServers has happen to a server what the engine's own tests show with a clock of their own.
func TestTroubleOfServers(t *testing.T) {
	for name, test := range map[string]func(t *testing.T){
		"a kill leaves subscription notifications in doubt": killedSubscriptions,
		"numbers change while texts are in doubt":           changedNumbers,
		"results come while the clock is off":               resultsOfAnotherClock,
		"killed after an answer was told":                   killedAfterTelling,
	} {
		t.Run(name, func(t *testing.T) {
			if !*full {
				t.Parallel()
			}
			test(t)
		})
	}
}

// killedSubscriptions kills the process while its calls are under way. Nobody can be asked about those, so that they are unknown as soon
// as their lease ends; the report says so, and one act of an official has everybody else get the text.
func killedSubscriptions(t *testing.T) {
	r := newBriefRun(t, cast(40, []part{{number: true, wechat: true, agreed: true}}), 1)
	r.processes = true
	s := r.open(t)
	s.fault(t, platform.Fault{API: "message/subscribe/bizsend", Kind: platform.FaultLatency, Latency: "3s"})
	s.fault(t, platform.Fault{API: "subscribe/result", Kind: platform.FaultLost})
	r.ledger.broadcast = release(t, s.front.addr(), s.keys)
	r.ledger.under(t)
	s.nodes[0].kill()
	s.heal(t)
	lost := 0
	r.until(t, "nothing is in doubt", 2*time.Minute, func() bool {
		by := r.states(t)
		lost = by[broadcast.Subscription][broadcast.Unknown]
		return lost > 0 && by[broadcast.Subscription][broadcast.InFlight]+by[broadcast.Subscription][broadcast.InDoubt]+by[broadcast.Subscription][broadcast.Pending] == 0
	})
	var report struct{ Notes []string }
	call(t, s.front.addr(), s.keys.author, "GET", "/broadcasts/"+r.ledger.broadcast+"/report", nil, &report)
	if _, people := broadcast.People(lost); !strings.Contains(strings.Join(report.Notes, ""), "有"+people+"结果不明") {
		t.Errorf("%d are unknown, the report says %q", lost, report.Notes)
	}
	call(t, s.front.addr(), s.keys.author, "POST", "/broadcasts/"+r.ledger.broadcast+"/fallback", nil, new(any))
	r.until(t, "the texts are out", time.Minute, func() bool { return r.states(t)[broadcast.SMS][broadcast.Delivered] == lost })
	sent, err := r.record.sent()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.people {
		if len(sent[to{broadcast.Subscription, p.OpenID}])+len(sent[to{broadcast.SMS, p.Phone}]) == 0 {
			t.Errorf("%s got nothing", p.Name)
		}
	}
}

// changedNumbers has every number change while it is in doubt whether the provider took the text to the old one, which it did not. Nobody
// asks about the new number, of which the provider knows nothing either, and nobody sends to it.
func changedNumbers(t *testing.T) {
	r := newBriefRun(t, only(broadcast.SMS, 12), 1)
	s := r.open(t)
	s.fault(t, platform.Fault{API: "aliyun/SendBatchSms", Kind: platform.Fault5xx})
	r.ledger.broadcast = release(t, s.front.addr(), s.keys)
	r.until(t, "the texts are in doubt", time.Minute, func() bool { return r.states(t)[broadcast.SMS][broadcast.InDoubt] == len(r.people) })
	people := roster.New(roster.Config{Store: r.ledger.db.Roster(), Now: time.Now})
	for i, p := range r.people {
		number := phone.Number(fmt.Sprintf("1990000%04d", 9000+i))
		if _, err := people.Change(t.Context(), audit.Local("soak"), p.known.ID, roster.Change{Phone: &number}, nil); err != nil {
			t.Fatal(err)
		}
	}
	s.heal(t)
	r.until(t, "they are unknown", time.Minute, func() bool { return r.states(t)[broadcast.SMS][broadcast.Unknown] == len(r.people) })
	if sent := r.times(t); len(sent) != 0 {
		t.Errorf("%d texts went out", len(sent))
	}
}

// resultsOfAnotherClock brings results of template messages by a clock that is ten minutes behind the server's: they are taken, and health
// says what is wrong.
func resultsOfAnotherClock(t *testing.T) {
	r := newBriefRun(t, only(broadcast.Template, 12), 1)
	s := r.open(t)
	s.fault(t, platform.Fault{API: "template/result", Kind: platform.FaultLost})
	r.ledger.broadcast = release(t, s.front.addr(), s.keys)
	r.until(t, "they are accepted", time.Minute, func() bool { return r.states(t)[broadcast.Template][broadcast.Accepted] == len(r.people) })
	rows, err := r.ledger.rows(t.Context(), broadcast.Accepted)
	if err != nil {
		t.Fatal(err)
	}
	const event = `<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event><MsgID>%s</MsgID><Status><![CDATA[success]]></Status>`
	people := r.addresses()
	for _, d := range rows {
		if status, _ := push(t, s.front.addr(), people[d.Subject].OpenID, fmt.Sprintf(event, d.Handle), time.Now().Add(-10*time.Minute)); status != http.StatusOK {
			t.Errorf("a result is answered %d", status)
		}
	}
	r.until(t, "they are delivered", time.Minute, func() bool { return r.states(t)[broadcast.Template][broadcast.Delivered] == len(r.people) })
	r.until(t, "health tells of the clock", time.Minute, func() bool {
		resp, err := http.Get("http://" + s.nodes[0].addr + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		return resp.StatusCode == http.StatusServiceUnavailable && strings.Contains(string(text), `"clock":"down"`)
	})
}

// killedAfterTelling kills the process when an official's answer was marked told, and before Redis heard of the reply: what Redis holds is
// put back to what it held before. The platform repeats its message, and the resident reads the answer.
func killedAfterTelling(t *testing.T) {
	r := newBriefRun(t, cast(1, []part{{wechat: true}}), 2)
	r.processes = true
	s := r.open(t)
	memory := memoryOf(t, r.redis)
	who, base, n := r.people[0].OpenID, "http://"+s.nodes[0].addr, 0
	s.nodes[1].stop()
	said := func(text string) (again func() string) {
		n++
		message := fmt.Sprintf("<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content><MsgId>%d</MsgId>", text, 7000+n)
		return func() (reply string) {
			r.until(t, "a message is answered", time.Minute, func() bool {
				status, body := push(t, base, who, message, time.Now())
				reply = body
				return status == http.StatusOK && body != "" && body != "success"
			})
			return reply
		}
	}
	twice := func(text string) (first, second string) {
		before := memory.keep()
		say := said(text)
		first = say()
		s.nodes[0].kill()
		memory.restore(before)
		return first, say()
	}
	said("提意见")()
	said("东门路灯坏了，晚上看不清路，请尽快修理")()
	said("确认")()
	tickets := r.ledger.db.Inbox()
	filed, err := tickets.List(t.Context(), inbox.Filter{})
	if err != nil || len(filed) != 1 {
		t.Fatalf("%d tickets, %v", len(filed), err)
	}
	s.fault(t, platform.Fault{API: "custom/send", Kind: "45015"}) // too late for a message of the account's own accord
	act := audit.Act{Actor: audit.Staff("author"), Action: "ticket.answer", Subject: filed[0].Number, At: time.Now()}
	if _, err := tickets.SetAnswer(t.Context(), act, "author", "路灯周五修好。"); err != nil {
		t.Fatal(err)
	}
	second := ""
	r.until(t, "an answer is told", time.Minute, func() bool { // it is the worker's for a moment, which tries to send it
		var first string
		first, second = twice("你好")
		return strings.Contains(first, "路灯周五修好。")
	})
	if !strings.Contains(second, "路灯周五修好。") {
		t.Errorf("told when the process died, then %q", second)
	}
}

// push brings a message to the webhook as the platform does, sealed, signed at a time, and returns what is answered.
func push(t *testing.T, base, from, inner string, at time.Time) (status int, answer string) {
	t.Helper()
	crypto, err := wechat.NewCrypto("wx0123456789abcdef", "soaktoken0000000", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "")
	if err != nil {
		t.Fatal(err)
	}
	stamp := strconv.FormatInt(at.Unix(), 10)
	sealed, err := crypto.Seal(0, fmt.Appendf(nil, `<xml><ToUserName><![CDATA[gh_soak]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName><CreateTime>%s</CreateTime>%s</xml>`, from, stamp, inner))
	if err != nil {
		t.Fatal(err)
	}
	query := url.Values{"timestamp": {stamp}, "nonce": {"1"}, "openid": {from}, "encrypt_type": {"aes"},
		"signature": {crypto.Signature(stamp, "1")}, "msg_signature": {crypto.Signature(stamp, "1", sealed)}}
	resp, err := http.Post(base+"/wechat?"+query.Encode(), "text/xml", bytes.NewReader(wechat.Envelope{ToUserName: "gh_soak", Encrypt: sealed}.XML()))
	if err != nil {
		return 0, "" // nothing serves just now
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, ""
	}
	envelope, err := wechat.ParseEnvelope(body)
	if err != nil || envelope.Encrypt == "" {
		return resp.StatusCode, string(body)
	}
	plain, _, err := crypto.Open(envelope.Encrypt)
	if err != nil {
		t.Fatal(err)
	}
	var reply wechat.Passive
	if err := xml.Unmarshal(plain, &reply); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, reply.Content
}

// memory is what a Redis holds.
type memory struct {
	t      *testing.T
	client *redis.Client
}

func memoryOf(t *testing.T, setting string) memory {
	t.Helper()
	options, err := redis.ParseURL(setting)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	t.Cleanup(func() { client.Close() })
	return memory{t, client}
}

func (m memory) keep() map[string]string {
	m.t.Helper()
	kept := map[string]string{}
	keys, err := m.client.Keys(m.t.Context(), "*").Result()
	for _, key := range keys {
		if kept[key], err = m.client.Dump(m.t.Context(), key).Result(); errors.Is(err, redis.Nil) { // it ended
			delete(kept, key)
			err = nil
		}
		if err != nil {
			break
		}
	}
	if err != nil {
		m.t.Fatal(err)
	}
	return kept
}

// restore puts back what keep found. What ends by itself gets ten minutes.
func (m memory) restore(kept map[string]string) {
	m.t.Helper()
	if err := m.client.FlushAll(m.t.Context()).Err(); err != nil {
		m.t.Fatal(err)
	}
	for key, value := range kept {
		if err := m.client.RestoreReplace(m.t.Context(), key, 10*time.Minute, value).Err(); err != nil {
			m.t.Fatal(err)
		}
	}
}
