package deploy

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"towncrier/alarm"
	"towncrier/sms"
)

// shownMetrics are the series of a started server's /metrics: for each name, the values of each label.
type shownMetrics map[string]map[string][]string

var (
	sampleLine = regexp.MustCompile(`(?m)^([a-zA-Z_:][\w:]*)(\{.*\})? \S+$`)
	labelPair  = regexp.MustCompile(`(\w+)="((?:[^"\\]|\\.)*)"`)
)

func readMetrics(text string) shownMetrics {
	shown := shownMetrics{}
	for _, sample := range sampleLine.FindAllStringSubmatch(text, -1) {
		if shown[sample[1]] == nil {
			shown[sample[1]] = map[string][]string{}
		}
		for _, pair := range labelPair.FindAllStringSubmatch(sample[2], -1) {
			shown[sample[1]][pair[1]] = append(shown[sample[1]][pair[1]], pair[2])
		}
	}
	return shown
}

var (
	grouping = regexp.MustCompile(`\b(?:by|without|on|ignoring)\s*\(([^)]*)\)`)
	window   = regexp.MustCompile(`\[[^\]]*\]`)
	selector = regexp.MustCompile(`([a-zA-Z_:][\w:]*)\s*(\{[^}]*\}|\()?`)
	matcher  = regexp.MustCompile(`(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"`)
	// fromPrometheus are labels that Prometheus adds, and its metric of every scrape.
	fromPrometheus = []string{"job", "instance"}
)

// faults says which metrics, labels and values an expression names that the server does not show.
func (shown shownMetrics) faults(expr string) (wrong []string) {
	var groups []string
	for _, m := range grouping.FindAllStringSubmatch(expr, -1) {
		for label := range strings.SplitSeq(m[1], ",") {
			groups = append(groups, strings.TrimSpace(label))
		}
	}
	expr = window.ReplaceAllString(grouping.ReplaceAllString(expr, ""), "")
	for _, m := range selector.FindAllStringSubmatch(expr, -1) {
		name := m[1]
		if m[2] == "(" || slices.Contains([]string{"and", "or", "unless"}, name) || name == "up" {
			continue
		}
		labels, known := shown[name]
		if !known {
			wrong = append(wrong, "no metric "+name)
			continue
		}
		for _, label := range groups {
			if labels[label] == nil && !slices.Contains(fromPrometheus, label) {
				wrong = append(wrong, name+" has no label "+label)
			}
		}
		for _, pair := range matcher.FindAllStringSubmatch(m[2], -1) {
			label, op, want := pair[1], pair[2], pair[3]
			switch {
			case slices.Contains(fromPrometheus, label):
			case labels[label] == nil:
				wrong = append(wrong, name+" has no label "+label)
			case op == "=" && !slices.Contains(labels[label], want):
				wrong = append(wrong, name+" never has "+label+"="+want)
			case op == "=~" && label != "status":
				for value := range strings.SplitSeq(want, "|") {
					if !slices.Contains(labels[label], value) {
						wrong = append(wrong, name+" never has "+label+"="+value)
					}
				}
			}
		}
	}
	return wrong
}

type alertRule struct {
	Alert, Expr string
	Labels      map[string]string
	Annotations map[string]string
}

func alertRules(t *testing.T) (rules []alertRule) {
	t.Helper()
	var file struct{ Groups []struct{ Rules []alertRule } }
	if err := yaml.Unmarshal([]byte(read(t, "prometheus/alerts.yaml")), &file); err != nil {
		t.Fatal(err)
	}
	for _, g := range file.Groups {
		rules = append(rules, g.Rules...)
	}
	return rules
}

