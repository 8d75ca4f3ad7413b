package wechat

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/silenceper/wechat/v2/util"
)

// The platform's published vectors (消息推送, 消息加解密说明).
const (
	vectorToken  = "AAAAA"
	vectorAppID  = "wxba5fad812f8e6fb9"
	vectorAppID2 = "wx134c8103faa5a59e"
	vectorE1     = "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
	vectorE2     = "D7yzvUNAL930rd28wf21s4hvXhz0L6Uit/p2Di6C5DHyYGpEgdBRnKjBec34JwoQXicwaZC7fOVihW80F4VtsdvE//1vr7oAbqjDv8KenVp+ajKYpJnyQ4zMRhIC+a31fCVOMC03FfzV/QuC94kBP55a+Za3sJgvAn+ZbsNqZI5DkyuzkhQN8OBqCzFhizGmy0xpM0MEA4agpvE+RuNO1rhHTtuJB5yltw1FiYzecSXJ+y/D2r81VkRn2eYjh2ltsoyfbDR7Is6ookXIFxTfyeNyeHxMeT4KN5WpCDmSbTcUYrbBUlkGLJ9n/rU8YOywma6G7aTb7KZKOqCxgfoUlYEZPk4FUL/TK7ShriFDMVCLyjQJ15Ob++agDWtcxhfUfe6HIoIpRW8mKNBQiY/Jd1svvuskA1wLef1RTtzKfMpagSCX/laZINmdnX4zrF6kIaR9P4xQrWXbsTFHTYe0Mg=="
)

var vectorKey = strings.Repeat("A", 43)

