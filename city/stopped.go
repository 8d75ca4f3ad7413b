package city

import (
	"maps"
	"slices"

	"towncrier/content"
	"towncrier/intents"
)

// Stopped is what of a city is of no use any more once another is in its place.
type Stopped struct {
	Intents []*intents.Intent // that answer no more: gone, or resting on a notice that is withdrawn
	Drafts  []string          // prepared broadcasts of which none can be made any more
}

// Stopped is what of c stops when after comes into force, by id.
func (c *City) Stopped(after *City) (all Stopped) {
	for _, id := range slices.Sorted(maps.Keys(c.Intents)) {
		if !c.IsStopped(id) && (after.Intents[id] == nil || after.IsStopped(id)) {
			all.Intents = append(all.Intents, c.Intents[id])
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Library.Drafts)) {
		if c.isReady(id) && !after.isReady(id) {
			all.Drafts = append(all.Drafts, id)
		}
	}
	return all
}

// isReady says whether a broadcast can be made of a prepared draft.
func (c *City) isReady(draft string) bool {
	d := c.Library.Drafts[draft]
	return d != nil && !slices.ContainsFunc(d.Cites, func(cite content.Citation) bool {
		n := c.Library.Notices[cite.Notice]
		return n == nil || isWithdrawn(n)
	})
}
