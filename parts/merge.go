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
	if again, err := k.write(base, lists[0], own); err != nil || !bytes.Equal(again, mine) || reordered(was, own) {
		return nil, nil, false
	}
	before, after, there := byKey(was), byKey(own), byKey(now)
	next := map[string]Part{} // of what mine changes, what becomes of it
	for _, key := range changed(was, own) {
		switch {
		case same(there[key].Value, after[key].Value):
		case same(there[key].Value, before[key].Value) || side(key) == content.Mine:
			next[key] = after[key]
		case side(key) == content.Undecided:
			conflicts = append(conflicts, key)
		}
	}
	merged, err := k.write(theirs, lists[2], arranged(now, own, next))
	return merged, conflicts, err == nil
}

// arranged are parts with what becomes of some; one that is new stands before the part that it stands before in own.
func arranged(parts, own []Part, next map[string]Part) (all []Part) {
	there := byKey(parts)
	fresh := map[string][]Part{} // by the key of what they stand before, "" for the end
	follows := ""
	for _, p := range slices.Backward(own) {
		if _, old := there[p.Key]; old {
			follows = p.Key
		} else if _, comes := next[p.Key]; comes {
			fresh[follows] = append(fresh[follows], p)
		}
	}
	add := func(follows string) {
		for _, p := range slices.Backward(fresh[follows]) {
			all = append(all, p)
		}
	}
	for _, p := range parts {
		add(p.Key)
		mine, changes := next[p.Key]
		switch {
		case !changes:
			all = append(all, p)
		case mine.Value != nil:
			all = append(all, mine)
		}
	}
	add("")
	return all
}

func byKey(parts []Part) map[string]Part {
	all := make(map[string]Part, len(parts))
	for _, p := range parts {
		all[p.Key] = p
	}
	return all
}

// changed are the keys of the parts that differ, those that are gone last.
func changed(was, is []Part) []string {
	before, after := byKey(was), byKey(is)
	var keys []string
	for _, p := range is {
		if !same(before[p.Key].Value, p.Value) {
			keys = append(keys, p.Key)
		}
	}
	for _, p := range was {
		if _, there := after[p.Key]; !there {
			keys = append(keys, p.Key)
		}
	}
	return keys
}

// reordered says whether parts that both lists have stand in another order.
func reordered(was, is []Part) bool {
	at := make(map[string]int, len(was))
	for i, p := range was {
		at[p.Key] = i
	}
	last := -1
	for _, p := range is {
		if i, there := at[p.Key]; there {
			if i < last {
				return true
			}
			last = i
		}
	}
	return false
}
