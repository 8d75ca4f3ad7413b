package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/imports"
	"towncrier/roster"
	"towncrier/seal"
	"towncrier/staff"
	"towncrier/store/storetest"
)

const residentsHeading = "手机号,居委会代码,小区,依据,同意时间\n"

// sendFile uploads a file; query says what is said about it.
func (r *fixture) sendFile(role staff.Role, query, content string) answer {
	r.t.Helper()
	return r.do(role, "POST", "/imports?kind=residents"+query, content)
}

// importNow is an import once it is where no more happens by itself.
func (r *fixture) importNow(role staff.Role, id string) wire.Import {
	r.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		a := r.do(role, "GET", "/imports/"+id, "")
		a.is(200)
		var i wire.Import
		if err := json.Unmarshal([]byte(a.body), &i); err != nil {
			r.t.Fatal(err)
		}
		if i.State == "judged" || i.State == "done" || i.State == "failed" {
			return i
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("still %s", a.body)
		}
	}
}

// judged uploads a file and waits until it is judged.
func (r *fixture) judged(role staff.Role, query, content string) wire.Import {
	r.t.Helper()
	a := r.sendFile(role, query, content)
	return r.importNow(role, a.is(a.status)["id"].(string))
}

// imported starts what was judged and waits for its end.
func (r *fixture) imported(role staff.Role, id, rows string) wire.Import {
	r.t.Helper()
	r.do(role, "POST", "/imports/"+id+"/start", `{"rows":"`+rows+`"}`).is(200)
	return r.importNow(role, id)
}

func TestImport(t *testing.T) {
	each(t, func(r *fixture) {
		const file = "居民花名册,,,,\n" + residentsHeading +
			"19900000001,C01,甲园,同意,2023-11-01\n" +
			"19900000002,C01,,同意,2023-11-01\n" +
			"1990000,C77,,以后再说,2023-13-01\n" +
			"19900000001,C01,,同意,2023-11-01\n"
		up := r.sendFile(staff.Admin, "&name=r.csv", file)
		id := up.is(201)["id"].(string)
		if up.header.Get("Location") != wire.Prefix+"/imports/"+id {
			t.Errorf("headers: %v", up.header)
		}
		i := r.importNow(staff.Admin, id)
		if i.State != "judged" || i.Rows != 4 || i.Good != 2 || i.Bad != 2 || i.Faults != 5 || i.Repeated != 1 || i.Format != "CSV，UTF-8，逗号分隔" || i.Name != "r.csv" || len(i.Places) != 0 {
			t.Errorf("judged %+v", i)
		}
		var cells []string
		for after := ""; ; {
			var page wire.Page[wire.ImportFault]
			a := r.do(staff.Admin, "GET", "/imports/"+id+"/faults?limit=2&after="+after, "")
			a.is(200)
			if err := json.Unmarshal([]byte(a.body), &page); err != nil {
				t.Fatal(err)
			}
			for _, f := range page.Items {
				cells = append(cells, f.Cell+f.Kind)
			}
			if after = page.Next; after == "" {
				break
			}
		}
		if got := fmt.Sprint(cells); got != "[A5手机号无效 B5居委会不明 D5缺少依据 E5日期有误 A6号码重复]" {
			t.Errorf("faults %s", got)
		}
		if a := r.do(staff.Admin, "GET", "/imports/"+id+"/faults?kind="+url.QueryEscape("号码重复"), ""); strings.Count(a.body, `"row"`) != 1 || !strings.Contains(a.body, "与第3行的号码相同") {
			t.Errorf("of one kind: %s", a.body)
		}
		r.do(staff.Admin, "GET", "/imports/"+id+"/faults?after=x", "").problem(400, "cursor", "query.after")
		r.do(staff.Admin, "POST", "/imports/"+id+"/start", `{"rows":"all"}`).problem(409, "state")
		bad := r.file(staff.Admin, "/imports/"+id+"/bad-rows")
		if !strings.HasPrefix(bad, "\ufeff行号,问题,手机号") || !strings.Contains(bad, "5,手机号：不是手机号：有7位数字，应为11位") || strings.Count(bad, "\n") != 4 {
			t.Errorf("bad rows:\n%s", strings.ReplaceAll(bad, numbers, "1990000…"))
		}
		i = r.imported(staff.Admin, id, "good")
		if i.State != "done" || i.Counts == nil || *i.Counts != (wire.ImportCounts{Added: 2}) || i.Written != 2 {
			t.Errorf("imported %+v", i)
		}
		r.do(staff.Admin, "POST", "/imports/"+id+"/start", `{"rows":"good"}`).is(200) // it was done
		if again := r.file(staff.Admin, "/imports/"+id+"/bad-rows"); again != bad {
			t.Error("the bad rows are others, or gone, after the import")
		}

		// The same file is the same import, judged anew, and changes nothing.
		if again := r.sendFile(staff.Admin, "&name=r.csv", file).is(200); again["id"] != id {
			t.Errorf("the same file is %v, was %s", again["id"], id)
		}
		r.importNow(staff.Admin, id)
		if i := r.imported(staff.Admin, id, "good"); *i.Counts != (wire.ImportCounts{Unchanged: 2}) {
			t.Errorf("the same file: %+v", i.Counts)
		}
		// What is mended goes in.
		mended := strings.NewReplacer("1990000,C77,,以后再说,2023-13-01", "19900000003,C01,,同意,2023-11-01", "6,号码重复", "6,").Replace(bad)
		if i := r.judged(staff.Admin, "", mended); i.Bad != 1 || i.Good != 2 { // the repeated row is still there, beside the one that was taken
			t.Errorf("mended: %+v", i)
		}

		entries, err := r.db.Audit().List(t.Context(), 0, 100, audit.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		var acts []string
		for _, e := range entries {
			if strings.HasPrefix(e.Action, "roster.import") {
				acts = append(acts, string(e.Actor)+" "+e.Action)
			}
		}
		if got := fmt.Sprint(acts); got != "[staff:admin-1 roster.import.done staff:admin-1 roster.import staff:admin-1 roster.import.done staff:admin-1 roster.import]" {
			t.Errorf("audited %s", got)
		}
	})
}

// file reads what an operation streams; it may hold numbers.
func (r *fixture) file(role staff.Role, path string) string {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), "GET", r.url+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+r.key[role])
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		r.t.Fatalf("%s: %d %v", path, resp.StatusCode, err)
	}
	return string(text)
}

