package revision_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"towncrier/content"
	"towncrier/revision"
)

const waterpoints = "tables/waterpoints.csv"

// TestTwoAuthorsOfOneTable: rows of both are merged, and the row that both changed is named, until the author says whose holds.
func TestTwoAuthorsOfOneTable(t *testing.T) {
	d := open(t)
	mine, theirs := d.draft("甲"), d.draft("乙")
	d.replace("wang", mine.ID, waterpoints, "9时至17时", "9时至16时")
	d.replace("sun", theirs.ID, waterpoints, "8时至18时", "8时至17时")
	d.publish(theirs.ID)
	if _, err := d.Rebase(t.Context(), "wang", mine.ID, revision.Choice{}); err != nil {
		t.Fatal(err)
	}
	if text := string(d.text(mine.ID, waterpoints)); !strings.Contains(text, "9时至16时") || !strings.Contains(text, "8时至17时") {
		t.Errorf("rows were lost:\n%s", text)
	}

	both := d.draft("丙")
	d.replace("sun", both.ID, waterpoints, "8时至17时", "7时至17时")
	d.replace("wang", mine.ID, waterpoints, "8时至17时", "全天")
	d.publish(both.ID)
	_, err := d.Rebase(t.Context(), "wang", mine.ID, revision.Choice{})
	const row = waterpoints + "#槐树取水点"
	if conflict, ok := errors.AsType[*revision.MergeError](err); !ok || !slices.Equal(conflict.Paths, []string{row}) {
		t.Fatalf("%v, want a conflict of %s", err, row)
	}
	if _, err := d.Rebase(t.Context(), "wang", mine.ID, revision.Choice{Keep: []string{row}}); err != nil {
		t.Fatal(err)
	}
	if text := string(d.text(mine.ID, waterpoints)); !strings.Contains(text, "全天") || !strings.Contains(text, "9时至16时") {
		t.Errorf("rows were lost:\n%s", text)
	}
}

// TestTheColleaguesText counts where the author says so: of a row, and of a file.
func TestTheColleaguesText(t *testing.T) {
	d := open(t)
	mine, theirs := d.draft("甲"), d.draft("乙")
	d.replace("wang", mine.ID, waterpoints, "8时至18时", "全天")
	d.replace("wang", mine.ID, waterpoints, "9时至17时", "9时至16时")
	d.replace("wang", mine.ID, library, "柳巷图书屋试开放", "柳巷图书屋开放")
	d.replace("sun", theirs.ID, waterpoints, "8时至18时", "7时至17时")
	d.replace("sun", theirs.ID, library, "柳巷图书屋试开放", "柳巷图书屋试开放公告")
	inForce := d.text(theirs.ID, library)
	d.publish(theirs.ID)
	if _, err := d.Rebase(t.Context(), "wang", mine.ID, revision.Choice{Take: []string{library, waterpoints + "#槐树取水点"}}); err != nil {
		t.Fatal(err)
	}
	if text := string(d.text(mine.ID, waterpoints)); !strings.Contains(text, "7时至17时") || !strings.Contains(text, "9时至16时") {
		t.Errorf("rows were lost:\n%s", text)
	}
	if text := d.text(mine.ID, library); string(text) != string(inForce) {
		t.Errorf("%s", text)
	}
}

// TestHandedInRowsAreOneDraft of the committee's, on what is in force, whatever was published or added meanwhile.
func TestHandedInRowsAreOneDraft(t *testing.T) {
	d := open(t)
	handIn := func(by, committee, row string) (revision.Draft, error) {
		return d.HandIn(t.Context(), by, revision.Rows{Committee: committee, Title: "填报", Path: waterpoints,
			Own: func(there revision.Folder) (names []string) {
				table, _ := content.ReadTable(waterpoints, there[waterpoints])
				for _, r := range table.Rows {
					if r.Values["source"] == committee {
						names = append(names, r.Values["name"])
					}
				}
				return names
			},
			Write: func(there revision.Folder) ([]byte, error) {
				text := string(there[waterpoints])
				if at := strings.Index(text, "\n"+committee+"点,"); at >= 0 {
					end := at + 1 + strings.Index(text[at+1:], "\n")
					text = text[:at] + text[end:]
				}
				return []byte(text + committee + "点,,," + row + "," + committee + "\n"), nil
			}})
	}
	must := func(draft revision.Draft, err error) revision.Draft {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return draft
	}
	first := must(handIn("sun", "C01", "全天"))
	other := must(handIn("qian", "C02", "全天"))
	if first.Committee != "C01" || first.ID == other.ID || len(first.Changes) != 1 {
		t.Fatalf("%+v and %+v", first, other)
	}
	d.publish(other.ID)
	d.replace("wang", first.ID, waterpoints, "戏台西侧", "戏台东侧") // an author mends something in it
	again := must(handIn("zhou", "C01", "半天"))
	text := string(d.text(again.ID, waterpoints))
	if again.ID != first.ID || !slices.Equal(again.Editors, []string{"sun", "wang", "zhou"}) || strings.Count(text, "C01点,,,半天") != 1 || strings.Contains(text, "C01点,,,全天") ||
		!strings.Contains(text, "C02点,,,全天") || !strings.Contains(text, "戏台东侧") {
		t.Errorf("%+v\n%s", again, text)
	}
	d.publish(again.ID)
	if next := must(handIn("sun", "C01", "")); next.ID == first.ID {
		t.Error("rows were put into what is published")
	}
}
