package emergency

import (
	"maps"
	"slices"
	"time"

	"towncrier/city"
	"towncrier/content"
	"towncrier/revision"
)

// files makes what emergencies change of a city's folder.
type files struct {
	lib    *content.Library
	zone   *time.Location
	others []Emergency // that may be in force beside this one
}

func noticePath(id string) string { return "notices/" + id + ".md" }

func (f files) said(e Emergency) city.Said {
	return city.Said{Text: e.Says.Answer, Notice: city.NoticeOf(f.lib, e.ID, e.Says, e.DeclaredAt.In(f.zone))}
}

func (f files) end(e Emergency) city.Said {
	at := e.EndedAt.In(f.zone)
	s := e.Ends.Over(at)
	return city.Said{Text: s.Answer, Notice: city.NoticeOf(f.lib, e.EndID(), s, at)}
}

// published is the folder in which e is in force; nil when it was there already.
func (f files) published(head revision.Folder, e Emergency) revision.Folder {
	if _, there := head[noticePath(e.ID)]; there {
		return nil
	}
	said := f.said(e)
	next := maps.Clone(head)
	next[noticePath(e.ID)] = said.Notice.Format()
	next[city.EmergencyPath(e.Template)] = city.EmergencyFile(e.Template, e.Answer, append([]city.Said{said}, f.beside(head, e)...)...)
	return next
}

// over is the folder in which e is over; nil when it was over already.
func (f files) over(head revision.Folder, e Emergency) revision.Folder {
	if _, there := head[noticePath(e.EndID())]; there {
		return nil
	}
	end := f.end(e)
	next := maps.Clone(head)
	next[noticePath(end.Notice.ID)] = end.Notice.Format()
	if text, there := head[noticePath(e.ID)]; there {
		next[noticePath(e.ID)] = content.Withdraw(text, end.Notice.ID)
	}
	answer, beside := e.Answer, f.beside(head, e)
	if len(beside) == 0 {
		answer = answer.Over(append([]string{e.Says.Headline}, e.Ends.Passages...)...)
	}
	next[city.EmergencyPath(e.Template)] = city.EmergencyFile(e.Template, answer, append(beside, end)...)
	return next
}

// beside is what other emergencies of the same template say that are in force: the question is one, and each has its part in the answer.
func (f files) beside(head revision.Folder, e Emergency) (all []city.Said) {
	off := content.WithdrawnIn(head.FS())
	for _, other := range f.others {
		_, there := head[noticePath(other.ID)]
		if there && other.ID != e.ID && other.Template == e.Template && !slices.Contains(off, other.ID) {
			all = append(all, f.said(other))
		}
	}
	return all
}
