package revision_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"towncrier/problem"
	"towncrier/revision"
)

// TestTwoAuthorsOfOneListOfEntries: entries of both are merged, and the one that both changed is named, until the author says whose holds. A change of more
// than entries is a conflict of the file, as it is of any other.
func TestTwoAuthorsOfOneListOfEntries(t *testing.T) {
	const contacts, office = "contacts.yaml", "contacts.yaml#office"
	d := open(t)
	mine, theirs := d.draft("甲"), d.draft("乙")
	d.replace("wang", mine.ID, contacts, "咨询、反映问题", "咨询")
	d.replace("sun", theirs.ID, contacts, "水管爆裂", "水管爆裂、停水")
	d.publish(theirs.ID)
	if _, err := d.Rebase(t.Context(), "wang", mine.ID, revision.Choice{}); err != nil {
		t.Fatal(err)
	}
	if text := string(d.text(mine.ID, contacts)); !strings.Contains(text, "for: 咨询\n") || !strings.Contains(text, "水管爆裂、停水") {
		t.Errorf("entries were lost:\n%s", text)
	}

	both := d.draft("丙")
	d.replace("sun", both.ID, contacts, "咨询、反映问题", "反映问题")
	d.publish(both.ID)
	named := func(want string) {
		t.Helper()
		_, err := d.Rebase(t.Context(), "wang", mine.ID, revision.Choice{})
		if conflict, ok := errors.AsType[*revision.MergeError](err); !ok || !slices.Equal(conflict.Paths, []string{want}) {
			t.Fatalf("%v, want a conflict of %s", err, want)
		}
	}
	named(office)
	if _, err := d.Rebase(t.Context(), "wang", mine.ID, revision.Choice{Keep: []string{office}}); err != nil {
		t.Fatal(err)
	}
	if text := string(d.text(mine.ID, contacts)); !strings.Contains(text, "for: 咨询\n") || !strings.Contains(text, "水管爆裂、停水") {
		t.Errorf("entries were lost:\n%s", text)
	}

	theirsToo := d.draft("午")
	d.replace("sun", theirsToo.ID, contacts, "for: 反映问题", "for: 投诉")
	d.publish(theirsToo.ID)
	named(office)
	var twice *problem.Invalid
	if _, err := d.Rebase(t.Context(), "wang", mine.ID, revision.Choice{Keep: []string{office}, Take: []string{office}}); !errors.As(err, &twice) || twice.Field != "take" {
		t.Errorf("%v", err)
	}
	d.replace("wang", mine.ID, contacts, "水管爆裂、停水", "水管爆裂、没有水")
	if _, err := d.Rebase(t.Context(), "wang", mine.ID, revision.Choice{Take: []string{office}}); err != nil {
		t.Fatal(err)
	}
	if text := string(d.text(mine.ID, contacts)); !strings.Contains(text, "for: 投诉\n") || !strings.Contains(text, "没有水") {
		t.Errorf("the colleague's entry, or one's own, was lost:\n%s", text)
	}

	more := d.draft("丁")
	d.replace("sun", more.ID, contacts, "水管爆裂、停水", "水管爆裂")
	d.publish(more.ID)
	d.replace("wang", mine.ID, contacts, "- id: repair", "# 夜间也有人\n- id: repair")
	named(contacts)
}
