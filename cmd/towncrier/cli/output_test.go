package cli

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/broadcast"
)

// TestTable prints a table in two parts, as a list that comes page by page.
func TestTable(t *testing.T) {
	var out bytes.Buffer
	table := table{headings: []string{"编号", "状态", "人数"}}
	table.add("B1", "发送中", "7")
	table.add("B2", "", "1200")
	if err := table.print(&out); err != nil {
		t.Fatal(err)
	}
	table.add("B3", "待再次确认", "-")
	if err := table.print(&out); err != nil {
		t.Fatal(err)
	}
	const want = "编号  状态    人数\n" +
		"B1    发送中     7\n" +
		"B2            1200\n" +
		"B3    待再次确认     -\n"
	if out.String() != want {
		t.Errorf("printed\n%s\nwant\n%s", &out, want)
	}
}

// TestNextStep names the command that leads on from each status, above all from the one that waits for a confirmation.
func TestNextStep(t *testing.T) {
	for status, want := range map[broadcast.Status]string{
		broadcast.Draft: "broadcast submit B1", broadcast.Submitted: "broadcast approve B1 --hash abc", broadcast.Approved: "broadcast schedule B1",
		broadcast.Scheduled: "broadcast status B1 --watch", broadcast.Held: "broadcast confirm B1", broadcast.Sending: "broadcast status B1 --watch",
		broadcast.Paused: "broadcast resume B1", broadcast.Done: "broadcast report B1", broadcast.Cancelled: "broadcast new --file B1.yaml", broadcast.Expired: "broadcast show B1 --yaml > B1.yaml",
	} {
		var out bytes.Buffer
		printNext(&out, wire.Broadcast{ID: "B1", Status: string(status), Hash: "abc"})
		if got := out.String(); want == "" && got != "" || !strings.Contains(got, want+"\n") && want != "" || strings.Contains(got, "%!") {
			t.Errorf("%s: %q, want %q", status, got, want)
		}
	}
}

func TestExitCodes(t *testing.T) {
	refused := func(status int) error { return &client.RefusedError{Problem: wire.Problem{Status: status}} }
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errSilent, 1},
		{errors.New("disk full"), 1},
		{refused(http.StatusConflict), 1},
		{refused(http.StatusUnauthorized), 1},
		{&usageError{"towncrier", errors.New("what?")}, 2},
		{refused(http.StatusTooManyRequests), 3},
		{fmt.Errorf("upload: %w", refused(http.StatusServiceUnavailable)), 3},
		{&client.NoAnswerError{}, 3},
		{errInterrupted, 130},
	} {
		if got := exitCode(c.err); got != c.want {
			t.Errorf("%v exits with %d, want %d", c.err, got, c.want)
		}
	}
	if got, want := withoutKeys("unknown command \"tck_ab_cd\""), "unknown command \"tck_…\""; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