// TestImportOfWholeSheets: what is alike in every row is given once, and what a file is not is said.
func TestImportOfWholeSheets(t *testing.T) {
	r := lite(t)
	said := "&committee=C01&basis=" + url.QueryEscape("同意") + "&date=2023-11-01"
	if i := r.judged(staff.Admin, said, "姓名,手机号码,住址,小区\n甲,19900000001,1号楼,没有的小区\n"); i.Good != 1 || fmt.Sprint(i.UnknownColumns) != "[姓名 住址]" {
		t.Errorf("judged %+v", i)
	}
	for file, why := range map[string]string{
		"":                                 "文件是空的",
		"姓名,手机号\n甲,1\n":                    "缺少下列各列",
		"%PDF-1.7":                         "PDF 文件",
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "旧版 Excel 文件",
	} {
		if i := r.judged(staff.Admin, "", file); i.State != "failed" || !strings.Contains(i.Problem, why) {
			t.Errorf("%q: %s %q, want %q", file, i.State, i.Problem, why)
		}
		for _, i := range r.imports.List("admin-1") {
			r.do(staff.Admin, "DELETE", "/imports/"+i.ID, "").is(204)
		}
	}
}

func TestImportOfCommittees(t *testing.T) {
	each(t, func(r *fixture) {
		send := func(content string) wire.Import {
			a := r.do(staff.Admin, "POST", "/imports?kind=committees", content)
			return r.importNow(staff.Admin, a.is(201)["id"].(string))
		}
		i := send("代码,名称,小区,电话\nC01,示例社区C01,甲园、乙园,1\nC03,新社区,,2\nC02,示例社区C02,,3\n")
		if i.Good != 3 || i.Planned == nil || *i.Planned != (wire.ImportCounts{Added: 1, Changed: 1, Unchanged: 1}) || fmt.Sprint(i.UnknownColumns) != "[电话]" {
			t.Errorf("judged %+v", i)
		}
		if i = r.imported(staff.Admin, i.ID, "all"); i.State != "done" || *i.Counts != *i.Planned {
			t.Errorf("imported %+v", i)
		}
		if c, err := r.roster.Committee(t.Context(), "C03"); err != nil || c.Name != "新社区" {
			t.Errorf("%+v, %v", c, err)
		}
		i = send("代码,名称\nC 4,甲\nC05,乙\n")
		if i.Bad != 1 || i.Good != 1 {
			t.Errorf("judged %+v", i)
		}
		r.do(staff.Admin, "POST", "/imports/"+i.ID+"/start", `{"rows":"all"}`).problem(409, "state")
		r.do(staff.Admin, "GET", "/imports/"+i.ID+"/bad-rows", "").problem(409, "state")
		r.do(staff.Committee, "POST", "/imports?kind=committees", "代码,名称\nC05,乙\n").problem(403, "right")
		r.do(staff.Admin, "POST", "/imports?kind=committees&committee=C01", "代码,名称\nC05,乙\n").problem(422, "invalid", "query.committee")
	})
}

