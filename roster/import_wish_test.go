package roster_test

import (
	"strings"
	"testing"

	"towncrier/roster"
)

// TestARefusalIsNoConsent: a column that asks whether residents agree is read, whatever the basis of the whole sheet is.
func TestARefusalIsNoConsent(t *testing.T) {
	const no, unclear = "本人不同意接收：请删去", "看不出本人是否同意"
	for _, c := range []struct{ heading, cell, want string }{
		{"是否同意接收短信", "是", ""}, {"是否同意接收短信", "√", ""}, {"是否同意接收短信", "同意", ""}, {"是否同意接收短信", "Yes", ""},
		{"是否同意接收短信", "否", no}, {"是否同意接收短信", "不同意", no}, {"是否同意接收短信", "×", no}, {"是否同意接收短信", "N", no},
		{"是否同意接收短信", "", unclear}, {"是否同意接收短信", "待联系", unclear}, {"是否同意接收短信", "同意/不同意", unclear},
		{"同意", "否", no}, {"是否愿意接收通知（是/否）", "否", no}, {"短信（是否同意）", "否", no}, {"同意/不同意", "不同意", no}, {"同意/不同意", "同意", ""},
		{"同意/不同意", "是", unclear}, {"不同意", "是", no}, {"不同意", "", ""}, {"不接收短信", "√", no}, {"不接收短信", "否", ""},
		{"是否退订", "是", no}, {"是否退订", "已退订", no}, {"退订", "", ""}, {"拒收短信", "1", no}, {"拒绝接收", "是", no}, {"免打扰", "是", no},
		{"opt-out", "true", no}, {"Consent", "no", no}, {"unsubscribed", "y", no},
		{"姓名", "否", ""}, {"备注", "不同意", ""}, {"短信", "已退订", ""},
	} {
		for _, basis := range []string{"同意", "法定职责"} {
			table := save(t, "a.csv", "手机号,"+c.heading+"\n19900000001,"+c.cell+"\n")
			p, problems, err := planWhole(t, table, roster.WholeSheet{Committee: "C001", Basis: basis, Date: "2023-11-13"})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(problems, " "); c.want == "" && (got != "" || p.Good() != 1) || c.want != "" && (!strings.Contains(got, c.want) || p.Good() != 0) {
				t.Errorf("%s %q, basis %s: %q, %d good; want %q", c.heading, c.cell, basis, got, p.Good(), c.want)
			}
		}
	}
	p, _, err := planWhole(t, save(t, "a.csv", "手机号,是否同意接收短信,住址\n19900000001,是,1号楼\n"), roster.WholeSheet{Committee: "C001", Basis: "同意", Date: "2023-11-13"})
	if err != nil || len(p.Unknown) != 1 || p.Unknown[0] != "住址" {
		t.Errorf("%v, passed over %q; the column that was read is not among them", err, p.Unknown)
	}
}
