package city

import (
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"towncrier/content"
	"towncrier/problem"
)

// embedded is loaded once for all tests that only read it: under the race detector its training takes seconds.
var embedded = sync.OnceValues(func() (*City, problem.List) {
	return Load(content.Embedded(), time.Date(2023, time.November, 20, 0, 0, 0, 0, time.UTC))
})

func TestEmbeddedCityHasNoFaults(t *testing.T) {
	if c, problems := embedded(); c == nil || problems.Faults() > 0 {
		t.Fatal(problems)
	}
}

// Every topic of the embedded city is answered, and its answer states what the notice prints, to the letter.
func TestEmbeddedAnswersStateTheFacts(t *testing.T) {
	data, err := os.ReadFile("testdata/topics.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var topics map[string][]string
	if err := yaml.Unmarshal(data, &topics); err != nil {
		t.Fatal(err)
	}
	c, problems := embedded()
	if c == nil {
		t.Fatal(problems)
	}
	for id, says := range topics {
		card, ok := c.Card(id, time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC))
		if !ok {
			t.Errorf("nothing answers %s", id)
			continue
		}
		for _, fact := range says {
			if !strings.Contains(card.Body, fact) {
				t.Errorf("the answer of %s does not state %q", id, fact)
			}
		}
		if len(says) > 0 && card.Freshness == "" {
			t.Errorf("the answer of %s does not tell that it is stale", id)
		}
	}
	for id := range c.Intents {
		if _, ok := topics[id]; !ok {
			t.Errorf("%s is answered, but no topic of the contract", id)
		}
	}
}

// An answer from papers that print no year says once that the year is inferred.
func TestInferredYearIsMarkedOnceAnAnswer(t *testing.T) {
	c, problems := embedded()
	if c == nil {
		t.Fatal(problems)
	}
	marked := 0
	for id := range c.Intents {
		card, _ := c.Card(id, time.Date(2023, time.November, 20, 0, 0, 0, 0, time.UTC))
		text, _ := c.Render(card)
		n := strings.Count(text, "推定")
		if inferred := card.Cites != nil && c.Library.Notices[card.Cites[0].Notice].YearInferred; inferred && n != 1 {
			t.Errorf("%s says it %d times: %s", id, n, text)
		} else if inferred {
			marked++
		}
	}
	if marked == 0 {
		t.Error("no answer rests on a paper without a year")
	}
}
