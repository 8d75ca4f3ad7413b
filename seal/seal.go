// Package seal protects personal data at rest: AES-256-GCM to keep it, HMAC-SHA-256 to find it again.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// KeySize is the length of a key in bytes.
const KeySize = 32

// ErrSealed says that a value was sealed under another key, for another purpose, or was tampered with.
var ErrSealed = errors.New("sealed value cannot be opened: wrong key, wrong purpose, or damaged")

// Box seals and finds values under one key. Safe for concurrent use; it never fails after New.
type Box struct {
	aead cipher.AEAD
	mac  []byte
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

// New derives the sealing and the finding key from key, which must be KeySize bytes.
func New(key []byte) (*Box, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("key is %d bytes, want %d", len(key), KeySize)
	}
	sealing, err := hkdf.Key(sha256.New, key, nil, "towncrier seal 1", KeySize)
	if err != nil {
		return nil, err
	}
	finding, err := hkdf.Key(sha256.New, key, nil, "towncrier find 1", KeySize)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(sealing)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &Box{aead: aead, mac: finding}, nil
}

// Seal encrypts plain. purpose binds the result to its place ("ticket.text"): it opens nowhere else.
func (b *Box) Seal(purpose, plain string) []byte {
	return b.aead.Seal(nil, nil, []byte(plain), []byte(purpose))
}

// Open reverses Seal. It returns ErrSealed for anything else.
func (b *Box) Open(purpose string, sealed []byte) (string, error) {
	plain, err := b.aead.Open(nil, nil, sealed, []byte(purpose))
	if err != nil {
		return "", ErrSealed
	}
	return string(plain), nil
}

// Find is the same for the same value and purpose under one key, and tells nothing about the value without it.
func (b *Box) Find(purpose, plain string) []byte {
	h := hmac.New(sha256.New, b.mac)
	h.Write([]byte(purpose))
	h.Write([]byte{0})
	h.Write([]byte(plain))
	return h.Sum(nil)
}

// NewKey makes a fresh key.
func NewKey() []byte {
	key := make([]byte, KeySize)
	rand.Read(key) // never fails since Go 1.24
	return key
}
