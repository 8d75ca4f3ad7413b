package intents

import (
	"fmt"
	"slices"
	"strings"

	"towncrier/plaintext"
	"towncrier/problem"
)

// check finds what is wrong between intents.
func check(set *Set, negatives []line, problems *problem.List) {
	slices.SortStableFunc(set.Intents, func(a, b *Intent) int { return strings.Compare(a.ID, b.ID) })
	if len(set.Intents) > maxIntents {
		problems.Addf(intentsDir, 0, "有%d个问答，最多%d个：请合并相近的", len(set.Intents), maxIntents)
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
			problems.Addf(in.File, in.Lines["id"], "编号%s已用于 %s：请换一个编号", in.ID, other.File)
			continue
		}
		byID[in.ID] = in
		if other, ok := actions[in.Action]; ok && in.Action != NoAction {
			problems.Addf(in.File, in.Lines["action"], "action %s 已用于 %s：只能有一个问答用它",
				in.Action, other.File)
		}
		actions[in.Action] = in
		for i, u := range in.Utterances {
			at := in.Lines[fmt.Sprintf("utterances[%d]", i)]
			k := key(u)
			if k == "" {
				problems.Addf(in.File, at, "问法%s里没有字词：请写居民怎样问", plaintext.Quote(u))
				continue
			}
			if other, ok := said[k]; ok {
				problems.Addf(in.File, at, "问法%s已写在 %s:%d：请只留一处", plaintext.Quote(u), other.in.File, other.line)
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
				problems.Addf(in.File, at, "follow_ups 里写了 %s 自己：请删去", id)
			case !ok && problems.In(intentsDir+"/"+id+".yaml"): // it has no more to say
			case !ok:
				problems.Addf(in.File, at, "没有问答%s：follow_ups 里请写有的问答的编号", plaintext.Quote(id))
			case slices.Contains(in.FollowUps[:i], id):
				problems.Addf(in.File, at, "follow_ups 里 %s 写了两次：请只留一个", id)
			}
		}
	}
	for _, l := range negatives {
		if p, ok := said[key(l.text)]; ok {
			problems.Addf(negativesFile, l.number, "%s又是问法，写在 %s:%d：请只留一处", plaintext.Quote(l.text), p.in.File, p.line)
		}
	}
}
