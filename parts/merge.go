package parts

import (
	"bytes"
	"slices"

	"towncrier/content"
)

// Merge brings together what two authors made of a file that holds several parts: it is theirs with the parts that mine changes. conflicts are the
// keys of the parts that both changed, but for those of which side says whose counts. ok is false for a file of another sort, and when mine changes more than
// parts, as their order or a comment: then there is no telling what of it would be lost.
func Merge(file string, base, mine, theirs []byte, side func(key string) content.Side) (merged []byte, conflicts []string, ok bool) {
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Path == file && !k.single() })
	if i < 0 {
		return nil, nil, false
	}
	k := kinds[i]
	var lists [3]list
	for i, text := range [][]byte{base, mine, theirs} {
		f := Folder{}
		if text != nil {
			f[file] = text
		}
		var err error
		if lists[i], err = k.read(f); err != nil {
			return nil, nil, false
		}
	}
	was, own, now := lists[0].parts, lists[1].parts, lists[2].parts
	if again, err := rewrite(file, base, k.with(lists[0], own)); err != nil || !bytes.Equal(again, mine) || reordered(was, own) {
		return nil, nil, false
	}
	next := slices.Clone(now)
	for _, key := range changed(was, own) {
		before, _ := find(was, key)
		after, mineAt := find(own, key)
		there, _ := find(now, key)
		switch {
		case same(there.Value, after.Value):
			continue
		case same(there.Value, before.Value) || side(key) == content.Mine:
		case side(key) == content.Undecided:
			conflicts = append(conflicts, key)
			continue
		default:
			continue
		}
		_, at := find(next, key)
		switch {
		case mineAt < 0:
			next = slices.Delete(next, at, at+1)
		case at >= 0:
			next[at] = after
		default:
			next = slices.Insert(next, placeOf(next, own[mineAt+1:]), after)
		}
	}
	merged, err := rewrite(file, theirs, k.with(lists[2], next))
	return merged, conflicts, err == nil
}

// changed are the keys of the parts that differ, those that are gone last.
func changed(was, is []Part) []string {
	var keys []string
	for _, p := range is {
		if before, _ := find(was, p.Key); !same(before.Value, p.Value) {
			keys = append(keys, p.Key)
		}
	}
	for _, p := range was {
		if _, at := find(is, p.Key); at < 0 {
			keys = append(keys, p.Key)
		}
	}
	return keys
}

// reordered says whether parts that both lists have stand in another order.
func reordered(was, is []Part) bool {
	last := -1
	for _, p := range is {
		if _, at := find(was, p.Key); at >= 0 {
			if at < last {
				return true
			}
			last = at
		}
	}
	return false
}

// placeOf is where a part goes that stands before others: before the first of those that is there, or at the end.
func placeOf(parts, others []Part) int {
	for _, p := range others {
		if _, at := find(parts, p.Key); at >= 0 {
			return at
		}
	}
	return len(parts)
}
