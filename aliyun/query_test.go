package aliyun

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"towncrier/sms"
)

// details answers a page of n texts, numbered by their OutId. It writes TotalCount as the API's reference says, a string,
// or as its examples do, a number.
func details(w http.ResponseWriter, r *http.Request, n int, quote string) {
	page, _ := strconv.Atoi(r.Form.Get("CurrentPage"))
	size, _ := strconv.Atoi(r.Form.Get("PageSize"))
	var rows []string
	for i := (page - 1) * size; i < min(page*size, n); i++ {
		rows = append(rows, fmt.Sprintf(`{"PhoneNum":"19900001234","SendStatus":3,"ErrCode":"DELIVERED","OutId":"%d",
			"TemplateCode":"SMS_1","Content":"481516","SendDate":"2026-11-23 00:00:01","ReceiveDate":"2026-11-23 00:00:09"}`, i))
	}
	fmt.Fprintf(w, `{"Code":"OK","TotalCount":%s%d%s,"SmsSendDetailDTOs":{"SmsSendDetailDTO":[%s]}}`, quote, n, quote, strings.Join(rows, ","))
}

func TestQueryDetailsReadsEveryPage(t *testing.T) {
	for _, n := range []int{0, 1, 49, 50, 51, 100, 120} {
		for _, quote := range []string{"", `"`} {
			a := newAPI(t)
			a.answer = func(w http.ResponseWriter, r *http.Request) { details(w, r, n, quote) }
			// 17:00 UTC is 01:00 of the next day in Shanghai.
			day := time.Date(2026, 11, 22, 17, 0, 0, 0, time.UTC)
			got, err := newClient(t, Config{Endpoint: a.URL}).QueryDetails(t.Context(), testNumber, day, "9^0")
			if err != nil || len(got) != n {
				t.Errorf("%d of %d texts, %v", len(got), n, err)
			}
			for i, d := range got {
				if d.OutID != strconv.Itoa(i) {
					t.Errorf("text %d is %q", i, d.OutID)
				}
			}
			if want := max(1, (n+49)/50); len(a.calls) != want {
				t.Errorf("%d calls for %d texts, want %d", len(a.calls), n, want)
			}
			for name, want := range map[string]string{"Action": "QuerySendDetails", "PhoneNumber": "19900001234", "SendDate": "20261123",
				"PageSize": "50", "CurrentPage": "1", "BizId": "9^0"} {
				if a.calls[0].Get(name) != want {
					t.Errorf("%s is %q, want %q", name, a.calls[0].Get(name), want)
				}
			}
		}
	}
}

func TestQueryDetailsNeverEnds(t *testing.T) {
	a := newAPI(t)
	a.answer = func(w http.ResponseWriter, r *http.Request) { details(w, r, 1_000_000, "") }
	got, err := newClient(t, Config{Endpoint: a.URL}).QueryDetails(t.Context(), testNumber, time.Now(), "")
	if err == nil || got != nil || len(a.calls) != maxPages {
		t.Errorf("%d texts after %d calls, %v: a list that is not whole must not look so", len(got), len(a.calls), err)
	}
}

func TestQueryDetailsStates(t *testing.T) {
	a := newAPI(t)
	a.answer = func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"Code":"OK","TotalCount":"4","SmsSendDetailDTOs":{"SmsSendDetailDTO":[
			{"SendStatus":1,"ErrCode":"","OutId":"waits","SendDate":"2026-11-23 08:00:00","ReceiveDate":""},
			{"SendStatus":2,"ErrCode":"MOBILE_NOT_ON_SERVICE","OutId":"failed","SendDate":"2026-11-23 08:00:00","ReceiveDate":"2026-11-23 08:00:05"},
			{"SendStatus":3,"ErrCode":"DELIVERED","OutId":"came","SendDate":"2026-11-23 08:00:00","ReceiveDate":"2026-11-23 08:00:05"},
			{"SendStatus":9,"OutId":"new","SendDate":"soon"}]}}`)
	}
	got, err := newClient(t, Config{Endpoint: a.URL}).QueryDetails(t.Context(), testNumber, time.Now(), "")
	if err != nil {
		t.Fatal(err)
	}
	sent := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	same := func(a, b Detail) bool {
		return a.SentAt.Equal(b.SentAt) && a.ReceivedAt.Equal(b.ReceivedAt) && a.OutID == b.OutID && a.State == b.State && a.Code == b.Code
	}
	if want := []Detail{
		{OutID: "waits", State: sms.Accepted, SentAt: sent},
		{OutID: "failed", State: sms.Undelivered, Code: "MOBILE_NOT_ON_SERVICE", SentAt: sent, ReceivedAt: sent.Add(5 * time.Second)},
		{OutID: "came", State: sms.Delivered, Code: "DELIVERED", SentAt: sent, ReceivedAt: sent.Add(5 * time.Second)},
		{OutID: "new", State: sms.Accepted},
	}; !slices.EqualFunc(got, want, same) {
		t.Errorf("%+v\nwant\n%+v", got, want)
	}
}

// TestQueryDetailsIsNeverInDoubt: asking twice does no harm.
func TestQueryDetailsIsNeverInDoubt(t *testing.T) {
	a := newAPI(t)
	a.answer = func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusBadGateway) }
	c := newClient(t, Config{Endpoint: a.URL})
	_, err := c.QueryDetails(t.Context(), testNumber, time.Now(), "")
	if e, ok := errors.AsType[*sms.Error](err); !ok || e.Class != sms.Retry {
		t.Errorf("%v, want retry", err)
	}
	a.answer = func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `{"Code":"isp.RAM_PERMISSION_DENY"}`) }
	_, err = c.QueryDetails(t.Context(), testNumber, time.Now(), "")
	if e, ok := errors.AsType[*sms.Error](err); !ok || e.Class != sms.Operator {
		t.Errorf("%v, want operator", err)
	}
}
