package residents

import (
	"cmp"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

const (
	// stall is longer than any network takes to find its way again; longest ends a file that comes byte by byte.
	stall   = 30 * time.Second
	longest = 30 * time.Minute
	// maxField is far more than a field beside a file holds, and maxFields are more than there are.
	maxField  = 4 << 10
	maxFields = 20
)

// importsPage is where a file is handed in, and the list of those that were.
type importsPage struct {
	page.Form
	Kind       string
	Imports    []wire.Import
	Others     bool // the list has other people's
	Committees []page.Choice
	Whole      bool // fields for what holds for the whole sheet
	Open       bool // one of them is filled in
	MayPlaces  bool // the person may hand in committees
}

func importsOf(v *page.Visit, kind string) (page.Page, *importsPage, error) {
	if kind != "committees" {
		kind = "residents"
	}
	data := &importsPage{Form: v.NewForm(), Kind: kind, Whole: kind == "residents", MayPlaces: v.May(putCommittee)}
	data.Open = data.Value("committee")+data.Value("basis")+data.Value("date") != ""
	in := api.ListImportsInput{}
	if v.Query("whose") == "all" {
		in.Whose, data.Others = "all", true
	}
	all, err := listImports.Do(v, in)
	if err != nil {
		return page.Page{}, nil, err
	}
	data.Imports = all.Items
	if v.Person.Committee == "" { // else each row is of the person's own
		if data.Committees, err = committeeChoices(v, "表里有这一列"); err != nil {
			return page.Page{}, nil, err
		}
	}
	title := map[string]string{"residents": "导入居民", "committees": "导入社区"}[kind]
	p := page.Page{Title: title, Name: "residents/imports", Nav: navOf(kind), Crumbs: crumbs(page.Crumb{Label: "导入"}), Data: data}
	if kind == "committees" {
		p.Crumbs = []page.Crumb{{Label: "社区", Path: committeesHome}, {Label: "导入"}}
	}
	return p, data, nil
}

func askFile(v *page.Visit) (page.Result, error) {
	p, _, err := importsOf(v, v.Query("kind"))
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

// takeFile hands a file on as it comes: nothing of it waits in memory, or on a disk where it can be read. Fields stand before it.
func takeFile(v *page.Visit) (page.Result, error) {
	connection := http.NewResponseController(v.Writer())
	body := &slowBody{ReadCloser: v.Request.Body, connection: connection, ends: time.Now().Add(longest), stillIn: v.StillInNowAndThen()}
	v.Request.Body = body
	i, err := readUpload(v)
	if err != nil {
		body.drain()
		if refused, ok := errors.AsType[*api.Refusal](err); ok && refused.Status == http.StatusRequestEntityTooLarge {
			err = errTooLarge
		}
		p, data, listErr := importsOf(v, v.Form.Get("kind"))
		if listErr != nil {
			return nil, listErr
		}
		p.Fields = map[string]string{"query.name": "file", "body": "file"}
		return v.Again(p, &data.Form, err)
	}
	settled(v, i)
	return page.See(importPath(i.ID)), nil
}

func readUpload(v *page.Visit) (wire.Import, error) {
	parts, err := v.Request.MultipartReader()
	if err != nil {
		return wire.Import{}, errBroken
	}
	v.Form = url.Values{}
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return wire.Import{}, errNoFile
		}
		if err != nil {
			return wire.Import{}, errBroken
		}
		if part.FormName() == "file" {
			return sendOn(v, part)
		}
		text, err := io.ReadAll(io.LimitReader(part, maxField))
		if err != nil || len(v.Form) == maxFields || !page.IsText(part.FormName()) || !page.IsText(string(text)) {
			return wire.Import{}, errBroken
		}
		v.Form.Set(part.FormName(), string(text))
	}
}

func sendOn(v *page.Visit, file *multipart.Part) (wire.Import, error) {
	switch {
	case v.Form.Get("nonce") == "":
		return wire.Import{}, errBroken
	case file.FileName() == "":
		return wire.Import{}, errNoFile
	}
	return upload.Do(v, api.UploadImportInput{
		Uploaded: api.Uploaded{File: file}, Kind: cmp.Or(v.Form.Get("kind"), "residents"), Name: file.FileName(),
		Committee: v.Form.Get("committee"), Basis: v.Form.Get("basis"), Date: v.Form.Get("date"),
	})
}

var (
	errNoFile   = &page.FieldError{Field: "file", Text: "没有选择文件：请先选择，或者把文件拖进框里"}
	errTooLarge = &page.FieldError{Field: "file", Text: "文件超过64 MiB：请把表格分成几个文件，或者另存为 .xlsx，再上传"}
	errBroken   = &page.FieldError{Field: "file", Text: "文件没有传完就中断了：请重新选择，再上传一次"}
)

// slowBody is a body that may come slowly, as long as it comes and its person is signed in. Then the answer has its time, too.
type slowBody struct {
	io.ReadCloser
	connection *http.ResponseController
	ends       time.Time
	stillIn    func() error
	over       error
}

func (b *slowBody) Read(p []byte) (int, error) {
	if b.over != nil { // a deadline after its end would cut the connection: net/http waits for the next request by then
		return 0, b.over
	}
	now := time.Now()
	if now.After(b.ends) {
		b.over = context.DeadlineExceeded
		return 0, b.over
	}
	if b.over = b.stillIn(); b.over != nil {
		return 0, b.over
	}
	b.connection.SetReadDeadline(now.Add(stall))
	b.connection.SetWriteDeadline(now.Add(2 * stall))
	n, err := b.ReadCloser.Read(p)
	b.over = err
	return n, err
}

// drain reads what is left of a file that was refused: browsers send all of it before they read why.
func (b *slowBody) drain() { io.CopyN(io.Discard, b, maxDrained) }

// maxDrained is as much as a file may have, and something for what stands around it.
const maxDrained = 65 << 20
