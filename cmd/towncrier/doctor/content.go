package doctor

import (
	"context"
	"fmt"
)

// Content is which revision of the city's content answers.
type Content struct {
	Revision int    // that answers, 0 for the folder
	Refused  int    // the newest, when this program does not take it; else 0
	Folder   string // a content folder that says something that no revision says; "" for none
}

// ContentInForce looks whether what answers is what was published.
func ContentInForce(read func(context.Context) (Content, error)) Check {
	return Check{"content", "the city's content", func(ctx context.Context) []Finding {
		c, err := read(ctx)
		if err != nil {
			return []Finding{unchecked("", "the content's revisions cannot be read: "+err.Error(), "")}
		}
		var all []Finding
		if c.Refused > 0 {
			all = append(all, fault("revision", fmt.Sprintf("revision %d of the content is not served: this program finds faults in it; revision %d answers, less what was withdrawn since", c.Refused, c.Revision),
				fmt.Sprintf("run the version of towncrier that published it, or `towncrier content rollback %d` and have it published; `towncrier content check` names the faults", max(c.Revision, 1))))
		}
		if c.Folder != "" {
			all = append(all, warning("folder", c.Folder+" says something that no revision says, and is not served but for what it withdraws",
				"publish it with `towncrier content import`, or put it back with `towncrier content export`"))
		}
		if all == nil {
			return []Finding{ok("", inForce(c.Revision))}
		}
		return all
	}}
}

func inForce(revision int) string {
	if revision == 0 {
		return "the content folder answers: nothing was published yet"
	}
	return fmt.Sprintf("revision %d answers", revision)
}
