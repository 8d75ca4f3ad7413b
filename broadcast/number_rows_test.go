package broadcast_test

import (
	"fmt"
	"strings"
	"testing"

	"towncrier/broadcast"
	"towncrier/sheet"
)

// TestNumberRows: numbers are found in the column that the first row names, or else in the first; rows are counted as spreadsheets do, and
// what cannot be read is not passed over.
func TestNumberRows(t *testing.T) {
	long := strings.Repeat("长", 2000)
	for text, want := range map[string]string{
		"19900000001\n\n19900000002,甲\n":            "1:19900000001 3:19900000002",
		"\n姓名,手机号\n甲,19900000001\n乙,\n丙\n丁,x\n":     "3:19900000001 6:x",
		"姓名\t电话\r甲\t19900000001\r":                  "2:19900000001",
		"sep=;\nphone;name\n19900000001;\"a\"\n":    "2:19900000001",
		"手机号,退订\n19900000001,是\n19900000002,\n,是\n": "2:! 3:19900000002",
		"19900000001\n" + long + "\n":               "1:19900000001 2:!",
	} {
		table, err := sheet.TextRows(text)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := broadcast.NumberRows(table)
		var got []string
		for _, r := range rows {
			if r.Fault != "" {
				r.Text = "!"
			}
			got = append(got, fmt.Sprintf("%d:%s", r.Row, r.Text))
		}
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%.40q: %v, %v, want %s", text, got, err, want)
		}
	}
	table, err := sheet.TextRows("19900000001\n\"19900000002\n")
	if err == nil {
		_, err = broadcast.NumberRows(table)
	}
	if err == nil || !strings.Contains(err.Error(), "第2行") {
		t.Errorf("a quote that does not end: %v", err)
	}
}
