package api_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/imports"
	"towncrier/staff"
)

const residentsHeading = "手机号,居委会代码,小区,依据,同意时间\n"

// sendFile uploads a file; query says what is said about it.
func (r *fixture) sendFile(role staff.Role, query, content string) answer {
	r.t.Helper()
	return r.do(role, "POST", "/imports?kind=residents"+query, content)
}

// TestUploadsAreAsTheySay: a packed file is refused, and one's name is what can be shown in a list.
func TestUploadsAreAsTheySay(t *testing.T) {
	r := lite(t)
	file := residentsHeading + numbers + "0001,C01,,同意,2023-11-01\n"
	r.do(staff.Admin, "POST", "/imports?kind=residents", file, "Content-Encoding", "gzip").problem(415, "media-type")
	r.sendFile(staff.Admin, "&name=a%0Ab.csv", file).problem(422, "invalid", "query.name")
	r.sendFile(staff.Admin, "&name="+numbers+"0001.csv", file).problem(422, "invalid", "query.name")
	if got := r.sendFile(staff.Admin, "", file).is(201); got["name"] != nil && got["name"] != "" {
		t.Errorf("without a name it is called %q", got["name"])
	}
	if got := r.sendFile(staff.Admin, "&name=C:%5Cb%2Fa.csv", file+"\n").is(201); got["name"] != "a.csv" {
		t.Errorf("it is called %q", got["name"])
	}
}

