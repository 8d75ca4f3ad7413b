package aliyun

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"towncrier/sms"
)

// The provider's own examples of both pushes, with our number.
const (
	exampleReport = `[{"phone_number":"19900001234","send_time":"2017-01-01 00:00:00","report_time":"2017-01-01 00:00:05","success":true,"err_code":"DELIVERED","err_msg":"用户接收成功","sms_size":"1","biz_id":"12345","out_id":"67890"}]`
	exampleReply  = `[{"phone_number":"19900001234","content":"TD","send_time":"2017-01-01 00:00:00","dest_code":"1234","sequence_id":"18446744073709551615"}]`
)

var newYear = time.Date(2016, 12, 31, 16, 0, 0, 0, time.UTC) // in Shanghai

func TestReadReceipts(t *testing.T) {
	full := sms.Receipt{Handle: "12345", OutID: "67890", Phone: testNumber, Delivered: true, Code: "DELIVERED",
		SentAt: newYear, ReportedAt: newYear.Add(5 * time.Second), Parts: 1}
	for name, tc := range map[string]struct {
		body       string
		want       []sms.Receipt // Raw is held against the body
		unreadable int
	}{
		"example":        {exampleReport, []sms.Receipt{full}, 0},
		"no array":       {exampleReport[1 : len(exampleReport)-1], []sms.Receipt{full}, 0},
		"byte order":     {"\xef\xbb\xbf" + exampleReport + "\r\n", []sms.Receipt{full}, 0},
		"numbers":        {`[{"sms_size":3,"biz_id":12345678901234567890,"success":1}]`, []sms.Receipt{{Handle: "12345678901234567890", Parts: 3, Delivered: true}}, 0},
		"strings":        {`[{"success":"false","err_code":"MK:0001"}]`, []sms.Receipt{{Code: "MK:0001"}}, 0},
		"by the code":    {`[{"err_code":"DELIVRD"},{"err_code":"UNDELIV"}]`, []sms.Receipt{{Code: "DELIVRD", Delivered: true}, {Code: "UNDELIV"}}, 0},
		"success counts": {`[{"err_code":"DELIVERED","success":false}]`, []sms.Receipt{{Code: "DELIVERED"}}, 0},
		"nulls":          {`[{"biz_id":null,"out_id":null,"sms_size":null,"send_time":null,"phone_number":null}]`, []sms.Receipt{{}}, 0},
		"new fields":     {`[{"biz_id":"1","card":{"a":[1]}}]`, []sms.Receipt{{Handle: "1"}}, 0},
		"other types":    {`[{"biz_id":{"a":1},"out_id":["x"],"sms_size":true,"send_time":5}]`, []sms.Receipt{{}}, 0},
		"foreign number": {`[{"biz_id":"1","phone_number":"+85251234567"}]`, []sms.Receipt{{Handle: "1"}}, 0},
		"NUL":            {`[{"biz_id":"1\u00002"}]`, []sms.Receipt{{Handle: "12"}}, 0},
		"size":           {`[{"sms_size":"-1"},{"sms_size":"1e9"},{"sms_size":"99999999"}]`, []sms.Receipt{{}, {}, {}}, 0},
		"between others": {`[{"biz_id":"1"},7,{"biz_id":"2"},null,["x"],"y"]`, []sms.Receipt{{Handle: "1"}, {}, {Handle: "2"}, {}, {}, {}}, 3},
		"not JSON":       {`phone_number=19900001234`, []sms.Receipt{{}}, 1},
		"cut off":        {exampleReport[:50], []sms.Receipt{{}}, 1},
		"two at once":    {`[] []`, []sms.Receipt{{}}, 1},
		"nothing":        {" \n", nil, 0},
		"null":           {"null", nil, 0},
		"empty":          {"[]", nil, 0},
	} {
		got, unreadable := readReceipts([]byte(tc.body))
		if unreadable != tc.unreadable || len(got) != len(tc.want) {
			t.Errorf("%s: %d receipts, %d unreadable, want %d and %d", name, len(got), unreadable, len(tc.want), tc.unreadable)
			continue
		}
		for i, r := range got {
			if r.Raw == "" || !strings.Contains(tc.body, r.Raw) {
				t.Errorf("%s: element %d is kept as %q", name, i, r.Raw)
			}
			r.Raw, r.SentAt, r.ReportedAt = "", r.SentAt.UTC(), r.ReportedAt.UTC()
			if !reflect.DeepEqual(r, tc.want[i]) {
				t.Errorf("%s: %+v\nwant %+v", name, r, tc.want[i])
			}
		}
	}
}