func newCrypto(t testing.TB, appID, token, aesKey, previous string) *Crypto {
	t.Helper()
	c, err := NewCrypto(appID, token, aesKey, previous)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestVectorsSignature(t *testing.T) {
	c := newCrypto(t, vectorAppID, vectorToken, vectorKey, "")
	for _, v := range []struct {
		name, want string
		parts      []string
	}{
		{"GET", "f464b24fc39322e44b38aa78f5edd27bd1441696", []string{"1714036504", "1514711492"}},
		{"plain POST", "899cf89e464efb63f54ddac96b0a0a235f53aa78", []string{"1714037059", "486452656"}},
		{"secure POST, signature", "6c5c811b55cc85e0e1b54100749188c20beb3f5d", []string{"1714112445", "415670741"}},
		{"secure POST, msg_signature", "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3", []string{"1714112445", "415670741", vectorE1}},
		{"secure POST of XML", "6c12a4205838198b8fa631b3220723bb07f1015c", []string{"1715943329", "1590219412", vectorE2}},
	} {
		if got := c.Signature(v.parts...); got != v.want {
			t.Errorf("%s: %s, want %s", v.name, got, v.want)
		}
		if !c.Verify(v.want, v.parts...) || c.Verify(strings.ToUpper(v.want), v.parts...) || c.Verify("", v.parts...) {
			t.Errorf("%s: Verify disagrees", v.name)
		}
		if got := util.Signature(append([]string{vectorToken}, v.parts...)...); got != v.want {
			t.Errorf("%s: the SDK says %s", v.name, got)
		}
	}
}

func TestVectorsOpen(t *testing.T) {
	for _, v := range []struct{ appID, sealed, random, want string }{
		{vectorAppID, vectorE1, "a8eedb185eb2fecf", `{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}`},
		{vectorAppID2, vectorE2, "1205899eaf019bbd", "<xml><ToUserName><![CDATA[gh_97417a04a28d]]></ToUserName>\n<FromUserName><![CDATA[o9AgO5Kd5ggOC-bXrbNODIiE3bGY]]></FromUserName>\n<CreateTime>1715943329</CreateTime>\n<MsgType><![CDATA[event]]></MsgType>\n<Event><![CDATA[debug_demo]]></Event>\n<debug_str><![CDATA[hello world]]></debug_str>\n</xml>"},
	} {
		c := newCrypto(t, v.appID, vectorToken, vectorKey, "")
		msg, key, err := c.Open(v.sealed)
		if err != nil || key != Current || string(msg) != v.want {
			t.Errorf("%s: %q, key %d, %v", v.appID, msg, key, err)
		}
		// Sealed again with the same random, it is the platform's text to the byte.
		again, err := c.seal(Current, [16]byte([]byte(v.random)), msg)
		if err != nil || again != v.sealed {
			t.Errorf("%s: sealing it again differs: %v", v.appID, err)
		}
	}
}

func TestVectorReply(t *testing.T) {
	c := newCrypto(t, vectorAppID, vectorToken, vectorKey, "")
	sealed, err := c.seal(Current, [16]byte([]byte("707722b803182950")), []byte(`{"demo_resp":"good luck"}`))
	if err != nil {
		t.Fatal(err)
	}
	if want := "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="; sealed != want {
		t.Errorf("sealed %s, want %s", sealed, want)
	}
	if got, want := c.Signature("1713424427", "415670741", sealed), "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"; got != want {
		t.Errorf("MsgSignature %s, want %s", got, want)
	}
}

func TestSealMeetsTheSDK(t *testing.T) {
	key := "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	c := newCrypto(t, vectorAppID, vectorToken, key, "")
	for n := range 100 {
		msg := strings.Repeat("x", n)
		sealed, err := c.Seal(Current, []byte(msg))
		if err != nil {
			t.Fatal(err)
		}
		_, got, err := util.DecryptMsg(vectorAppID, sealed, key)
		if err != nil || string(got) != msg {
			t.Errorf("%d bytes: the SDK opens %q, %v", n, got, err)
		}
		theirs, err := util.EncryptMsg([]byte("0123456789abcdef"), []byte(msg), vectorAppID, key)
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := c.Open(string(theirs)); err != nil || string(got) != msg {
			t.Errorf("%d bytes: opened the SDK's as %q, %v", n, got, err)
		}
	}
}

func TestPreviousKey(t *testing.T) {
	oldKey, newKey := strings.Repeat("o", 43), strings.Repeat("n", 43)
	before := newCrypto(t, vectorAppID, vectorToken, oldKey, "")
	during := newCrypto(t, vectorAppID, vectorToken, newKey, oldKey)
	after := newCrypto(t, vectorAppID, vectorToken, newKey, "")

	sealed, err := before.Seal(Current, []byte("hello"))
	if err != nil {
		t.Fatal(err)
	}
	msg, key, err := during.Open(sealed)
	if err != nil || key != Previous || string(msg) != "hello" {
		t.Fatalf("old message during the change: %q, key %d, %v", msg, key, err)
	}
	reply, err := during.Seal(key, []byte("reply"))
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := before.Open(reply); err != nil || string(got) != "reply" {
		t.Errorf("the reply is not under the key that opened the request: %q, %v", got, err)
	}
	if _, _, err := after.Open(sealed); !errors.Is(err, ErrCipher) {
		t.Errorf("old message after the change: %v", err)
	}
	for _, key := range []Key{Previous, 7, -1} {
		if _, err := after.Seal(key, nil); err == nil {
			t.Errorf("sealed under key %d, which is not set", key)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	key := strings.Repeat("k", 43)
	c := newCrypto(t, vectorAppID, vectorToken, key, "")
	other := newCrypto(t, vectorAppID+"x", vectorToken, key, "")
	sealed, err := c.Seal(Current, []byte("a message of some length, over several blocks of the cipher"))
	if err != nil {
		t.Fatal(err)
	}
	refused := func(name, sealed string) {
		t.Helper()
		if msg, _, err := c.Open(sealed); !errors.Is(err, ErrCipher) {
			t.Errorf("%s: opened as %q, %v", name, msg, err)
		}
	}
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		t.Fatal(err)
	}
	for n := range raw {
		refused("truncated cipher", base64.StdEncoding.EncodeToString(raw[:n]))
	}
	for n := range sealed {
		refused("truncated base64", sealed[:n])
	}
	foreign, err := other.Seal(Current, []byte("hello"))
	if err != nil {
		t.Fatal(err)
	}
	refused("another app id", foreign)
	refused("not base64", "!!!!")

	// Sealed with the right key, but packed wrongly.
	aesKey, _ := decodeKey(key)
	block, _ := aes.NewCipher(aesKey)
	pack := func(length uint32, rest string, pad []byte) string {
		plain := append(binary.BigEndian.AppendUint32(make([]byte, 16), length), rest...)
		plain = append(plain, pad...)
		cipher.NewCBCEncrypter(block, aesKey[:16]).CryptBlocks(plain, plain)
		return base64.StdEncoding.EncodeToString(plain)
	}
	pad := func(size int) []byte {
		n := padTo - size%padTo
		return slices.Repeat([]byte{byte(n)}, n)
	}
	body := "hello" + vectorAppID
	if _, _, err := c.Open(pack(5, body, pad(20+len(body)))); err != nil {
		t.Fatalf("the well-packed one: %v", err)
	}
	refused("length far too large", pack(1<<32-1, body, pad(20+len(body))))
	refused("length one too large", pack(uint32(len(body)+1), body, pad(20+len(body))))
	refused("length eats the app id", pack(uint32(len(body)), body, pad(20+len(body))))
	refused("no padding", pack(5, "hello"+strings.Repeat("x", 7), nil))
	for _, last := range []byte{0, 33, 255} {
		wrong := pad(20 + len(body))
		wrong[len(wrong)-1] = last
		refused("padding value "+hex.EncodeToString([]byte{last}), pack(5, body, wrong))
	}
	uneven := pad(20 + len(body))
	uneven[0]++
	refused("uneven padding", pack(5, body, uneven))
	refused("padding longer than the message", base64.StdEncoding.EncodeToString(func() []byte {
		plain := slices.Repeat([]byte{32}, 32)
		cipher.NewCBCEncrypter(block, aesKey[:16]).CryptBlocks(plain, plain)
		return plain
	}()))
}

func TestNewCryptoRefuses(t *testing.T) {
	good := strings.Repeat("k", 43)
	for _, c := range []struct{ appID, token, key, previous, want string }{
		{"", "t", "", "", "app id"},
		{"wx", "", "", "", "token"},
		{"wx", "t", "", good, "previous"},
		{"wx", "t", "hunter2", "", "7 characters"},
		{"wx", "t", strings.Repeat("k", 42) + "=", "", "letters and digits"},
		{"wx", "t", good, good + "k", "previous AES key: has 44"},
	} {
		_, err := NewCrypto(c.appID, c.token, c.key, c.previous)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%+v: %v; want it to say %q", c, err, c.want)
		}
	}
	// The platform draws the last character like the others: its two low bits need not be zero.
	for _, last := range "AQgwBCD123zZ9" {
		if _, err := NewCrypto("wx", "t", strings.Repeat("k", 42)+string(last), ""); err != nil {
			t.Errorf("key that ends in %c: %v", last, err)
		}
	}
	if c := newCrypto(t, "wx", "t", "", ""); c.Sealed() {
		t.Error("sealed without a key")
	} else if _, _, err := c.Open(vectorE1); !errors.Is(err, ErrCipher) {
		t.Errorf("opened without a key: %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(vectorE1)
	f.Add(vectorE2)
	f.Add("")
	f.Add("AAAA")
	f.Add(strings.Repeat("A", 43) + "=")
	c, err := NewCrypto(vectorAppID, vectorToken, vectorKey, strings.Repeat("B", 43))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, sealed string) {
		msg, key, err := c.Open(sealed)
		if err != nil {
			if !errors.Is(err, ErrCipher) || msg != nil {
				t.Fatalf("%q, %v", msg, err)
			}
			return
		}
		// Whatever opens can be sealed and opened again.
		again, err := c.Seal(key, msg)
		if err != nil {
			t.Fatal(err)
		}
		if back, _, err := c.Open(again); err != nil || string(back) != string(msg) {
			t.Fatalf("%q came back as %q, %v", msg, back, err)
		}
	})
}
