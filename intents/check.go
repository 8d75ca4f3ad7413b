package intents

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"towncrier/plaintext"
	"towncrier/problem"
)

// What a city may teach: 100,000 of such texts take some 6 s and 300 MiB to learn from, beside the answering of residents.
const (
	maxTaught    = 100_000 // utterances and negatives
	maxUtterance = 200     // characters; of what is longer the matcher would read the beginning only
)

// check finds what is wrong between intents.
func check(set *Set, negatives []line, problems *problem.List) {
	slices.SortStableFunc(set.Intents, func(a, b *Intent) int { return strings.Compare(a.ID, b.ID) })
	if len(set.Intents) > maxIntents {
		problems.Addf(intentsDir, 0, "有%d个问答，最多%d个：请合并相近的", len(set.Intents), maxIntents)
	}
	taught := len(negatives)
	for _, in := range set.Intents {
		taught += len(in.Utterances)
	}
	if taught > maxTaught {
		problems.Addf(intentsDir, 0, "问法和 %s 共有%d条，最多%d条：请删去相近的", negativesFile, taught, maxTaught)
		return
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
		for i, w := range in.Urgent {
			if len([]rune(key(w))) < 2 {
				problems.Addf(in.File, in.Lines[fmt.Sprintf("urgent[%d]", i)], "应急的词%s太短：请写至少两个字", plaintext.Quote(w))
			}
		}
		for i, w := range in.Whole {
			if len([]rune(key(w))) < 2 {
				problems.Addf(in.File, in.Lines[fmt.Sprintf("whole[%d]", i)], "整份公告的叫法%s太短：请写至少两个字", plaintext.Quote(w))
			}
		}
		for i, u := range in.Utterances {
			at := in.Lines[fmt.Sprintf("utterances[%d]", i)]
			if n := utf8.RuneCountInString(u); n > maxUtterance {
				problems.Addf(in.File, at, "问法%s有%d个字，最多%d个字：请照居民的话缩短", plaintext.Quote(u), n, maxUtterance)
			}
			k := key(u)
			if k == "" {
				problems.Addf(in.File, at, "问法%s里没有字词：请写居民怎样问", plaintext.Quote(u))
				continue
			}
			if other, ok := said[k]; ok && (other.in.Urgent == nil) != (in.Urgent == nil) {
				continue // the urgent one has it: see yield
			} else if ok {
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
		if p, ok := said[key(l.text)]; ok && p.in.Urgent == nil {
			problems.Addf(negativesFile, l.number, "%s又是问法，写在 %s:%d：请只留一处", plaintext.Quote(l.text), p.in.File, p.line)
		}
	}
}