// importNow is an import once it is where no more happens by itself.
func (r *fixture) importNow(role staff.Role, id string) wire.Import {
	r.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for pause := 5 * time.Millisecond; ; pause = min(pause*3/2, 100*time.Millisecond) { // as often as a key may ask for long
		time.Sleep(pause)
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
		var page wire.Page[wire.ImportFault]
		if err := json.Unmarshal([]byte(r.do(staff.Admin, "GET", "/imports/"+i.ID+"/faults", "").body), &page); err != nil || len(page.Items) != 1 || page.Items[0].Cell != "A2" || page.Items[0].Column != "代码" {
			t.Errorf("faults %+v, %v", page.Items, err)
		}
		mended := strings.Replace(r.file(staff.Admin, "/imports/"+i.ID+"/bad-rows"), "C 4", "C04", 1)
		if i = r.imported(staff.Admin, i.ID, "good"); i.State != "done" || i.Counts.Added != 1 || i.Written != 1 {
			t.Errorf("imported the good ones: %+v", i)
		}
		if i = send(mended); i.Bad != 0 || i.Planned.Added != 1 {
			t.Errorf("mended: %+v", i)
		}
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
		if n := r.audited("resident.search", "numbers held in an import: more than searches are left"); n != 1 {
			t.Errorf("%d refusals in the log", n)
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
	if _, err := r.staff.Change(t.Context(), audit.Local("test"), "admin-1", staff.Changes{Role: &role, Committee: &committee, OneAdmin: true}); err != nil {
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
	member := r.hire(staff.Person{ID: "member-2", Name: "社区工作者", Role: staff.Committee, Committee: here})
	i := r.judged(staff.Admin, "", residentsHeading+"1990000,C01,,同意,2023-11-01\n")
	for _, request := range [][3]string{{"GET", "", ""}, {"GET", "/faults", ""}, {"GET", "/bad-rows", ""}, {"POST", "/start", `{"rows":"all"}`}, {"DELETE", "", ""}} {
		r.as(member, request[0], "/imports/"+i.ID+request[1], request[2]).problem(404, "not-found")
		if request[0] != "DELETE" {
			r.as(other, request[0], "/imports/"+i.ID+request[1], request[2]).problem(404, "not-found")
		}
		r.do(staff.Author, request[0], "/imports/"+i.ID+request[1], request[2]).problem(403, "right")
	}
	if a := r.as(other, "GET", "/imports", ""); !strings.Contains(a.body, `"items":[]`) {
		t.Errorf("another's list: %s", a.body)
	}
	if a := r.do(staff.Admin, "GET", "/imports", ""); !strings.Contains(a.body, i.ID) {
		t.Errorf("one's own list: %s", a.body)
	}
	// An admin sees and deletes what others uploaded.
	r.as(member, "GET", "/imports?whose=all", "").problem(403, "right")
	theirs := r.as(member, "POST", "/imports?kind=residents", residentsHeading+"1990000,C01,,同意,2023-11-01\n").is(201)["id"].(string)
	if a := r.as(other, "GET", "/imports?whose="+url.QueryEscape("全部"), ""); !strings.Contains(a.body, i.ID) || !strings.Contains(a.body, theirs) || !strings.Contains(a.body, `"by_name":"社区工作者"`) {
		t.Errorf("everybody's list: %s", a.body)
	}
	r.as(other, "DELETE", "/imports/"+theirs, "").is(204)
	r.as(member, "GET", "/imports/"+theirs, "").problem(404, "not-found")
	r.do(staff.Admin, "POST", "/imports", "a").problem(422, "invalid", "query.kind")
	for n := range 2 {
		r.judged(staff.Admin, "", fmt.Sprint(residentsHeading, n))
	}
	// The fourth takes the place of one that is only judged: whoever mends a file is not locked out.
	r.sendFile(staff.Admin, "", "a").is(201)
	if all := r.do(staff.Admin, "GET", "/imports", "").is(200)["items"].([]any); len(all) != 3 {
		t.Errorf("%d imports after a fourth, want 3", len(all))
	}
}

// TestImportOfSomebodyDisabled: who is disabled while a file is worked at imports no more of it.
func TestImportOfSomebodyDisabled(t *testing.T) {
	r := lite(t)
	r.hire(staff.Person{ID: "admin-2", Name: "另一位", Role: staff.Admin})
	allowed := api.ImportAllowed(r.staff)
	role, committee := staff.Committee, here
	for name, change := range map[string]func() error{
		"another role": func() error {
			_, err := r.staff.Change(t.Context(), audit.Local("test"), "admin-1", staff.Changes{Role: &role, Committee: &committee, OneAdmin: true})
			return err
		},
		"disabled": func() error { return r.staff.Disable(t.Context(), audit.Local("test"), "admin-2", true) },
	} {
		who := map[string]string{"another role": "admin-1", "disabled": "admin-2"}[name]
		u := imports.Upload{Kind: imports.Residents, By: who}
		before, err := allowed(t.Context(), u)
		if err == nil && name == "disabled" {
			r.hire(staff.Person{ID: "admin-3", Name: "第三位", Role: staff.Admin}) // one must stay
		}
		err = errors.Join(err, change())
		after, errAfter := allowed(t.Context(), u)
		if err != nil || errAfter != nil || !before || after {
			t.Errorf("%s: %v before, %v after; %v, %v", name, before, after, err, errAfter)
		}
	}
}

// TestUploadTakes64MiB: of one more byte nothing is kept, and it is said what would be right.
func TestUploadTakes64MiB(t *testing.T) {
	r := lite(t)
	send := func(size int64) *http.Response {
		req, err := http.NewRequestWithContext(t.Context(), "POST", r.url+"/imports?kind=residents", io.LimitReader(endlessLines{}, size))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+r.key[staff.Admin])
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		return resp
	}
	resp := send(64<<20 + 1)
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(text), "64") || !strings.Contains(string(text), "请") {
		t.Errorf("one more: %d %s %v", resp.StatusCode, text, err)
	}
	if got := len(r.imports.List("")); got != 0 {
		t.Errorf("%d imports are kept", got)
	}
	if resp := send(64 << 20); resp.StatusCode != http.StatusCreated {
		t.Errorf("64 MiB: %d", resp.StatusCode)
	}
	for _, i := range r.imports.List("") {
		r.do(staff.Admin, "DELETE", "/imports/"+i.ID, "").is(204)
	}
}

// endlessLines are lines of a text.
type endlessLines struct{}

func (endlessLines) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
		if i%64 == 0 {
			p[i] = '\n'
		}
	}
	return len(p), nil
}