// TestCommitteeImportsItsOwn: a committee brings in its own residents, and a file tells it no more of numbers than its thirty searches an hour.
func TestCommitteeImportsItsOwn(t *testing.T) {
	each(t, func(r *fixture) {
		for n := range 40 {
			r.resident(100+n, there)
		}
		mine := r.resident(1, here)
		row := func(n int, committee string) string {
			return fmt.Sprintf("%s%04d,%s,,同意,2023-11-01\n", numbers, n, committee)
		}
		i := r.judged(staff.Committee, "", residentsHeading+row(1, here)+row(2, there)+row(3, "C77")+row(4, "示例社区C01"))
		if i.Good != 2 || i.Bad != 2 {
			t.Errorf("judged %+v", i)
		}
		faults := r.do(staff.Committee, "GET", "/imports/"+i.ID+"/faults", "").body
		if strings.Count(faults, "不是本居委会：只能导入本居委会（C01）的居民") != 2 {
			t.Errorf("another's and nobody's differ: %s", faults)
		}
		// Without a column all rows are its own. One number is another committee's: it stays there, and counts as a search.
		const heading = "手机号,依据,同意时间\n"
		short := func(n int) string { return fmt.Sprintf("%s%04d,同意,2023-11-01\n", numbers, n) }
		i = r.judged(staff.Committee, "", heading+short(1)+short(2)+short(100))
		if i.Good != 3 || i.Bad != 0 {
			t.Fatalf("judged %+v", i)
		}
		i = r.imported(staff.Committee, i.ID, "all")
		if i.Counts == nil || i.Counts.Added != 1 || i.Counts.Held != 1 || i.Counts.Changed+i.Counts.Unchanged != 1 {
			t.Errorf("imported %+v", i)
		}
		who, err := r.roster.FindByPhone(t.Context(), numbers+"0100")
		if err != nil || who.Committee != there || mine.Committee != here {
			t.Errorf("%+v, %v", who.Committee, err)
		}
		if n := r.audited("resident.search", "numbers held in an import: 1"); n != 1 {
			t.Errorf("%d searches in the log", n)
		}
		// More of them than searches are left: nothing is imported, and that costs one.
		many := heading
		for n := range 30 {
			many += short(100 + n)
		}
		i = r.judged(staff.Committee, "", many+short(5))
		r.do(staff.Committee, "POST", "/imports/"+i.ID+"/start", `{"rows":"all"}`).problem(409, "held")
		if _, err := r.roster.FindByPhone(t.Context(), numbers+"0005"); err == nil {
			t.Error("something was imported")
		}
		for range 28 {
			r.do(staff.Committee, "POST", "/residents/search", `{"phone":"19900009999"}`).problem(404, "not-found")
		}
		// With none left nobody learns whether a number is held.
		r.do(staff.Committee, "DELETE", "/imports/"+i.ID, "").is(204)
		for _, n := range []int{6, 130} {
			i := r.judged(staff.Committee, "", heading+short(n))
			r.do(staff.Committee, "POST", "/imports/"+i.ID+"/start", `{"rows":"all"}`).problem(429, "rate")
			r.do(staff.Committee, "DELETE", "/imports/"+i.ID, "").is(204)
		}
	})
}

