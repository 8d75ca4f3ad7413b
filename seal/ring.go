package seal

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
)

// Ids of the first keys: one finds, one seals. The newest of each kind makes what is new. Ids are never used again.
const (
	findingID = 0
	firstID   = 1
)

// ErrMaster says that a ring was wrapped under a master key that the Sealer does not have.
var ErrMaster = errors.New("the keys were wrapped under another master key")

// Wrapped is a key of the ring as it is stored: encrypted under the master key, bound to its id.
type Wrapped struct {
	ID    uint16
	Bytes []byte
	Finds bool // it makes hashes; the other keys seal. Key 0 finds, whatever this says.
}

func (w Wrapped) finds() bool { return w.Finds || w.ID == findingID }

// Load takes keys, a whole stored ring, in place of the ring that the Sealer holds. Values sealed before stay readable as long
// as their key is among them. On an error, such as ErrMaster, the Sealer stays as it was.
func (b *Sealer) Load(keys []Wrapped) error {
	plain := make(map[uint16][]byte, len(keys))
	var finding []uint16
	for _, w := range keys {
		key, err := b.unwrap(w)
		if err != nil {
			return err
		}
		plain[w.ID] = key
		if w.finds() {
			finding = append(finding, w.ID)
		}
	}
	r, err := newRing(plain, finding)
	if err != nil {
		return err
	}
	b.ring.Store(r)
	return nil
}

// Wrap is the whole ring, by id, wrapped under the current master key.
func (b *Sealer) Wrap() []Wrapped {
	r := b.ring.Load()
	var out []Wrapped
	for _, id := range slices.Sorted(maps.Keys(r.keys)) {
		out = append(out, b.wrap(id, r.keys[id], slices.Contains(r.finding, id)))
	}
	return out
}

// Mint makes a sealing key that is newer than all of the ring. The Sealer does not use it before a Load: it must be stored first,
// or what it sealed would be lost.
func (b *Sealer) Mint() (Wrapped, error) { return b.mint(false) }

// MintFinding makes a finding key, as Mint does one that seals.
func (b *Sealer) MintFinding() (Wrapped, error) { return b.mint(true) }

func (b *Sealer) mint(finds bool) (Wrapped, error) {
	r := b.ring.Load()
	newest := max(r.newest, r.finding[0])
	if newest == math.MaxUint16 {
		return Wrapped{}, fmt.Errorf("key %d is the last that there can be", newest)
	}
	return b.wrap(newest+1, NewKey(), finds), nil
}

// Take makes a key of another ring, which was wrapped under a master key of this Box, one that is newer than all of this ring. Like a
// minted one it is not used before a Load. ErrMaster.
func (b *Sealer) Take(w Wrapped) (Wrapped, error) {
	key, err := b.unwrap(w)
	if err != nil {
		return Wrapped{}, err
	}
	r := b.ring.Load()
	newest := max(r.newest, r.finding[0])
	if newest == math.MaxUint16 {
		return Wrapped{}, fmt.Errorf("key %d is the last that there can be", newest)
	}
	return b.wrap(max(w.ID, newest+1), key, w.finds()), nil
}

// Reseal returns the value under the newest key. fresh is false, and nothing is returned, when it is under that already.
func (b *Sealer) Reseal(purpose string, sealed []byte) (value []byte, fresh bool, err error) {
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
func (b *Sealer) KeyOf(purpose string, sealed []byte) (uint16, error) {
	_, id, err := b.open(purpose, sealed)
	return id, err
}

// OnUnknown has ask called when a value names a key that the ring does not hold, before it is refused: ask may Load. It is
// called from any goroutine that opens values. stop ends that; it does not wait for a call that runs.
func (b *Sealer) OnUnknown(ask func(id uint16)) (stop func()) {
	p := &ask
	b.unknown.Store(p)
	return func() { b.unknown.CompareAndSwap(p, nil) }
}

// purpose binds a wrapped key to its id and kind. Key 0 is older than the other kinds of finding keys.
func (w Wrapped) purpose() []byte {
	if w.finds() && w.ID != findingID {
		return fmt.Appendf(nil, "finding key %d", w.ID)
	}
	return fmt.Appendf(nil, "key %d", w.ID)
}

func (b *Sealer) wrap(id uint16, key []byte, finds bool) Wrapped {
	w := Wrapped{ID: id, Finds: finds}
	w.Bytes = b.wrapping[0].Seal(nil, nil, key, w.purpose())
	return w
}

func (b *Sealer) unwrap(w Wrapped) ([]byte, error) {
	for _, aead := range b.wrapping {
		if key, err := aead.Open(nil, nil, w.Bytes, w.purpose()); err == nil {
			return key, nil
		}
	}
	return nil, ErrMaster
}
