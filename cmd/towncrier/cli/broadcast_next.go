package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/plaintext"
)

// nextSteps are what may be done with a broadcast, by its status; %[1]s is the id, %[2]s the hash, %[3]s this program, %[4]s
// the flags that accept what was accepted when it was submitted.
var nextSteps = map[broadcast.Status]string{
	broadcast.Draft:     "送审运行：%[3]s broadcast submit %[1]s\n",
	broadcast.Submitted: "请另一位审批员先看 %[3]s broadcast preview %[1]s，同意就运行：\n  %[3]s broadcast approve %[1]s --hash %[2]s%[4]s\n",
	broadcast.Approved:  "排期运行：%[3]s broadcast schedule %[1]s\n",
	broadcast.Scheduled: "查看进度：%[3]s broadcast status %[1]s --watch\n",
	broadcast.Held: "请没有参与撰写的审批员核对，同意发送就运行：%[3]s broadcast confirm %[1]s\n" +
		"原因要求修改的，改好后重新送审：%[3]s broadcast edit %[1]s\n",
	broadcast.Freezing: "查看进度：%[3]s broadcast status %[1]s --watch\n",
	broadcast.Sending:  "查看进度：%[3]s broadcast status %[1]s --watch\n",
	broadcast.Paused:   "继续发送：%[3]s broadcast resume %[1]s\n",
	broadcast.Done:     "查看结果：%[3]s broadcast report %[1]s\n",
	// What has ended does not go on. It is written anew from what it said.
	broadcast.Cancelled: again,
	broadcast.Expired:   again,
}

const again = "还要发送的，另存后改好时间再新建：\n  %[3]s broadcast show %[1]s --yaml > %[1]s.yaml\n  %[3]s broadcast new --file %[1]s.yaml\n"

// printNext says what may be done now with a broadcast, and by which command.
func printNext(w io.Writer, b wire.Broadcast) {
	if next := nextSteps[broadcast.Status(b.Status)]; next != "" {
		fmt.Fprintf(w, next+"%.0[2]s%.0[3]s%.0[4]s", b.ID, shortHash(b.Hash), program(), acceptFlags(b.Accepted)) // the last three may go unused
	}
}

// acceptFlags are the flags that accept warnings by name, to be typed: each behind a blank.
func acceptFlags(names []string) string {
	var flags strings.Builder
	for i, name := range names {
		if !slices.Contains(names[:i], name) {
			flags.WriteString(" --accept " + plaintext.OneLine(name, 300))
		}
	}
	return flags.String()
}
