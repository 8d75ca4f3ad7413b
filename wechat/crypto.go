// Package wechat speaks the wire of a WeChat Official Account: the webhook that receives what residents do, and the
// calls that reach them. The cryptography and the XML are exported so that a pretend platform can speak the same wire
// from the other side.
//
// The SDK (github.com/silenceper/wechat/v2) gives the request and answer types. Its server is not used: it accepts any
// clock, unsigned plaintext beside a key, bodies without limit, and it panics on a client that went away. Nor are its
// HTTP functions: they share one process-wide client without time limits, most take no context, and their errors print
// access tokens and lose the platform's code.
package wechat

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
)

// Key names one of the two message keys that may be in force while an account changes its EncodingAESKey.
type Key int

const (
	Current Key = iota
	Previous
)

// ErrCipher says that a sealed message cannot be opened. It never says which check failed: the sender of a forged
// message learns nothing from it.
var ErrCipher = errors.New("sealed message cannot be opened: wrong key, wrong app id, or damaged")

// padTo is the block that messages are padded to: 32 bytes, not AES's 16 (消息推送, PKCS#7 with K=32).
const padTo = 32

// Crypto signs, seals and opens messages of one Official Account. Safe for concurrent use.
type Crypto struct {
	appID, token string
	keys         []messageKey // Current, then Previous when there is one; empty in plaintext mode
}

type messageKey struct {
	block cipher.Block
	iv    []byte
}

// NewCrypto takes the account's app id and token, its EncodingAESKey ("" means plaintext mode) and, while the key is
// being changed, the one before it ("" when there is none). Errors name the setting and never its value.
func NewCrypto(appID, token, aesKey, previous string) (*Crypto, error) {
	c := &Crypto{appID: appID, token: token}
	switch {
	case appID == "":
		return nil, errors.New("app id is empty: it is shown in the console under 开发接口管理, as wx and 16 letters or digits")
	case token == "":
		return nil, errors.New("token is empty: choose 3 to 32 letters or digits and set the same in the console")
	case aesKey == "" && previous != "":
		return nil, errors.New("previous AES key without a current one: set both, or neither")
	}
	for _, k := range []struct{ name, text string }{{"AES key", aesKey}, {"previous AES key", previous}} {
		if k.text == "" {
			continue
		}
		raw, err := decodeKey(k.text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k.name, err)
		}
		block, err := aes.NewCipher(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k.name, err)
		}
		c.keys = append(c.keys, messageKey{block, raw[:aes.BlockSize]})
	}
	return c, nil
}

// decodeKey reads 43 letters or digits as base64 without its closing "=". The platform draws all 43 at random, so the
// last one may carry bits that canonical base64 leaves zero; they are ignored.
func decodeKey(text string) ([]byte, error) {
	wrong := fmt.Errorf("has %d characters, want the 43 letters and digits that the console shows as EncodingAESKey", len(text))
	if len(text) != 43 {
		return nil, wrong
	}
	for _, c := range []byte(text) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return nil, errors.New("holds other characters than letters and digits: copy the EncodingAESKey from the console")
		}
	}
	raw, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || len(raw) != 32 {
		return nil, wrong
	}
	return raw, nil
}

// Sealed says whether the account has a message key, so that messages must arrive sealed.
func (c *Crypto) Sealed() bool { return len(c.keys) > 0 }

// Signature is hex(sha1(token and parts, sorted and joined)): over timestamp and nonce for `signature`, and over the
// sealed message too for `msg_signature`.
func (c *Crypto) Signature(parts ...string) string {
	all := append(make([]string, 0, 8), c.token)
	all = append(all, parts...)
	slices.Sort(all)
	buf := make([]byte, 0, 1024)
	for _, s := range all {
		buf = append(buf, s...)
	}
	sum := sha1.Sum(buf)
	return hex.EncodeToString(sum[:])
}

// Verify compares in constant time.
func (c *Crypto) Verify(signature string, parts ...string) bool {
	return subtle.ConstantTimeCompare([]byte(signature), []byte(c.Signature(parts...))) == 1
}

// Seal encrypts a message under one of the keys, as base64.
func (c *Crypto) Seal(with Key, msg []byte) (string, error) {
	var random [16]byte
	rand.Read(random[:]) // never fails since Go 1.24
	return c.seal(with, random, msg)
}

func (c *Crypto) seal(with Key, random [16]byte, msg []byte) (string, error) {
	if int(with) >= len(c.keys) || with < 0 {
		return "", errors.New("no such message key is set")
	}
	size := 20 + len(msg) + len(c.appID)
	pad := padTo - size%padTo
	plain := make([]byte, 0, size+pad)
	plain = append(plain, random[:]...)
	plain = binary.BigEndian.AppendUint32(plain, uint32(len(msg)))
	plain = append(plain, msg...)
	plain = append(plain, c.appID...)
	for range pad {
		plain = append(plain, byte(pad))
	}
	k := c.keys[with]
	cipher.NewCBCEncrypter(k.block, k.iv).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain), nil
}

// Open decrypts a message and says which key opened it: the answer must be sealed with the same. Messages may arrive
// under the previous key for a while after it was changed. The only error is ErrCipher.
func (c *Crypto) Open(sealed string) ([]byte, Key, error) {
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(raw) == 0 || len(raw)%padTo != 0 {
		return nil, 0, ErrCipher
	}
	plain := make([]byte, len(raw))
	for i, k := range c.keys {
		cipher.NewCBCDecrypter(k.block, k.iv).CryptBlocks(plain, raw)
		if msg, ok := c.unpack(plain); ok {
			return msg, Key(i), nil
		}
	}
	return nil, 0, ErrCipher
}

// unpack takes random(16) + length(4) + message + app id + padding apart. The SDK's counterpart looks at the last byte
// of the padding only.
func (c *Crypto) unpack(plain []byte) ([]byte, bool) {
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > padTo {
		return nil, false
	}
	body := plain[:len(plain)-pad]
	for _, b := range plain[len(body):] {
		if int(b) != pad {
			return nil, false
		}
	}
	if len(body) < 20 {
		return nil, false
	}
	length, rest := uint64(binary.BigEndian.Uint32(body[16:20])), body[20:]
	if length > uint64(len(rest)) || string(rest[length:]) != c.appID {
		return nil, false
	}
	return rest[:length:length], true
}