// TestImportIsOfWhoUploadedIt: somebody who has another role since cannot start what they uploaded before.
func TestImportIsOfWhoUploadedIt(t *testing.T) {
	r := lite(t)
	i := r.judged(staff.Admin, "", residentsHeading+"19900000001,C02,,同意,2023-11-01\n")
	r.hire(staff.Person{ID: "admin-2", Name: "职员", Role: staff.Admin}) // one must stay
	role, committee := staff.Committee, here
	if _, err := r.staff.Change(t.Context(), audit.Local("test"), "admin-1", staff.Changes{Role: &role, Committee: &committee}); err != nil {
		t.Fatal(err)
	}
	r.key[staff.Admin] = r.hire(staff.Person{ID: "admin-1", Name: "职员", Role: role, Committee: committee})
	r.do(staff.Admin, "POST", "/imports/"+i.ID+"/start", `{"rows":"all"}`).problem(404, "not-found")
}

// audited counts entries of an action with a detail.
func (r *fixture) audited(action, detail string) (n int) {
	r.t.Helper()
	entries, err := r.db.Audit().List(r.t.Context(), 0, 1000, audit.Filter{Action: action})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, e := range entries {
		if e.Detail == detail {
			n++
		}
	}
	return n
}

// TestImportIsItsOwners: others do not find it, and a person has room for three.
func TestImportIsItsOwners(t *testing.T) {
	r := lite(t)
	other := r.hire(staff.Person{ID: "admin-2", Name: "另一位", Role: staff.Admin})
	i := r.judged(staff.Admin, "", residentsHeading+"1990000,C01,,同意,2023-11-01\n")
	for _, request := range [][3]string{{"GET", "", ""}, {"GET", "/faults", ""}, {"GET", "/bad-rows", ""}, {"POST", "/start", `{"rows":"all"}`}, {"DELETE", "", ""}} {
		r.as(other, request[0], "/imports/"+i.ID+request[1], request[2]).problem(404, "not-found")
		r.do(staff.Author, request[0], "/imports/"+i.ID+request[1], request[2]).problem(403, "right")
	}
	if a := r.as(other, "GET", "/imports", ""); !strings.Contains(a.body, `"items":[]`) {
		t.Errorf("another's list: %s", a.body)
	}
	if a := r.do(staff.Admin, "GET", "/imports", ""); !strings.Contains(a.body, i.ID) {
		t.Errorf("one's own list: %s", a.body)
	}
	r.do(staff.Admin, "POST", "/imports", "a").problem(422, "invalid", "query.kind")
	for n := range 2 {
		r.judged(staff.Admin, "", fmt.Sprint(residentsHeading, n))
	}
	r.sendFile(staff.Admin, "", "a").problem(409, "too-many-imports")
}

// sealedFolder is a server's folder of uploaded files, for a test that opens it more than once.
type sealedFolder struct {
	path   string
	sealer *seal.Sealer
	stop   func() // of the service that is open
}

// open is a service on the folder, with another importer unless that is nil.
func (f *sealedFolder) open(r *fixture, to roster.Importer) *imports.Service {
	r.t.Helper()
	if to == nil {
		to = r.db.Roster()
	}
	s, err := imports.Open(imports.Config{Folder: f.path, Sealer: f.sealer, Roster: r.roster, Importer: to, Audit: r.db.Audit(),
		Log: slog.New(slog.NewTextHandler(logged{}, nil)), Now: r.now.Now})
	if err != nil {
		r.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { s.Run(ctx) })
	f.stop = sync.OnceFunc(func() { cancel(); running.Wait(); s.Close() })
	r.t.Cleanup(f.stop)
	return s
}

// holds says what of the folder can be read.
func (f *sealedFolder) holds(t *testing.T, text string) (files []string, readable bool) {
	t.Helper()
	paths, _ := filepath.Glob(filepath.Join(f.path, "*", "*"))
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		readable = readable || bytes.Contains(content, []byte(text))
		if filepath.Base(path) != "lock" {
			files = append(files, filepath.Base(path))
		}
	}
	return files, readable
}

