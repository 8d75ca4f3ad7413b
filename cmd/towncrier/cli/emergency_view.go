package cli

import (
	"fmt"
	"io"
	"strings"

	"towncrier/api/wire"
	"towncrier/plaintext"
)

// printEmergency prints all that is approved, and where it stands.
func printEmergency(w io.Writer, e wire.Emergency) error {
	printSigned(w, e)
	fmt.Fprintln(w)
	return printEmergencyState(w, e)
}

func printEmergencyPreview(w io.Writer, e wire.Emergency) (err error) {
	fmt.Fprintln(w, "只是预览，没有保存。")
	printSigned(w, e)
	if e.Untold != "" {
		_, err = fmt.Fprintf(w, "\n不能用短信通知审批员：%s\n", e.Untold)
	}
	return err
}

// printSigned prints what two people sign.
func printSigned(w io.Writer, e wire.Emergency) {
	printStatement(w, "公告", e.Says)
	fmt.Fprintf(w, "\n居民这样问：%s\n", plaintext.OneLine(strings.Join(e.Utterances, "、"), 400))
	fmt.Fprintf(w, "\n发给：%s\n", plaintext.OneLine(e.AudienceLabel, 200))
	if e.Sends != nil {
		printEstimate(w, *e.Sends)
	}
	for _, q := range e.Worse {
		fmt.Fprintf(w, "这个已知问题的答复会变，批准即接受：%s\n", plaintext.OneLine(q, 100))
	}
	for _, name := range e.Warnings {
		fmt.Fprintf(w, "带名称的提醒，批准即接受：%s\n", plaintext.OneLine(name, 300))
	}
	fmt.Fprintln(w)
	printStatement(w, "结束时的公告", e.Ends)
}

// printEmergencyEnd prints what ending one would do.
func printEmergencyEnd(w io.Writer, e wire.EmergencyEnd) (err error) {
	fmt.Fprintf(w, "结束应急公告%s会：\n", e.ID)
	printStops(w, e.ContentStops)
	for _, a := range e.Answers {
		fmt.Fprintf(w, "  答复 %s（%s）改说已经结束\n", plaintext.OneLine(a.Title, 40), a.ID)
	}
	if e.Sends == nil {
		_, err = fmt.Fprintln(w, "  不发通知：原来的通知还没有发给任何人")
		return err
	}
	fmt.Fprint(w, "  把下面的通知发给原来的发送范围\n\n")
	printStatement(w, "结束时的公告", e.Ends)
	return printEstimate(w, *e.Sends)
}

func printStatement(w io.Writer, what string, s wire.EmergencyStatement) {
	fmt.Fprintf(w, "%s：%s（%s）\n", what, plaintext.OneLine(s.Headline, 100), plaintext.OneLine(s.Issuer, 60))
	for _, p := range s.Passages {
		fmt.Fprintf(w, "  %d. %s\n", p.Number, plaintext.OneLine(p.Text, 400))
	}
	fmt.Fprintf(w, "答复：\n  %s\n", indented(s.Answer))
	for _, t := range s.Texts {
		fmt.Fprintf(w, "%s：\n  %s\n", t.Label, indented(t.Text))
	}
}

func indented(text string) string { return strings.ReplaceAll(plaintext.Printable(text), "\n", "\n  ") }

// printEmergencyState prints where it stands, and what comes next.
func printEmergencyState(w io.Writer, e wire.Emergency) error {
	fmt.Fprintf(w, "%s  %s  %s\n", e.ID, e.StatusLabel, plaintext.OneLine(e.Says.Headline, 60))
	if e.Why != "" {
		fmt.Fprintf(w, "原因：%s\n", plaintext.OneLine(e.Why, 500))
	}
	if e.Revision > 0 {
		fmt.Fprintf(w, "已发布为第%d版\n", e.Revision)
	}
	if e.PausedBy != "" {
		fmt.Fprintf(w, "%s暂停了发送\n", named(e.PausedByName, e.PausedBy))
	}
	for _, b := range []struct {
		what string
		*wire.EmergencyBroadcast
	}{{"群发", e.Broadcast}, {"结束的群发", e.AllClear}} {
		if b.EmergencyBroadcast != nil {
			fmt.Fprintf(w, "%s：%s（%s）%s\n", b.what, b.StatusLabel, b.ID, plaintext.OneLine(b.Why, 200))
		}
	}
	for _, t := range e.Told {
		fmt.Fprintf(w, "%s，%s：%s\n", named(t.StaffName, t.Staff), t.EventLabel, strings.TrimSpace(t.StateLabel+" "+t.Phone))
	}
	if e.Untold != "" {
		fmt.Fprintf(w, "不能用短信通知审批员：%s\n", e.Untold)
	}
	return printEmergencyNext(w, e)
}

func printEmergencyNext(w io.Writer, e wire.Emergency) (err error) {
	switch e.Status {
	case "submitted":
		_, err = fmt.Fprintf(w, "校验值：%s\n请没有写过它的审批员核对后批准：\n  towncrier emergency approve %s --hash %s\n", e.Hash, e.ID, shortHash(e.Hash))
	case "approved", "out":
		_, err = fmt.Fprintf(w, "暂停发送：towncrier emergency pause %s\n恢复以后：towncrier emergency end %s\n", e.ID, e.ID)
	}
	return err
}
