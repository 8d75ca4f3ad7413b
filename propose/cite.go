package propose

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	// listed is a citation on a line of its own: "  - N9#3".
	listed = regexp.MustCompile(`^\s*-\s+["']?([A-Za-z0-9_-]+#[0-9]+)["']?\s*$`)
	// inRow are citations in one line: [N9#3, N9#4].
	inRow = regexp.MustCompile(`\[\s*["']?[A-Za-z0-9_-]+#[0-9]+["']?(?:\s*,\s*["']?[A-Za-z0-9_-]+#[0-9]+["']?)*\s*\]`)
	cite  = regexp.MustCompile(`[A-Za-z0-9_-]+#[0-9]+`)
)

// Recite has the citations of a YAML file follow an edit of a notice. The rest of the file stays as it is.
func (m Moved) Recite(file []byte, notice string) []byte {
	var out []string
	var list []string // the citations of the list that is being read
	for line := range strings.Lines(string(file)) {
		found := listed.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if found == nil {
			list = nil
			out = append(out, inRow.ReplaceAllStringFunc(line, func(row string) string {
				var all []string
				for _, c := range cite.FindAllString(row, -1) {
					all = append(all, m.of(c, notice)...)
				}
				return "[" + strings.Join(distinct(all), ", ") + "]"
			}))
			continue
		}
		for _, c := range m.of(found[1], notice) {
			if !slices.Contains(list, c) {
				list, out = append(list, c), append(out, strings.Replace(line, found[1], c, 1))
			}
		}
	}
	return []byte(strings.Join(out, ""))
}

// of are the citations that take a citation's place.
func (m Moved) of(cite, notice string) []string {
	if cite != notice+"#"+strconv.Itoa(m.From) {
		return []string{cite}
	}
	var all []string
	for _, number := range m.To {
		all = append(all, notice+"#"+strconv.Itoa(number))
	}
	return all
}
