package api

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"towncrier/api/wire"
	"towncrier/city"
	"towncrier/content"
	"towncrier/intents"
	"towncrier/problem"
	"towncrier/propose"
	"towncrier/revision"
	"towncrier/staff"
)

// contentProposalHandler makes of a notice's text what its author begins with.
type contentProposalHandler struct {
	Content
	names directory
}

func (h contentProposalHandler) register(g *gate) {
	add(g, post("/content/proposals", "propose-content", "Propose a notice's passages, and answers to what residents ask of it, from its text; or cut and merge the passages of one that a draft has", staff.WriteContent), h.propose)
}

func (h contentProposalHandler) propose(ctx context.Context, caller staff.Person, in *Body[wire.ProposeContent]) (*reply[wire.ContentProposal], error) {
	if in.Body.Text == "" {
		return h.recut(ctx, caller, in.Body)
	}
	if len(in.Body.Subjects) == 0 {
		return nil, invalid("body.subjects", "写明至少一个主题，例如停水")
	}
	_, folder, err := h.Revisions.Head(ctx)
	if err != nil {
		return nil, err
	}
	before := folder
	if in.Body.Draft != "" {
		d, base, err := h.Revisions.DraftOn(ctx, in.Body.Draft)
		if err != nil {
			return nil, err
		}
		before, folder = base, base.With(d.Changes)
	}
	city := h.Live.Current()
	src := propose.Source{ID: in.Body.ID, Area: city.Library.City.Area, Publisher: in.Body.Publisher, Today: content.DateOf(h.Revisions.Now().In(city.Zone()))}
	if src.ID == "" {
		src.ID = freeNotice(before) // the same when it is proposed again
	}
	n, err := propose.Paste(in.Body.Text, src)
	if err != nil {
		return nil, err
	}
	if n, _, err = edited(n, in.Body.Edits); err != nil {
		return nil, err
	}
	subjects := each(in.Body.Subjects, func(s wire.ProposedSubject) propose.Subject {
		id := s.ID
		if id == "" {
			id = propose.IDOf(s.Name)
		}
		return propose.Subject{ID: id, Name: s.Name, Also: s.Also}
	})
	all, err := propose.Intents(n, subjects, h.known(folder, subjects))
	if err != nil {
		return nil, err
	}
	files := revision.Folder{n.File: n.Format()}
	for _, p := range all {
		files[p.File] = p.Format()
	}
	out := viewContentProposal(n, all, files)
	if in.Body.Draft == "" {
		return &reply[wire.ContentProposal]{out}, nil
	}
	d, err := h.Revisions.Rewrite(ctx, caller.ID, in.Body.Draft, func(folder revision.Folder) (revision.Folder, error) {
		other := func(path string) bool {
			there, ok := folder[path]
			return ok && string(there) != string(files[path])
		}
		const remedy = "，或者先在稿件里删去这个文件"
		if other(n.File) {
			return nil, invalid("body.id", n.File+"已经有了，而且内容不同：用 id 另写一个公告编号"+remedy+"；只切分、合并它的段落时，不写正文，只写 draft、id 和 edits")
		}
		if i := slices.IndexFunc(files.Paths(), other); i >= 0 {
			return nil, invalid("body.subjects", files.Paths()[i]+"已经有了，而且内容不同：给主题另写一个编号"+remedy)
		}
		return files, nil
	})
	return h.withDraft(ctx, out, d, err)
}

func (h contentProposalHandler) withDraft(ctx context.Context, out wire.ContentProposal, d revision.Draft, err error) (*reply[wire.ContentProposal], error) {
	if err != nil {
		return nil, err
	}
	shown, err := contentDraftHandler{revisions: h.Revisions, names: h.names}.show(ctx, d, nil)
	if err != nil {
		return nil, err
	}
	out.Draft = &shown.Body
	return &reply[wire.ContentProposal]{out}, nil
}

// edited makes edits one after another, and says what each moved.
func edited(n propose.Notice, edits []wire.PassageEdit) (propose.Notice, []propose.Moved, error) {
	var all []propose.Moved
	for i, e := range edits {
		next, moved, err := n.Edit(propose.Edit{Passage: e.Passage, Cut: e.Cut, Merge: e.Merge})
		if bad, ok := errors.AsType[*problem.Invalid](err); ok {
			return n, nil, invalid(fmt.Sprintf("body.edits[%d].%s", i, bad.Field), bad.Reason)
		}
		n, all = next, append(all, moved)
	}
	return n, all, nil
}

