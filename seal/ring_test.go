package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"sync"
	"testing"
)

func boxOf(t testing.TB, master []byte, previous ...[]byte) *Sealer {
	t.Helper()
	b, err := New(master, previous...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// grow adds a key to a ring, as a store does.
func grow(t testing.TB, b *Sealer) []Wrapped {
	t.Helper()
	fresh, err := b.Mint()
	if err != nil {
		t.Fatal(err)
	}
	return append(b.Wrap(), fresh)
}

func load(t testing.TB, b *Sealer, keys []Wrapped) {
	t.Helper()
	if err := b.Load(keys); err != nil {
		t.Fatal(err)
	}
}

func opened(t testing.TB, b *Sealer, sealed []byte, want string) {
	t.Helper()
	if got, err := b.Open("p", sealed); err != nil || got != want {
		t.Errorf("Open = %q, %v; want %q", got, err, want)
	}
}

// TestSealedBeforeThereWasARing opens nonce, ciphertext and tag alone.
func TestSealedBeforeThereWasARing(t *testing.T) {
	master := NewKey()
	key, err := derive(master, "towncrier seal 1")
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	b := boxOf(t, master)
	load(t, b, grow(t, b))
	for _, nonce := range [][]byte{
		make([]byte, 12),
		append([]byte{version, 0, 2}, make([]byte, 9)...), // looks like a value under key 2
		append([]byte{version, 0, 9}, make([]byte, 9)...), // and like one under a key that is unknown
	} {
		old := aead.Seal(bytes.Clone(nonce), nonce, []byte("从前"), []byte("p"))
		opened(t, b, old, "从前")
		if id, err := b.KeyOf("p", old); err != nil || id != 1 {
			t.Errorf("KeyOf = %d, %v", id, err)
		}
		value, fresh, err := b.Reseal("p", old)
		if err != nil || !fresh {
			t.Fatalf("Reseal = %v, %v", fresh, err)
		}
		opened(t, b, value, "从前")
	}
}

func TestNewestKeySeals(t *testing.T) {
	b := newBox(t)
	first := b.Seal("p", "一")
	hash := b.Find("phone", "19900001234")
	keys := grow(t, b)
	if under, err := b.KeyOf("p", b.Seal("p", "x")); err != nil || under != 1 {
		t.Errorf("a key that is not loaded seals: %d, %v", under, err)
	}
	load(t, b, keys)
	second := b.Seal("p", "二")
	opened(t, b, first, "一")
	opened(t, b, second, "二")
	for want, sealed := range map[uint16][]byte{1: first, 2: second} {
		if id, err := b.KeyOf("p", sealed); err != nil || id != want {
			t.Errorf("KeyOf = %d, %v; want %d", id, err, want)
		}
	}
	if !bytes.Equal(hash, b.Find("phone", "19900001234")) {
		t.Error("what was found before is not found now")
	}
	value, fresh, err := b.Reseal("p", first)
	if err != nil || !fresh {
		t.Fatalf("Reseal = %v, %v", fresh, err)
	}
	opened(t, b, value, "一")
	if value, fresh, err := b.Reseal("p", second); err != nil || fresh || value != nil {
		t.Errorf("Reseal under the newest = %x, %v, %v", value, fresh, err)
	}
	if _, _, err := b.Reseal("other", first); !errors.Is(err, ErrSealed) {
		t.Errorf("Reseal for another purpose: %v", err)
	}
	load(t, b, []Wrapped{keys[0], keys[2]}) // key 1 is gone
	opened(t, b, value, "一")
	if _, err := b.Open("p", first); !errors.Is(err, ErrSealed) {
		t.Errorf("under a key that is gone: %v", err)
	}
}

func TestLoadRefuses(t *testing.T) {
	master := NewKey()
	b := boxOf(t, master)
	sealed := b.Seal("p", "x")
	keys := grow(t, b)
	damaged := bytes.Clone(keys[1].Bytes)
	damaged[20] ^= 1
	for name, c := range map[string]struct {
		keys []Wrapped
		want error
	}{
		"another master's":    {newBox(t).Wrap(), ErrMaster},
		"a damaged key":       {[]Wrapped{keys[0], {ID: 1, Bytes: damaged}}, ErrMaster},
		"a key under two ids": {[]Wrapped{keys[0], {ID: 2, Bytes: keys[1].Bytes}}, ErrMaster},
		"nothing":             {nil, nil},
		"no finding key":      {keys[1:], nil},
		"no sealing key":      {keys[:1], nil},
	} {
		if err := b.Load(c.keys); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		opened(t, b, sealed, "x")
	}
}

func TestMasterKeyChange(t *testing.T) {
	old, current := NewKey(), NewKey()
	before := boxOf(t, old)
	keys := grow(t, before)
	load(t, before, keys)
	sealed, hash := before.Seal("p", "x"), before.Find("phone", "x")
	after := boxOf(t, current, nil, old)
	load(t, after, keys)
	opened(t, after, sealed, "x")
	if !bytes.Equal(after.Find("phone", "x"), hash) {
		t.Error("the finding key changed with the master")
	}
	alone := boxOf(t, current)
	if err := alone.Load(keys); !errors.Is(err, ErrMaster) {
		t.Errorf("without the previous master: %v", err)
	}
	load(t, alone, after.Wrap())
	opened(t, alone, sealed, "x")
	if err := boxOf(t, old).Load(after.Wrap()); !errors.Is(err, ErrMaster) {
		t.Errorf("the old master still opens the ring: %v", err)
	}
	for _, bad := range [][]byte{{1}, make([]byte, 31)} {
		if _, err := New(current, bad); err == nil {
			t.Errorf("a previous master of %d bytes", len(bad))
		}
	}
}

func TestUnknownKeyIsAskedFor(t *testing.T) {
	master := NewKey()
	a, b := boxOf(t, master), boxOf(t, master)
	keys := grow(t, a)
	load(t, a, keys)
	sealed := a.Seal("p", "x")
	asked := 0
	stop := b.OnUnknown(func(id uint16) {
		if asked++; id != 2 {
			t.Errorf("asked for key %d", id)
		}
		load(t, b, keys)
	})
	opened(t, b, sealed, "x")
	opened(t, b, sealed, "x")
	if _, err := b.Open("other", sealed); !errors.Is(err, ErrSealed) || asked != 1 {
		t.Errorf("%v, asked %d times; want once, for the unknown key", err, asked)
	}
	stop()
	if _, err := b.Open("p", []byte{version, 0, 9, 1, 2, 3}); !errors.Is(err, ErrSealed) || asked != 1 {
		t.Errorf("after stop: %v, asked %d times", err, asked)
	}
}

func TestBoxIsSafeForConcurrentUse(t *testing.T) {
	b := newBox(t)
	hash := b.Find("p", "x")
	var all sync.WaitGroup
	done := make(chan struct{})
	for i := range 4 {
		all.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-done:
					return
				default:
				}
				text := fmt.Sprintf("%d-%d", i, n)
				opened(t, b, b.Seal("p", text), text)
				if !bytes.Equal(b.Find("p", "x"), hash) {
					t.Error("Find changed")
				}
			}
		})
	}
	for range 50 {
		load(t, b, grow(t, b))
	}
	close(done)
	all.Wait()
}

func FuzzOpen(f *testing.F) {
	b := newBox(f)
	load(f, b, grow(f, b))
	f.Add(b.Seal("p", "x"))
	f.Add([]byte{version, 0, 1})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if plain, err := b.Open("p", sealed); err == nil && plain != "x" {
			t.Errorf("%x opened as %q", sealed, plain)
		}
	})
}
