package seal

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
)

// Ids of keys. Key 0 finds; the others seal, the newest what is sealed from now on. Ids are never used again.
const (
	findingID = 0
	firstID   = 1
)

// ErrMaster says that a ring was wrapped under a master key that the Box does not have.
var ErrMaster = errors.New("the keys were wrapped under another master key")

// Wrapped is a key of the ring as it is stored: encrypted under the master key, bound to its id.
type Wrapped struct {
	ID    uint16
	Bytes []byte
}

// Load takes keys, a whole stored ring, in place of the ring that the Box holds. Values sealed before stay readable as long
// as their key is among them. On an error, such as ErrMaster, the Box stays as it was.
func (b *Box) Load(keys []Wrapped) error {
	plain := make(map[uint16][]byte, len(keys))
	for _, w := range keys {
		key, err := b.unwrap(w)
		if err != nil {
			return err
		}
		plain[w.ID] = key
	}
	r, err := newRing(plain)
	if err != nil {
		return err
	}
	b.ring.Store(r)
	return nil
}

// Wrap is the whole ring, by id, wrapped under the current master key.
func (b *Box) Wrap() []Wrapped {
	r := b.ring.Load()
	var out []Wrapped
	for _, id := range slices.Sorted(maps.Keys(r.keys)) {
		out = append(out, b.wrap(id, r.keys[id]))
	}
	return out
}

// Mint makes a key that is newer than all of the ring. The Box does not use it before a Load: it must be stored first, or
// what it sealed would be lost.
func (b *Box) Mint() (Wrapped, error) {
	newest := b.ring.Load().newest
	if newest == math.MaxUint16 {
		return Wrapped{}, fmt.Errorf("key %d is the last that there can be", newest)
	}
	return b.wrap(newest+1, NewKey()), nil
}

// Reseal returns the value under the newest key. fresh is false, and nothing is returned, when it is under that already.
func (b *Box) Reseal(purpose string, sealed []byte) (value []byte, fresh bool, err error) {
	plain, id, err := b.open(purpose, sealed)
	if err != nil {
		return nil, false, err
	}
	if head, ok := headOf(sealed); ok && head == id && id == b.ring.Load().newest {
		return nil, false, nil
	}
	return b.Seal(purpose, plain), true, nil
}

// KeyOf tells under which key a value is sealed.
func (b *Box) KeyOf(purpose string, sealed []byte) (uint16, error) {
	_, id, err := b.open(purpose, sealed)
	return id, err
}

// OnUnknown has ask called when a value names a key that the ring does not hold, before it is refused: ask may Load. It is
// called from any goroutine that opens values. stop ends that; it does not wait for a call that runs.
func (b *Box) OnUnknown(ask func(id uint16)) (stop func()) {
	p := &ask
	b.unknown.Store(p)
	return func() { b.unknown.CompareAndSwap(p, nil) }
}

func wrapPurpose(id uint16) []byte { return fmt.Appendf(nil, "key %d", id) }

func (b *Box) wrap(id uint16, key []byte) Wrapped {
	return Wrapped{id, b.wrapping[0].Seal(nil, nil, key, wrapPurpose(id))}
}

func (b *Box) unwrap(w Wrapped) ([]byte, error) {
	for _, aead := range b.wrapping {
		if key, err := aead.Open(nil, nil, w.Bytes, wrapPurpose(w.ID)); err == nil {
			return key, nil
		}
	}
	return nil, ErrMaster
}