// recut cuts and merges passages of a notice that a draft has, and has what cites them follow.
func (h contentProposalHandler) recut(ctx context.Context, caller staff.Person, in wire.ProposeContent) (*reply[wire.ContentProposal], error) {
	switch {
	case len(in.Edits) == 0:
		return nil, invalid("body.text", "写公告的全文；只切分、合并稿件里一份公告的段落时，写 draft、id 和 edits")
	case in.Draft == "":
		return nil, invalid("body.draft", "写明是哪一份稿件里的公告")
	case len(in.Subjects) > 0:
		return nil, invalid("body.subjects", "主题要和公告的全文一起写；只切分、合并段落时不写主题")
	}
	var files revision.Folder
	var n propose.Notice
	d, err := h.Revisions.Rewrite(ctx, caller.ID, in.Draft, func(folder revision.Folder) (revision.Folder, error) {
		lib, problems := content.Load(folder.FS())
		there, ok := lib.Notices[in.ID]
		if !ok || problems.In(there.File) {
			return nil, invalid("body.id", "稿件里没有这份公告，或者它的文件有错：请核对编号，见稿件里的公告列表")
		}
		var moves []propose.Moved
		var err error
		if n, moves, err = edited(propose.Of(*there), in.Edits); err != nil {
			return nil, err
		}
		files = revision.Folder{n.File: n.Format()}
		for path, text := range folder {
			if !strings.HasSuffix(path, ".yaml") {
				continue
			}
			now := text
			for _, m := range moves {
				now = m.Recite(now, n.ID)
			}
			if string(now) != string(text) {
				files[path] = now
			}
		}
		return files, nil
	})
	if err != nil {
		return nil, err
	}
	return h.withDraft(ctx, viewContentProposal(n, nil, files), d, nil)
}

// known is what proposals are made to fit: the words that a folder teaches, but for those of a proposal that was made before, and what
// answers now.
func (h contentProposalHandler) known(folder revision.Folder, subjects []propose.Subject) propose.City {
	others := revision.Folder{}
	own := func(id string) bool {
		for _, s := range subjects {
			if strings.HasPrefix(id, s.ID+".") {
				return true
			}
		}
		return false
	}
	for path, text := range folder {
		if name, ok := strings.CutPrefix(path, "intents/"); !ok || !own(name) {
			others[path] = text
		}
	}
	known := cityOf(others, h.Live.Current())
	answers := known.Answers
	known.Answers = func(text string) (string, bool) {
		id, sure := answers(text)
		return id, sure && !own(id)
	}
	return known
}

// cityOf is what proposals are made to fit: what a folder teaches, and what answers now.
func cityOf(folder revision.Folder, now *city.City) propose.City {
	set, _ := intents.Load(folder.FS()) // what is wrong with the folder is said when it is submitted
	known := propose.City{Set: set, Answers: func(text string) (string, bool) {
		m := now.Matcher.Match(text, intents.Context{})
		if m.Decision != intents.Answer {
			return "", false
		}
		return m.Ranked[0].ID, true
	}}
	if all := now.Library.Contacts; len(all) > 0 {
		known.Contact = all[0]
	}
	return known
}

var numberedNotice = regexp.MustCompile(`^notices/N([0-9]{1,9})\.md$`)

// freeNotice is the next of the ids N1, N2, …
func freeNotice(folder revision.Folder) string {
	highest := 0
	for path := range folder {
		if m := numberedNotice.FindStringSubmatch(path); m != nil {
			number, _ := strconv.Atoi(m[1])
			highest = max(highest, number)
		}
	}
	return "N" + strconv.Itoa(highest+1)
}

func viewContentProposal(n propose.Notice, all []propose.Proposal, files revision.Folder) wire.ContentProposal {
	return wire.ContentProposal{
		Notice: wire.ProposedNotice{
			ID: n.ID, Headline: n.Headline, Issuer: n.Issuer, Publisher: n.Publisher, Date: n.Date.ISO(), YearInferred: n.YearInferred, ReviewBy: n.ReviewBy.ISO(),
			Paragraphs: n.Paragraphs,
			Passages:   each(n.Passages, func(p content.Passage) wire.Passage { return wire.Passage{Number: p.Number, Text: p.Text} }),
			Marks: each(n.Marks, func(m propose.Mark) wire.Mark {
				return wire.Mark{Kind: string(m.Kind), Label: m.Kind.Label(), Passage: m.Passage, Start: m.Start, End: m.End, Text: m.Text}
			}),
			Doubts: each(n.Doubts, func(s string) string { return s }),
		},
		Intents: each(all, func(p propose.Proposal) wire.ProposedIntent {
			return wire.ProposedIntent{
				ID: p.ID, Title: p.Title, Asks: p.Question.Asks, Silent: p.Silent, Whole: p.Whole, Answer: p.Answer, Utterances: slices.Concat(p.Utterances, p.Proposed),
				Sentences: each(p.Sentences, func(s propose.Sentence) wire.ProposedSentence {
					return wire.ProposedSentence{Text: s.Text, Passages: each(s.Passages, func(n int) int { return n })}
				}),
				Taken: each(p.Taken, func(t propose.Taken) wire.TakenUtterance {
					return wire.TakenUtterance{Utterance: t.Utterance, Intent: t.Intent}
				}),
			}
		}),
		Files: each(files.Paths(), func(path string) wire.ContentText {
			return wire.ContentText{ContentFile: viewFile(path, files[path]), Text: string(files[path])}
		}),
	}
}