// TestMendInPlace: bad rows are shown cell by cell without a number in full, corrected where they are, and judged again.
func TestMendInPlace(t *testing.T) {
	each(t, func(r *fixture) {
		i := r.judged(staff.Committee, "", "姓名,"+residentsHeading+
			"甲,19900000001,C01,,同意,2023-11-01\n乙,199000000O2,C01,,同意,2023-02-30\n丙,19900000001,C01,,同意,2023-11-01\n丁19900000004,19900000004,C77,,,2023-11-01\n")
		if i.Bad != 3 || fmt.Sprint(i.Headings) != "[姓名 手机号 居委会代码 小区 依据 同意时间]" {
			t.Fatalf("judged %+v", i)
		}
		rows := func(query string) (page wire.Page[wire.ImportRow]) {
			t.Helper()
			a := r.do(staff.Committee, "GET", "/imports/"+i.ID+"/rows"+query, "")
			if err := json.Unmarshal([]byte(a.body), &page); err != nil || a.status != 200 || regexp.MustCompile(`1990000000\d`).MatchString(a.body) {
				t.Fatalf("%s: %d %s, %v", query, a.status, a.body, err)
			}
			return page
		}
		page := rows("")
		if len(page.Items) != 4 || page.Items[0].Row != 2 || !strings.Contains(page.Items[0].Note, "与第4行的号码相同") || len(page.Items[0].Faults) != 0 {
			t.Fatalf("rows %+v", page.Items)
		}
		if c := page.Items[1].Cells; c[1].Cell != "B3" || c[1].Text != "199****00O2" || c[1].Column != "手机号" || c[1].Faults[0].Kind != "手机号无效" || c[4].Cell != "F3" || !strings.Contains(c[4].Faults[0].Text, "没有这一天") {
			t.Errorf("row 3: %+v", c)
		}
		if c := page.Items[3].Cells; c[0].Text != "丁19*****0004" || c[3].Cell != "E5" || c[3].Text != "" || c[3].Faults[0].Kind != "缺少依据" {
			t.Errorf("row 5: %+v", c)
		}
		if first := rows("?limit=1"); len(first.Items) != 1 || first.Next == "" || rows("?limit=1&after=" + url.QueryEscape(first.Next)).Items[0].Row != 3 {
			t.Errorf("page by page: %+v", first)
		}
		if only := rows("?kind=" + url.QueryEscape("缺少依据")); len(only.Items) != 1 || only.Items[0].Row != 5 {
			t.Errorf("of a kind: %+v", only.Items)
		}
		if n := r.audited("import.rows", "rows=4"); n != 1 {
			t.Errorf("%d readings in the log", n)
		}

		mend := func(body string) answer { return r.do(staff.Committee, "PATCH", "/imports/"+i.ID+"/rows", body) }
		mend(`{}`).problem(422, "invalid", "body.cells")
		mend(`{"cells":[{"cell":"2B","text":"x"}]}`).problem(422, "invalid", "body.cells[0].cell")
		mend(`{"cells":[{"cell":"B3","text":"19900000002"},{"cell":"B9","text":"x"}]}`).problem(422, "invalid", "body.cells[1].cell")
		mend(`{"leave_out":[9]}`).problem(422, "invalid", "body.leave_out")
		for range 2 {
			mend(`{"cells":[{"cell":"B3","text":"19900000002"},{"cell":"F3","text":"2023-02-28"},{"cell":"C5","text":"C01"},{"cell":"E5","text":"同意"},{"cell":"A5","text":"丁"}],"leave_out":[4]}`).is(200)
			i = r.importNow(staff.Committee, i.ID)
			if i.Bad != 0 || i.Rows != 3 || i.Mended != 6 {
				t.Fatalf("mended: %+v", i)
			}
		}
		if i = r.imported(staff.Committee, i.ID, "all"); i.Counts.Added != 3 {
			t.Errorf("imported %+v", i.Counts)
		}
		mend(`{"leave_out":[4]}`).problem(409, "state")
	})
}
