package signin

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"towncrier/problem"
)

// Argon2id as OWASP asks for at the least: 19 MiB, twice, one thread.
const (
	memory  = 19 << 10 // KiB
	passes  = 2
	threads = 1
	saltLen = 16
	hashLen = 32
	// computations at once in a process: residents' answers need the processor too, and 19 MiB are much.
	computations = 2
	// patience is how long somebody waits for their turn: a server cuts off who waits longer, without a word.
	patience = 4 * time.Second
)

// nobodys is checked where there is no passphrase, so that it takes as long. Nothing hashes to it.
var nobodys = phc(memory, passes, threads, make([]byte, saltLen), make([]byte, hashLen))

// Lengths of a passphrase in characters.
const (
	shortest       = 12
	longestAllowed = 128
)

// hasher computes hashes of passphrases, few at once: others wait.
type hasher struct {
	free     chan struct{}
	patience time.Duration
}

func newHasher() hasher { return hasher{make(chan struct{}, computations), patience} }

// key is the hash of a passphrase. ErrBusy when its turn does not come.
func (h hasher) key(ctx context.Context, passphrase string, salt []byte, m, t uint32, p uint8, size uint32) ([]byte, error) {
	turn, cancel := context.WithTimeout(ctx, h.patience)
	defer cancel()
	select {
	case h.free <- struct{}{}:
		defer func() { <-h.free }()
	case <-turn.Done():
		return nil, fmt.Errorf("hash a passphrase: %w", cmp.Or[error](ctx.Err(), ErrBusy))
	}
	return argon2.IDKey([]byte(norm.NFC.String(passphrase)), salt, t, m, p, size), nil
}

// hash is what is kept of a passphrase, as a PHC string.
func (h hasher) hash(ctx context.Context, passphrase string) (string, error) {
	salt := make([]byte, saltLen)
	rand.Read(salt) // never fails since Go 1.24
	key, err := h.key(ctx, passphrase, salt, memory, passes, threads, hashLen)
	if err != nil {
		return "", err
	}
	return phc(memory, passes, threads, salt, key), nil
}

// verify says whether a passphrase is the one that was hashed, and whether it was hashed with less than is asked for by now.
func (h hasher) verify(ctx context.Context, kept, passphrase string) (right, grown bool, err error) {
	m, t, p, salt, want, err := parsePHC(kept)
	if err != nil {
		return false, false, err
	}
	if len(passphrase) > longestAllowed*utf8.UTFMax {
		passphrase = "" // too long for any; it takes as long as every other
	}
	key, err := h.key(ctx, passphrase, salt, m, t, p, uint32(len(want)))
	if err != nil {
		return false, false, err
	}
	return subtle.ConstantTimeCompare(key, want) == 1, m < memory || t < passes, nil
}

func phc(m, t uint32, p uint8, salt, key []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, m, t, p,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

func parsePHC(text string) (m, t uint32, p uint8, salt, key []byte, err error) {
	var version int
	var salted, hashed string
	// %s reads to the next blank: the two last parts come as one.
	if _, err = fmt.Sscanf(text, "$argon2id$v=%d$m=%d,t=%d,p=%d$%s", &version, &m, &t, &p, &salted); err == nil {
		salted, hashed, _ = strings.Cut(salted, "$")
		salt, err = base64.RawStdEncoding.DecodeString(salted)
	}
	if err == nil {
		key, err = base64.RawStdEncoding.DecodeString(hashed)
	}
	if err != nil || version != argon2.Version || m == 0 || t == 0 || p == 0 || len(key) < hashLen {
		return 0, 0, 0, nil, nil, fmt.Errorf("a passphrase's hash cannot be read (%v)", err)
	}
	return m, t, p, salt, key, nil
}

// checkPassphrase refuses a new passphrase that others would guess. names are those of its owner and the city.
func checkPassphrase(field, passphrase string, names []string) error {
	invalid := func(reason string) error { return &problem.Invalid{Field: field, Reason: reason} }
	if !utf8.ValidString(passphrase) {
		return invalid("密码里有无法识别的字符：请重新输入")
	}
	switch n := utf8.RuneCountInString(norm.NFC.String(passphrase)); {
	case n < shortest:
		return invalid(fmt.Sprintf("密码太短：应为%d到%d个字，可以是一句只有您知道的话", shortest, longestAllowed))
	case n > longestAllowed:
		return invalid(fmt.Sprintf("密码太长：应为%d到%d个字", shortest, longestAllowed))
	case named(passphrase, names):
		return invalid("密码里有您的账号、姓名或本市的名称：请换一个")
	case freshness(passphrase) < freshEnough:
		return invalid("密码太常见，容易猜到（键盘顺序、重复的字词、年份、常用词）：请换成一句只有您知道的话，或几个不相干的词")
	}
	return nil
}
