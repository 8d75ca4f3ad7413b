package content

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
)

// Format is the file of a notice: what parsing it again gives is the same notice.
func (n *Notice) Format() []byte {
	front := yaml.MapSlice{
		{Key: "id", Value: n.ID}, {Key: "headline", Value: n.Headline}, {Key: "issuer", Value: n.Issuer},
		{Key: "publisher", Value: n.Publisher}, {Key: "date", Value: n.Date.ISO()},
		{Key: "year_inferred", Value: n.YearInferred}, {Key: "area", Value: n.Area}, {Key: "review_by", Value: n.ReviewBy.ISO()},
		{Key: "status", Value: string(n.Status)},
	}
	if n.SupersededBy != "" {
		front = append(front, yaml.MapItem{Key: "superseded_by", Value: n.SupersededBy})
	}
	text, err := yaml.Marshal(front)
	if err != nil { // texts, dates and a flag: there is nothing that could fail
		panic(err)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "---\n%s---\n\n", text)
	for _, p := range n.Passages {
		fmt.Fprintf(&b, "%d. %s\n", p.Number, strings.TrimSpace(p.Text))
	}
	return b.Bytes()
}
