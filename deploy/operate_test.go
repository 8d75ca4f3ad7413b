package deploy

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	headingLine = regexp.MustCompile(`(?m)^(#{1,4}) (.+)$`)
	linkTo      = regexp.MustCompile(`\]\(#([^)]+)\)`)
	production  = regexp.MustCompile("(?s)```sh\n(.*?)```")
	punctuation = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors are what the headings of a page can be linked by.
func anchors(page string) (all []string) {
	for _, m := range headingLine.FindAllStringSubmatch(production.ReplaceAllString(page, ""), -1) {
		all = append(all, strings.ReplaceAll(punctuation.ReplaceAllString(strings.ToLower(m[2]), ""), " ", "-"))
	}
	return all
}

// TestOperatePages: links within a page lead to headings, and both languages have the same sections, commands and tables.
func TestOperatePages(t *testing.T) {
	var shapes [2][]string
	for i, file := range []string{"../docs/operate.md", "../docs/operate.zh-CN.md"} {
		page := read(t, file)
		known := anchors(page)
		for _, m := range linkTo.FindAllStringSubmatch(page, -1) {
			if !slices.Contains(known, m[1]) {
				t.Errorf("%s: #%s leads nowhere", file, m[1])
			}
		}
		for _, m := range headingLine.FindAllStringSubmatch(production.ReplaceAllString(page, ""), -1) {
			shapes[i] = append(shapes[i], m[1])
		}
		for _, m := range production.FindAllStringSubmatch(page, -1) {
			for line := range strings.Lines(m[1]) {
				command, _, _ := strings.Cut(strings.TrimSpace(line), "  ")
				shapes[i] = append(shapes[i], strings.TrimSpace(strings.NewReplacer("your-host", "HOST", "你的域名", "HOST").Replace(command)))
			}
		}
	}
	if !slices.Equal(shapes[0], shapes[1]) {
		for i := range min(len(shapes[0]), len(shapes[1])) {
			if shapes[0][i] != shapes[1][i] {
				t.Fatalf("the English page has %q where the Chinese one has %q", shapes[0][i], shapes[1][i])
			}
		}
		t.Errorf("the English page has %d sections and commands, the Chinese one %d", len(shapes[0]), len(shapes[1]))
	}
}

// TestOperateNamesWhatIsShipped: every file of deploy/ that the page names is there, and every file that is there is named.
func TestOperateNamesWhatIsShipped(t *testing.T) {
	page := read(t, "../docs/operate.md")
	for _, file := range []string{"systemd/towncrier.service", "systemd/towncrier.env", "systemd/towncrier-here", "compose.env", "compose.postgres.yaml",
		"nginx/towncrier.conf", "prometheus/prometheus.yml", "alerts.yaml", "grafana/towncrier.json", "sms.conf", "postgres.conf", "previous.conf"} {
		if !strings.Contains(page, file) {
			t.Errorf("docs/operate.md does not name %s", file)
		}
	}
	for _, m := range regexp.MustCompile("`deploy/([^`]+)`").FindAllStringSubmatch(page, -1) {
		read(t, strings.TrimSuffix(m[1], "/"))
	}
}