// TestImportLeavesNothing: nothing of a file can be read on disk while it is there, and it is gone after its life, after its import, when its
// owner deletes it, and when the server starts.
func TestImportLeavesNothing(t *testing.T) {
	folder := &sealedFolder{path: t.TempDir(), sealer: storetest.Sealer(t)}
	db := storetest.One(t)
	var s *imports.Service
	r := newFixture(t, db, func(c *api.Config) {
		s, _ = imports.Open(imports.Config{Folder: t.TempDir(), Sealer: folder.sealer, Roster: c.Roster, Importer: db.Roster(), Audit: c.Audit, Log: c.Log, Now: c.Now})
		c.Imports = s
	})
	s = folder.open(r, nil)
	const file = residentsHeading + "19900000001,C01,,同意,2023-11-01\n1990000,C01,,同意,2023-11-01\n"
	judge := func() string {
		t.Helper()
		i, _, err := s.Take(t.Context(), imports.Upload{Kind: imports.Residents, By: "admin-1"}, strings.NewReader(file))
		for err == nil && i.State != imports.Judged {
			time.Sleep(time.Millisecond)
			i, err = s.Find("admin-1", i.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		return i.ID
	}
	wants := func(when string, want int) {
		t.Helper()
		files, readable := folder.holds(t, numbers)
		if len(files) != want || readable {
			t.Errorf("%s: %v, readable %v; want %d files", when, files, readable, want)
		}
	}
	id := judge()
	wants("judged", 3) // the file, the faults and the bad rows
	r.now.pass(imports.Life - time.Second)
	s.Sweep(t.Context())
	wants("within its life", 3)
	r.now.pass(time.Second)
	if _, err := s.Find("admin-1", id); err == nil {
		t.Error("it is shown after its life")
	}
	s.Sweep(t.Context())
	wants("after its life", 0)

	id = judge()
	if err := s.Remove("admin-1", id); err != nil {
		t.Fatal(err)
	}
	wants("deleted", 0)

	id = judge()
	if _, err := s.Start("admin-1", id, false, func(int) error { return nil }); err != nil {
		t.Fatal(err)
	}
	for i, err := s.Find("admin-1", id); i.State != imports.Done; i, err = s.Find("admin-1", id) {
		if err != nil || i.State == imports.Failed {
			t.Fatal(i.Problem, err)
		}
		time.Sleep(time.Millisecond)
	}
	if files, _ := folder.holds(t, numbers); strings.Contains(fmt.Sprint(files), ".file") {
		t.Errorf("after the import: %v", files)
	}

	judge()
	folder.stop()
	s = folder.open(r, nil)
	wants("after a start", 0)
}

// slowImporter stops before what follows the first transactions of an import is written, until it is let go on.
type slowImporter struct {
	roster.Importer
	reached chan int
}

func (s slowImporter) WriteSlice(ctx context.Context, id string, slice roster.ImportSlice, wrote func(roster.ImportCounts)) error {
	rows := 0
	return s.Importer.WriteSlice(ctx, id, slice, func(c roster.ImportCounts) {
		wrote(c)
		if rows += c.Rows(); s.reached != nil {
			s.reached <- rows
			<-ctx.Done() // the server stops here
		}
	})
}

// TestImportGoesOn: one that was under way when the server stopped goes on by itself, and everybody is there once.
func TestImportGoesOn(t *testing.T) {
	each(t, func(r *fixture) {
		const people = 6000 // more than the first transaction takes
		var file strings.Builder
		file.WriteString(residentsHeading)
		for n := range people {
			fmt.Fprintf(&file, "%s%04d,C01,,同意,2023-11-01\n", numbers, n)
		}
		folder := &sealedFolder{path: t.TempDir(), sealer: storetest.Sealer(t)}
		reached := make(chan int)
		s := folder.open(r, slowImporter{r.db.Roster(), reached})
		i, _, err := s.Take(t.Context(), imports.Upload{Kind: imports.Residents, By: "admin-1"}, strings.NewReader(file.String()))
		find := func(state imports.State) {
			t.Helper()
			for err == nil && i.State != state && i.State != imports.Failed {
				time.Sleep(time.Millisecond)
				i, err = s.Find("admin-1", i.ID)
			}
			if err != nil || i.State != state {
				t.Fatalf("%s %q %v, want %s", i.State, i.Problem, err, state)
			}
		}
		find(imports.Judged)
		if _, err := s.Start("admin-1", i.ID, true, func(int) error { return nil }); err != nil {
			t.Fatal(err)
		}
		written := <-reached
		folder.stop()
		if written == 0 || written >= people {
			t.Fatalf("stopped after %d rows", written)
		}
		s = folder.open(r, nil)
		find(imports.Done)
		if i.Resumed < written || i.Counts != (roster.ImportCounts{Added: people}) {
			t.Errorf("went on from %d (%d were written): %+v", i.Resumed, written, i.Counts)
		}
		stats, err := r.roster.Stats(t.Context(), "")
		if err != nil || stats.Residents != people {
			t.Errorf("%d residents, %v", stats.Residents, err)
		}
	})
}
