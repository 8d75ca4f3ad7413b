// Package seal protects personal data at rest: AES-256-GCM to keep it, HMAC-SHA-256 to find it again.
//
// The keys that seal and find form a ring, kept wrapped under a master key. The newest key of the ring seals, every other
// one still opens. The newest finding key makes hashes; those before it still recognise theirs, whose values may be gone.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"slices"
	"sync"
	"sync/atomic"
)

// KeySize is the length of a key in bytes.
const KeySize = 32

// ErrSealed says that a value was sealed under another key, for another purpose, or was tampered with.
var ErrSealed = errors.New("sealed value cannot be opened: wrong key, wrong purpose, or damaged")

// A sealed value is: version, key id in two bytes, nonce, ciphertext, tag. What was sealed before there was a ring has
// neither version nor id and is under key 1; GCM tells the two apart, since a value opens in one reading only.
const (
	version  = 1
	headSize = 3
)

// Sealer seals and finds values under one ring of keys. Safe for concurrent use.
type Sealer struct {
	wrapping []cipher.AEAD // under the master key, then under those before it
	ring     atomic.Pointer[ring]
	unknown  atomic.Pointer[func(id uint16)]
}

// ParseKey reads a key in standard base64, as `head -c 32 /dev/urandom | base64` prints it.
func ParseKey(s string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil, errors.New("not standard base64: make one with `head -c 32 /dev/urandom | base64`")
	}
	if len(key) != KeySize {
		return nil, fmt.Errorf("decodes to %d bytes, want %d: make one with `head -c 32 /dev/urandom | base64`", len(key), KeySize)
	}
	return key, nil
}

// New makes a Sealer whose ring is derived from master: the finding key 0 and the sealing key 1. Load puts a stored ring in
// its place. Rings that were wrapped under a previous master load too. Every key must be KeySize bytes; a previous one may
// also be empty, which means none.
func New(master []byte, previous ...[]byte) (*Sealer, error) {
	b := &Sealer{}
	for i, key := range append([][]byte{master}, previous...) {
		if i > 0 && len(key) == 0 {
			continue
		}
		if len(key) != KeySize {
			return nil, fmt.Errorf("key is %d bytes, want %d", len(key), KeySize)
		}
		wrap, err := derive(key, "towncrier wrap 1")
		if err != nil {
			return nil, err
		}
		aead, err := newAEAD(wrap)
		if err != nil {
			return nil, err
		}
		b.wrapping = append(b.wrapping, aead)
	}
	finding, err := derive(master, "towncrier find 1")
	if err != nil {
		return nil, err
	}
	sealing, err := derive(master, "towncrier seal 1")
	if err != nil {
		return nil, err
	}
	r, err := newRing(map[uint16][]byte{findingID: finding, firstID: sealing}, []uint16{findingID})
	if err != nil {
		return nil, err
	}
	b.ring.Store(r)
	return b, nil
}

