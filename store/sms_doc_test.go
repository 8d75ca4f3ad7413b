package store

import (
	"testing"
	"time"

	"towncrier/sms"
)

// TestElementsKeepTheirForm: digests may be over these texts, so not a byte of them may change.
func TestElementsKeepTheirForm(t *testing.T) {
	at := time.UnixMilli(1700000000000).UTC()
	for want, e := range map[string]sms.Element{
		`{"Receipt":{"Handle":"biz","OutID":"out","Phone":"19900000001","Delivered":true,"Code":"DELIVERED","SentAt":"2023-11-14T22:13:20Z",` +
			`"ReportedAt":"2023-11-14T22:13:20Z","Parts":2,"Raw":"{}"}}`: {Receipt: &sms.Receipt{Handle: "biz", OutID: "out", Phone: "19900000001",
			Delivered: true, Code: "DELIVERED", SentAt: at, ReportedAt: at, Parts: 2, Raw: "{}"}},
		`{"Reply":{"ID":"1","Phone":"19900000001","Content":"T","DestCode":"01","At":"2023-11-14T22:13:20Z","Via":"k","Raw":"{}"}}`: {Reply: &sms.Reply{
			ID: "1", Phone: "19900000001", Content: "T", DestCode: "01", At: at, Via: "k", Raw: "{}"}},
	} {
		text, err := writeElement(e)
		if err != nil || text != want {
			t.Errorf("%v\nwritten %s\nwant    %s", err, text, want)
		}
		got, err := readElement(want)
		if again, _ := writeElement(got); err != nil || again != want {
			t.Errorf("%v: read as %s", err, again)
		}
	}
}
