package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"towncrier/api/wire"
	"towncrier/city"
	"towncrier/parts"
	"towncrier/problem"
	"towncrier/revision"
	"towncrier/staff"
)

// Content is what the operations on a city's content work with.
type Content struct {
	Revisions *revision.Service
	Live      *city.Live
}

// contentHandler has what answers now, and the revisions before it.
type contentHandler struct {
	Content
	names directory
}

func (h contentHandler) register(g *gate) {
	const read = staff.ReadContent
	add(g, get("/content", "get-content", "Show which content is in force", read).impersonal(), h.status)
	add(g, get("/content/revisions", "list-revisions", "List revisions of the content, newest first", read).impersonal(), h.list)
	add(g, get("/content/revisions/{number}", "get-revision", "Show a revision of the content", read).impersonal(), h.get)
	add(g, get("/content/revisions/{number}/files", "list-revision-files", "List the files of a revision", read).impersonal(), h.files)
	add(g, get("/content/revisions/{number}/file", "get-revision-file", "Show a file of a revision", read).impersonal(), h.file)
	add(g, get("/content/revisions/{number}/archive", "get-revision-archive", "Download a revision's folder as tar, byte for byte", read).streams(), h.archive)
}

func (h contentHandler) status(ctx context.Context, _ staff.Person, _ *Nothing) (*reply[wire.ContentStatus], error) {
	head, f, err := h.Revisions.Head(ctx)
	if err != nil {
		return nil, err
	}
	now := h.Live.Current()
	out := wire.ContentStatus{Revision: head.Number, Serving: h.Live.Revision(), Folder: string(f.Digest()), Notices: len(now.Library.Notices), Intents: len(now.Intents)}
	if head.Number > 0 {
		first, err := h.Revisions.Store.Revision(ctx, 1)
		if err != nil {
			return nil, err
		}
		outside, err := revision.Read(h.Live.Folder())
		if digest := outside.Digest(); err == nil && digest != f.Digest() && digest != first.Folder { // else nobody has edited it since
			out.Outside = string(digest)
		}
	}
	return &reply[wire.ContentStatus]{out}, nil
}

type ListRevisionsInput struct {
	Following
	Limit int `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (h contentHandler) list(ctx context.Context, _ staff.Person, in *ListRevisionsInput) (*reply[wire.Page[wire.Revision]], error) {
	before, err := numberAfter(in.After)
	if err != nil {
		return nil, err
	}
	all, err := h.Revisions.Store.Revisions(ctx, int(before), in.Limit)
	if err != nil {
		return nil, err
	}
	page := wire.Page[wire.Revision]{Items: each(all, viewRevision(h.names.people(ctx)))}
	if n := len(all); n == in.Limit && all[n-1].Number > 1 {
		page.Next = strconv.Itoa(all[n-1].Number)
	}
	return &reply[wire.Page[wire.Revision]]{page}, nil
}

// RevisionInput names a revision; 0 is what is in force, also while that is a folder.
type RevisionInput struct {
	Number int `path:"number" minimum:"0" doc:"0 for what is in force"`
}

func (h contentHandler) get(ctx context.Context, _ staff.Person, in *RevisionInput) (*reply[wire.Revision], error) {
	r, _, err := revisionAt(ctx, h.Revisions, in.Number)
	return shown(viewRevision(h.names.people(ctx)))(r, err)
}

// revisionAt is a revision and its folder; of 0, what is in force.
func revisionAt(ctx context.Context, revisions *revision.Service, number int) (revision.Revision, revision.Folder, error) {
	if number == 0 {
		return revisions.Head(ctx)
	}
	r, err := revisions.Store.Revision(ctx, number)
	if err != nil {
		return r, nil, err
	}
	f, err := revisions.Store.Folder(ctx, r.Folder)
	return r, f, err
}

type ListRevisionFilesInput struct {
	Following
	Limit  int `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Number int `path:"number" minimum:"0" doc:"0 for what is in force"`
}

func (h contentHandler) files(ctx context.Context, _ staff.Person, in *ListRevisionFilesInput) (*reply[wire.Page[wire.ContentFile]], error) {
	_, f, err := revisionAt(ctx, h.Revisions, in.Number)
	if err != nil {
		return nil, err
	}
	return listedFrom(f.Paths(), in.After, in.Limit, func(path string) wire.ContentFile { return viewFile(path, f[path]) }), nil
}

func viewFile(path string, text []byte) wire.ContentFile {
	return wire.ContentFile{Path: path, Digest: string(revision.DigestOf(text)), Size: len(text)}
}

type RevisionFileInput struct {
	Number int    `path:"number" minimum:"0" doc:"0 for what is in force"`
	Path   string `query:"path" required:"true" maxLength:"200" doc:"As in notices/N1.md"`
}