func TestReadReplies(t *testing.T) {
	full := sms.Reply{ID: "18446744073709551615", Phone: testNumber, Content: "TD", DestCode: "1234", At: newYear}
	for name, tc := range map[string]struct {
		body string
		want []sms.Reply
	}{
		"example": {exampleReply, []sms.Reply{full}},
		"older": {`[{"phone_number":"8619900001234","content":"TD","send_time":"2017-01-01 00:00:00","dest_code":1234,
			"sequence_id":18446744073709551615,"sign_name":"云城"}]`, []sms.Reply{full}},
		"words":  {`[{"content":"退订\n\u0000🏠"},false]`, []sms.Reply{{Content: "退订\n🏠"}, {}}},
		"broken": {`{"content":`, []sms.Reply{{}}},
	} {
		got, _ := readReplies([]byte(tc.body))
		if len(got) != len(tc.want) {
			t.Errorf("%s: %d replies, want %d", name, len(got), len(tc.want))
			continue
		}
		for i, r := range got {
			if r.Raw == "" || !strings.Contains(tc.body, r.Raw) {
				t.Errorf("%s: element %d is kept as %q", name, i, r.Raw)
			}
			r.Raw, r.At = "", r.At.UTC()
			if !reflect.DeepEqual(r, tc.want[i]) {
				t.Errorf("%s: %+v\nwant %+v", name, r, tc.want[i])
			}
		}
	}
}

func pushSeeds(f *testing.F) {
	for _, seed := range []string{exampleReport, exampleReply, "", "null", "[]", "[[]]", "{}", `[{}]`, "[1,", `[{"biz_id":1e400}]`, `[{"sms_size":"99999999999999999999"}]`,
		`[{"phone_number":"１９９００００１２３４","send_time":"2017-02-30 25:00:00","success":"maybe"}]`, "\xef\xbb\xbf[null]", "\xff\xfe[\x00]\x00",
		`[{"content":"\ud800","sequence_id":-0.0}]`, `[{"out_id":"\u0000\u0000"},{"out_id":"` + strings.Repeat("x", 300) + `"}]`, strings.Repeat("[", 20000)} {
		f.Add([]byte(seed))
	}
}

// kept checks what must hold for any push: every element is there, as it was pushed, and what SQL will store as text is
// text.
func kept(t *testing.T, body []byte, raws []string, fields ...string) {
	t.Helper()
	var want []json.RawMessage
	if err := json.Unmarshal(body, &want); err == nil && len(want) != len(raws) {
		t.Errorf("%d elements of %d", len(raws), len(want))
	}
	for i, raw := range raws {
		if raw == "" || !strings.Contains(string(body), raw) || i < len(want) && string(want[i]) != raw {
			t.Errorf("element %d is kept as %q", i, raw)
		}
	}
	for _, field := range fields {
		if !utf8.ValidString(field) || strings.Contains(field, "\x00") {
			t.Errorf("field %q is no text", field)
		}
	}
}

func FuzzReport(f *testing.F) {
	pushSeeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		receipts, unreadable := readReceipts(body)
		if unreadable > len(receipts) {
			t.Errorf("%d of %d unreadable", unreadable, len(receipts))
		}
		var raws, fields []string
		for _, r := range receipts {
			raws, fields = append(raws, r.Raw), append(fields, r.Handle, r.OutID, r.Code)
			if r.Parts < 0 || r.Phone != "" && len(r.Phone) != 11 {
				t.Errorf("%d parts to %d digits", r.Parts, len(r.Phone))
			}
		}
		kept(t, body, raws, fields...)
	})
}

func FuzzReply(f *testing.F) {
	pushSeeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		replies, unreadable := readReplies(body)
		if unreadable > len(replies) {
			t.Errorf("%d of %d unreadable", unreadable, len(replies))
		}
		var raws, fields []string
		for _, r := range replies {
			raws, fields = append(raws, r.Raw), append(fields, r.ID, r.Content, r.DestCode)
		}
		kept(t, body, raws, fields...)
	})
}
