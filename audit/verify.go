package audit

import "crypto/hmac"

// Verifier checks a chain entry by entry. Not safe for concurrent use.
type Verifier struct {
	made func(message string, hash []byte) bool
	last Mark
	held *Entry // does not follow from last; the next entry tells whether it was put in
}

// NewVerifier begins behind anchor. made says whether a keyed hash is of a message, and is asked in the order of the chain.
func NewVerifier(anchor Mark, made func(message string, hash []byte) bool) *Verifier {
	return &Verifier{made: made, last: anchor}
}

// Last is the newest entry that holds.
func (v *Verifier) Last() Mark { return v.last }

// Next takes the entry of the next higher Seq. The error, *Broken, may be about the entry before.
func (v *Verifier) Next(e Entry) error {
	if v.held != nil {
		// An entry put in pushes the others on by one: this one then follows, by its old number, from the last that holds.
		moved := e
		moved.Seq = v.held.Seq
		if v.follows(moved) {
			return &Broken{v.held.Seq, Added}
		}
		return &Broken{v.held.Seq, Changed}
	}
	switch {
	case e.Seq <= v.last.Seq:
		return &Broken{e.Seq, Added}
	case e.Seq > v.last.Seq+1:
		return &Broken{v.last.Seq + 1, Missing}
	case !v.follows(e):
		v.held = &e
		return nil
	}
	v.last = Mark{e.Seq, e.Hash}
	return nil
}

// End says whether the chain ends at head.
func (v *Verifier) End(head Mark) error {
	switch {
	case v.held != nil && head.Seq == v.last.Seq:
		return &Broken{v.held.Seq, Added}
	case v.held != nil:
		return &Broken{v.held.Seq, Changed}
	case head.Seq > v.last.Seq:
		return &Broken{v.last.Seq + 1, Cut}
	case head.Seq < v.last.Seq:
		return &Broken{head.Seq + 1, Added}
	case !hmac.Equal(head.Hash, v.last.Hash):
		return &Broken{head.Seq, Moved}
	}
	return nil
}

func (v *Verifier) follows(e Entry) bool {
	return v.made(Message(v.last.Hash, e), e.Hash)
}