func derive(master []byte, info string) ([]byte, error) {
	return hkdf.Key(sha256.New, master, nil, info, KeySize)
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// scratch is memory for one call. A million rows are sealed and found in one import: what passes through an interface would
// be allocated anew for each.
type scratch struct {
	buf []byte
	mac hash.Hash // of the ring whose pool this is
}

// Seal encrypts plain under the ring's newest key. purpose binds the result to its place ("ticket.text"): it opens nowhere
// else.
func (b *Sealer) Seal(purpose, plain string) []byte {
	r := b.ring.Load()
	s := r.scratch.Get().(*scratch)
	defer r.put(s)
	s.buf = append(append(s.buf, purpose...), plain...)
	out := make([]byte, headSize, headSize+len(plain)+r.overhead)
	out[0] = version
	binary.BigEndian.PutUint16(out[1:], r.newest)
	return r.sealing.Seal(out, nil, s.buf[len(purpose):], s.buf[:len(purpose)])
}

// Open reverses Seal. It returns ErrSealed for anything else.
func (b *Sealer) Open(purpose string, sealed []byte) (string, error) {
	plain, _, err := b.open(purpose, sealed)
	return plain, err
}

// open also tells under which key the value is. A key that this ring does not hold may be a new one of another process:
// that is asked for once.
func (b *Sealer) open(purpose string, sealed []byte) (plain string, id uint16, err error) {
	r := b.ring.Load()
	if plain, id, ok := r.open(purpose, sealed); ok {
		return plain, id, nil
	}
	if id, ok := headOf(sealed); ok && !r.holds(id) {
		if ask := b.unknown.Load(); ask != nil {
			(*ask)(id)
		}
		if plain, id, ok := b.ring.Load().open(purpose, sealed); ok {
			return plain, id, nil
		}
	}
	return "", 0, ErrSealed
}

// Find is the same for the same value and purpose under one finding key, the newest, and tells nothing about the value without it.
func (b *Sealer) Find(purpose, plain string) []byte {
	hash, _ := b.FindBy(purpose, plain)
	return hash
}

// FindBy is Find, and tells the id of the key.
func (b *Sealer) FindBy(purpose, plain string) (hash []byte, key uint16) {
	r := b.ring.Load()
	s := r.scratch.Get().(*scratch)
	defer r.put(s)
	s.buf = append(append(append(s.buf, purpose...), 0), plain...)
	s.mac.Reset()
	s.mac.Write(s.buf)
	return s.mac.Sum(make([]byte, 0, sha256.Size)), r.finding[0]
}

// Finds is what Find made under each finding key, the newest first.
func (b *Sealer) Finds(purpose, plain string) [][]byte {
	r := b.ring.Load()
	all := make([][]byte, len(r.finding))
	for i, id := range r.finding {
		mac := hmac.New(sha256.New, r.keys[id])
		mac.Write(append(append([]byte(purpose), 0), plain...))
		all[i] = mac.Sum(nil)
	}
	return all
}

// Found says whether hash is of a value and purpose under any finding key.
func (b *Sealer) Found(purpose, plain string, hash []byte) bool {
	found := false
	for _, want := range b.Finds(purpose, plain) {
		found = hmac.Equal(want, hash) || found
	}
	return found
}

// FindingKey is the id of the key by which Find makes hashes. renewed says that there are earlier ones.
func (b *Sealer) FindingKey() (id uint16, renewed bool) {
	r := b.ring.Load()
	return r.finding[0], len(r.finding) > 1
}

// NewKey makes a fresh key.
func NewKey() []byte {
	key := make([]byte, KeySize)
	rand.Read(key) // never fails since Go 1.24
	return key
}

// ring is what a Sealer holds; it never changes.
type ring struct {
	keys     map[uint16][]byte
	finding  []uint16 // the newest first
	opening  map[uint16]cipher.AEAD
	newest   uint16
	sealing  cipher.AEAD // of newest
	overhead int
	scratch  sync.Pool
}

// newRing makes a ring of keys, of which some find.
func newRing(keys map[uint16][]byte, finding []uint16) (*ring, error) {
	r := &ring{keys: keys, finding: finding, opening: make(map[uint16]cipher.AEAD)}
	slices.Sort(r.finding)
	slices.Reverse(r.finding)
	for id, key := range keys {
		if slices.Contains(finding, id) {
			continue
		}
		aead, err := newAEAD(key)
		if err != nil {
			return nil, err
		}
		r.opening[id] = aead
		r.newest = max(r.newest, id)
	}
	if r.sealing = r.opening[r.newest]; r.sealing == nil || len(r.finding) == 0 {
		return nil, errors.New("the ring lacks a finding or a sealing key")
	}
	r.overhead = r.sealing.Overhead()
	r.scratch.New = func() any { return &scratch{mac: hmac.New(sha256.New, keys[r.finding[0]])} }
	return r, nil
}

// put gives memory back without what it held.
func (r *ring) put(s *scratch) {
	const keep = 4 << 10 // a rare long text shall not stay
	if cap(s.buf) > keep {
		s.buf = nil
	}
	clear(s.buf)
	s.buf = s.buf[:0]
	r.scratch.Put(s)
}

func (r *ring) holds(id uint16) bool { return r.opening[id] != nil }

func headOf(sealed []byte) (id uint16, ok bool) {
	if len(sealed) < headSize || sealed[0] != version {
		return 0, false
	}
	return binary.BigEndian.Uint16(sealed[1:]), true
}

func (r *ring) open(purpose string, sealed []byte) (plain string, id uint16, ok bool) {
	s := r.scratch.Get().(*scratch)
	defer r.put(s)
	if id, ok := headOf(sealed); ok && r.holds(id) {
		if plain, ok := s.open(r.opening[id], purpose, sealed[headSize:]); ok {
			return plain, id, true
		}
	}
	if r.holds(firstID) {
		plain, ok = s.open(r.opening[firstID], purpose, sealed)
	}
	return plain, firstID, ok
}

func (s *scratch) open(aead cipher.AEAD, purpose string, sealed []byte) (string, bool) {
	s.buf = append(s.buf[:0], purpose...)
	plain, err := aead.Open(s.buf, nil, sealed, s.buf[:len(purpose):len(purpose)])
	if err != nil {
		return "", false
	}
	s.buf = plain
	return string(plain[len(purpose):]), true
}
