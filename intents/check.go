package intents

import (
	"fmt"
	"slices"
	"strings"

	"towncrier/problem"
)

// check finds what is wrong between intents.
func check(set *Set, negatives []line, problems *problem.List) {
	slices.SortStableFunc(set.Intents, func(a, b *Intent) int { return strings.Compare(a.ID, b.ID) })
	if len(set.Intents) > maxIntents {
		problems.Addf(intentsDir, 0, "%d intents: at most %d can be told apart", len(set.Intents), maxIntents)
	}
	byID := map[string]*Intent{}
	actions := map[Action]*Intent{}
	type place struct {
		in   *Intent
		line int
	}
	said := map[string]place{}
	for _, in := range set.Intents {
		if in.ID == "" {
			continue
		}
		if other, ok := byID[in.ID]; ok {
			problems.Addf(in.File, in.Lines["id"], "the id %s is taken by %s", in.ID, other.File)
			continue
		}
		byID[in.ID] = in
		if other, ok := actions[in.Action]; ok && in.Action != NoAction {
			problems.Addf(in.File, in.Lines["action"], "the action %s is taken by %s: one intent of a set has it",
				in.Action, other.File)
		}
		actions[in.Action] = in
		for i, u := range in.Utterances {
			at := in.Lines[fmt.Sprintf("utterances[%d]", i)]
			k := key(u)
			if k == "" {
				problems.Addf(in.File, at, "the utterance %q has no words", u)
				continue
			}
			if other, ok := said[k]; ok {
				problems.Addf(in.File, at, "the utterance %q already stands at %s:%d", u, other.in.File, other.line)
				continue
			}
			said[k] = place{in, at}
		}
	}
	for _, in := range set.Intents {
		for i, id := range in.FollowUps {
			at := in.Lines[fmt.Sprintf("follow_ups[%d]", i)]
			switch _, ok := byID[id]; {
			case id == in.ID:
				problems.Addf(in.File, at, "%s follows up itself", id)
			case !ok && problems.In(intentsDir+"/"+id+".yaml"): // it has no more to say
			case !ok:
				problems.Addf(in.File, at, "the follow-up %q is no intent of this set", id)
			case slices.Contains(in.FollowUps[:i], id):
				problems.Addf(in.File, at, "the follow-up %s stands here twice", id)
			}
		}
	}
	for _, l := range negatives {
		if p, ok := said[key(l.text)]; ok {
			problems.Addf(negativesFile, l.number, "%q is also an utterance, at %s:%d: it cannot be both", l.text, p.in.File, p.line)
		}
	}
}
