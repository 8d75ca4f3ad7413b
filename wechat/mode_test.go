package wechat

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestModeOfTheConsole has the platform push in another mode than is set here, and strangers who only seem to.
func TestModeOfTheConsole(t *testing.T) {
	const body = "<xml><ToUserName>gh_1</ToUserName><FromUserName>" + testOpenID + "</FromUserName><MsgType>text</MsgType><Content>好</Content></xml>"
	secure, plain := newFixture(t, testKey, say("好"), nil), newFixture(t, "", say("好"), nil)
	otherKey := newCrypto(t, testAppID, testToken, strings.Repeat("j", 42)+"1", "")
	sealedBy := func(c *Crypto) string {
		sealed, err := c.Seal(Current, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return sealed
	}
	unsigned := url.Values{"timestamp": {strconv.FormatInt(time.Now().Unix(), 10)}, "nonce": {"n"}}
	sealed := sealedBy(otherKey)
	for _, c := range []struct {
		name string
		r    *fixture
		req  *http.Request
		want string
	}{
		{"a stranger's plaintext", secure, post(unsigned, body), ""},
		{"an old plaintext", secure, post(secure.query(time.Now().Add(-time.Hour), "n", ""), body), ""},
		{"plaintext", secure, post(secure.query(time.Now(), "n", ""), body), "not sealed"},
		{"as it is set, after that", secure, secure.push(strings.Replace(body, "<MsgType>", "<CreateTime>"+strconv.FormatInt(time.Now().Unix(), 10)+"</CreateTime><MsgId>1</MsgId><MsgType>", 1)), ""},
		{"another key", secure, post(secure.query(time.Now(), "n", sealed), string(Envelope{Encrypt: sealed}.XML())), "cannot be opened"},
		{"sealed without a key here", plain, post(plain.query(time.Now(), "n", sealed), string(Envelope{Encrypt: sealed}.XML())), "no AES key is set here"},
	} {
		c.r.hook.ServeHTTP(httptest.NewRecorder(), c.req)
		err := c.r.hook.CheckMode()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestAskingItselfSaysNothingOfTheClock: a server that asks for its own address agrees with its own clock.
func TestAskingItselfSaysNothingOfTheClock(t *testing.T) {
	r := newFixture(t, testKey, say("好"), nil)
	r.hook.clock.note(t.Context(), 10*time.Minute, time.Now())
	q := r.query(time.Now(), "n", "")
	q.Set("echostr", "1")
	w := httptest.NewRecorder()
	r.hook.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/wechat?"+q.Encode(), nil))
	if w.Code != http.StatusOK || r.hook.CheckClock(t.Context()) == nil {
		t.Errorf("%d, and the clock passes: %v", w.Code, r.hook.Skew())
	}
}