func (h contentHandler) file(ctx context.Context, _ staff.Person, in *RevisionFileInput) (*reply[wire.ContentText], error) {
	_, f, err := revisionAt(ctx, h.Revisions, in.Number)
	if err != nil {
		return nil, err
	}
	return textOf(f, in.Path)
}

func textOf(f revision.Folder, path string) (*reply[wire.ContentText], error) {
	text, ok := f[path]
	if !ok {
		return nil, errNoFile
	}
	return &reply[wire.ContentText]{wire.ContentText{ContentFile: viewFile(path, text), Text: string(text)}}, nil
}

func (h contentHandler) archive(ctx context.Context, _ staff.Person, in *RevisionInput) (*streamed, error) {
	r, f, err := revisionAt(ctx, h.Revisions, in.Number)
	if err != nil {
		return nil, err
	}
	return streamFile("content-"+strconv.Itoa(r.Number)+".tar", "application/x-tar", f.WriteTar), nil
}

func viewRevision(names people) func(revision.Revision) wire.Revision {
	return func(r revision.Revision) wire.Revision {
		author, approver := r.Kind.Roles()
		return wire.Revision{
			Number: r.Number, Kind: string(r.Kind), Label: r.Kind.Label(), Folder: string(r.Folder), Title: r.Title, Draft: r.Draft, Notice: r.Notice, Successor: r.Next,
			BackTo: r.Back, Author: r.Author, AuthorName: names[r.Author], AuthorRole: author, Approver: r.Approver, ApproverName: names[r.Approver], ApproverRole: approver, At: r.At,
		}
	}
}

// errNoFile is for a path that a folder does not have.
var errNoFile = problem.NotFound("没有这个文件：路径应如 notices/N1.md")

// contentProblem is what an error about content is over HTTP; nil when it is none.
func contentProblem(err error) *problemDetails {
	if e, ok := errors.AsType[*revision.FaultsError](err); ok {
		all := e.Problems.OnlyFaults()
		detail := "内容有错，请按提示修改后再送审"
		if n := len(all) - mostFaults; n > 0 {
			detail, all = fmt.Sprintf("%s；错处太多，另有%d处没有列出", detail, n), all[:mostFaults]
		}
		return refuse(http.StatusUnprocessableEntity, "faults", detail, each(all, contentFault)...)
	}
	if e, ok := errors.AsType[*revision.WorseError](err); ok {
		return refuse(http.StatusUnprocessableEntity, "worse", "有已知问题的答复变差：请修改，或在 accept 里逐条写明接受", each(e.Questions, func(q string) wire.Fault { return faultAt("body.accept", q) })...)
	}
	if e, ok := errors.AsType[*revision.StopsError](err); ok {
		return refuse(http.StatusConflict, "stops", e.Error(), each(e.IDs, func(id string) wire.Fault { return faultAt("body.hash", id+"是送审之后才有的") })...)
	}
	if e, ok := errors.AsType[*revision.ConflictError](err); ok {
		out := refuse(http.StatusConflict, "conflict", e.Error())
		out.Theirs = string(e.Theirs)
		return out
	}
	if e, ok := errors.AsType[*revision.BegunError](err); ok {
		return refuse(http.StatusConflict, "begun", e.Error())
	}
	if e, ok := errors.AsType[*parts.ChangedError](err); ok {
		out := refuse(http.StatusConflict, "conflict", e.Error())
		out.Theirs = e.Text()
		return out
	}
	if e, ok := errors.AsType[*parts.FileError](err); ok {
		return refuse(http.StatusUnprocessableEntity, "faults", e.Error(), faultAt("files."+e.File, e.Error()))
	}
	if e, ok := errors.AsType[*revision.MergeError](err); ok {
		return refuse(http.StatusConflict, "merge", e.Error(), each(e.Paths, func(path string) wire.Fault { return faultAt("body.keep", path) })...)
	}
	if e, ok := errors.AsType[*revision.StaleError](err); ok {
		return refuse(http.StatusConflict, "stale", e.Error())
	}
	if e, ok := errors.AsType[*revision.StatusError](err); ok {
		return refuse(http.StatusConflict, "state", e.Error())
	}
	return nil
}

// mostFaults of a draft are told at once.
const mostFaults = 500

// contentFault is one of the problems of a folder, at its file.
func contentFault(p problem.Problem) wire.Fault {
	where := p.Of()
	if p.Line > 0 {
		where += fmt.Sprintf("（第%d行）", p.Line)
	}
	if where != "" {
		where += "："
	}
	return faultAt("files."+p.File, where+p.Text)
}