// TestAlertsAndDashboard hold every expression against the /metrics of a started server.
func TestAlertsAndDashboard(t *testing.T) {
	address := serve(t)
	get(t, http.DefaultClient, "http://"+address+"/api/v1/me") // refused, and counted
	_, text := get(t, http.DefaultClient, "http://"+address+"/metrics")
	shown := readMetrics(text)
	for _, fault := range []string{"towncrier_gone == 0", `towncrier_up{gone="x"} == 0`, `towncrier_up{part="gone"} == 0`, "sum by (gone) (towncrier_up)",
		`rate(towncrier_webhook_messages_total{outcome=~"failed|gone"}[5m])`} {
		if shown.faults(fault) == nil {
			t.Errorf("the test takes %s for good", fault)
		}
	}
	rules := alertRules(t)
	if len(rules) < 15 {
		t.Errorf("%d rules", len(rules))
	}
	for _, r := range rules {
		for _, fault := range shown.faults(r.Expr) {
			t.Errorf("%s: %s", r.Alert, fault)
		}
		if s := r.Labels["severity"]; s != "critical" && s != "warning" || r.Annotations["summary"] == "" || r.Annotations["summary_zh"] == "" {
			t.Errorf("%s: want a severity, a summary and one in Chinese", r.Alert)
		}
	}

	var board struct {
		Panels []struct {
			ID      int
			Title   string
			Type    string
			GridPos struct{ H, W, X, Y int }
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, "grafana/towncrier.json")), &board); err != nil {
		t.Fatal(err)
	}
	ids, taken := map[int]bool{}, map[[2]int]bool{}
	for _, p := range board.Panels {
		if ids[p.ID] || p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("panel %q: its id is taken, or it shows nothing", p.Title)
		}
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if taken[[2]int{x, y}] || x >= 24 {
					t.Fatalf("panel %q lies upon another, or beside the board", p.Title)
				}
				taken[[2]int{x, y}] = true
			}
		}
		for _, target := range p.Targets {
			for _, fault := range shown.faults(target.Expr) {
				t.Errorf("panel %q: %s", p.Title, fault)
			}
		}
	}
}

// TestEveryKindIsListed: alarms and failures of texts that can happen are shown from 0 on, and the page says what each alarm means.
func TestEveryKindIsListed(t *testing.T) {
	var kinds, classes []string
	for _, kind := range alarm.Kinds {
		kinds = append(kinds, string(kind))
		for _, page := range []string{"../docs/operate.md", "../docs/operate.zh-CN.md"} {
			if !strings.Contains(read(t, page), "`"+string(kind)+"`") {
				t.Errorf("%s does not say what the alarm %s means", page, kind)
			}
		}
	}
	for _, class := range sms.Classes {
		classes = append(classes, string(class))
	}
	for _, c := range []struct {
		file, declared string
		listed         []string
	}{{"../alarm/alarm.go", `Kind += "([\w-]+)"`, kinds}, {"../sms/sms.go", `Class += "([\w-]+)"`, classes}} {
		var declared []string
		for _, m := range regexp.MustCompile(c.declared).FindAllStringSubmatch(read(t, c.file), -1) {
			declared = append(declared, m[1])
		}
		if !slices.Equal(declared, c.listed) {
			t.Errorf("%s declares %v, and lists %v", c.file, declared, c.listed)
		}
	}
}

// TestRulesAsPrometheusReadsThem runs promtool, where there is one. Elsewhere nothing reads the expressions whole: what is sure is that
// they name metrics, labels and values that the server has.
func TestRulesAsPrometheusReadsThem(t *testing.T) {
	promtool := installed("promtool")
	if promtool == "" {
		t.Skip("NOT CHECKED by Prometheus itself: no promtool here (Debian has it in the package prometheus)")
	}
	for _, args := range [][]string{{"check", "rules", "prometheus/alerts.yaml"}, {"check", "config", "prometheus/prometheus.yml"}} {
		if out, err := run(t, nil, append([]string{promtool}, args...)...); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

// TestEveryAlertHasASection: its runbook leads to a heading of both languages, and no section is of an alert that is gone.
func TestEveryAlertHasASection(t *testing.T) {
	heading := regexp.MustCompile(`(?m)^#+ (Towncrier\w+)$`)
	var names []string
	for _, r := range alertRules(t) {
		names = append(names, r.Alert)
		if want := "docs/operate.md#" + strings.ToLower(r.Alert); r.Annotations["runbook"] != want {
			t.Errorf("%s: its runbook is %q, want %q", r.Alert, r.Annotations["runbook"], want)
		}
	}
	for _, page := range []string{"../docs/operate.md", "../docs/operate.zh-CN.md"} {
		var sections []string
		for _, m := range heading.FindAllStringSubmatch(read(t, page), -1) {
			sections = append(sections, m[1])
		}
		if !slices.Equal(sections, names) {
			t.Errorf("%s has sections %v, and the alerts are %v", page, sections, names)
		}
	}
}
