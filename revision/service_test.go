package revision_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/content"
	"towncrier/problem"
	"towncrier/revision"
)

func hexOf(hash []byte) string { return hex.EncodeToString(hash) }

const (
	library = "notices/L1.md"
	hours   = "intents/library.hours.yaml"
)

// TestPublishedByASecondPerson: what one person writes another publishes, as it was looked at, and the folder before it is kept.
func TestPublishedByASecondPerson(t *testing.T) {
	d := open(t)
	before := d.inForce()
	draft := d.draft("图书屋增加图书")
	d.replace("wang", draft.ID, library, "1200册", "1300册")
	d.replace("zhao", draft.ID, hours, "1200册", "1300册")
	sent, err := d.Submit(t.Context(), "sun", draft.ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	hash := hexOf(sent.Hash)
	for name, c := range map[string]struct {
		by, hash string
		want     error
	}{
		"the author":         {"wang", hash, revision.ErrOwn},
		"who changed it too": {"zhao", hash, revision.ErrOwn},
		"who submitted it":   {"sun", hash, revision.ErrOwn},
		"too few digits":     {"li", hash[:revision.MinHash-1], revision.ErrHash},
		"other digits":       {"li", strings.Repeat("0", 64), revision.ErrHash},
		"no digits":          {"li", "", revision.ErrHash},
	} {
		if _, err := d.Publish(t.Context(), c.by, draft.ID, c.hash); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if head, _, _ := d.Head(t.Context()); head.Number != 0 {
		t.Fatalf("revision %d came of refusals", head.Number)
	}
	r, err := d.Publish(t.Context(), "li", draft.ID, strings.ToUpper(hash[:revision.MinHash]))
	if err != nil {
		t.Fatal(err)
	}
	if r.Number != 2 || r.Kind != revision.Published || r.Author != "wang" || r.Approver != "li" {
		t.Errorf("%+v", r)
	}
	if !strings.Contains(string(d.inForce()[library]), "1300册") {
		t.Error("the change is not in force")
	}
	one, err := d.store.Revision(t.Context(), 1)
	if err != nil || one.Kind != revision.Taken || one.Folder != before.Digest() {
		t.Errorf("what was before: %+v, %v", one, err)
	}
	if _, err := d.Put(t.Context(), "wang", draft.ID, library, nil, ""); !isStatus(err, revision.Done) {
		t.Errorf("a published draft was changed: %v", err)
	}
}

func isStatus(err error, status revision.Status) bool {
	e, ok := errors.AsType[*revision.StatusError](err)
	return ok && e.Status == status
}

// TestAChangeTakesTheSubmissionBack: what an approver looked at is not what they would publish.
func TestAChangeTakesTheSubmissionBack(t *testing.T) {
	d := open(t)
	draft := d.draft("改")
	d.replace("wang", draft.ID, library, "1200册", "1300册")
	d.replace("wang", draft.ID, hours, "1200册", "1300册")
	sent := d.submit(draft.ID)
	d.replace("zhao", draft.ID, library, "1300册", "1400册")
	if _, err := d.Publish(t.Context(), "li", draft.ID, hexOf(sent.Hash)); !isStatus(err, revision.Open) {
		t.Errorf("%v, want that it is a draft again", err)
	}
	d.replace("zhao", draft.ID, hours, "1300册", "1400册")
	if again := d.submit(draft.ID); hexOf(again.Hash) == hexOf(sent.Hash) {
		t.Error("another text has the same hash")
	}
	if _, err := d.Publish(t.Context(), "li", draft.ID, hexOf(sent.Hash)); !errors.Is(err, revision.ErrHash) {
		t.Errorf("%v, want ErrHash", err)
	}
	back, err := d.Return(t.Context(), "li", draft.ID, " 请写明来源 ")
	if err != nil || back.Status != revision.Open || back.Why != "请写明来源" || back.Hash != nil {
		t.Errorf("%+v, %v", back, err)
	}
}

// TestFaultsKeepADraftADraft: what would not load is not submitted, and says with file and line what is wrong.
func TestFaultsKeepADraftADraft(t *testing.T) {
	d := open(t)
	draft := d.draft("改")
	if _, err := d.Submit(t.Context(), "wang", draft.ID, nil); !errors.Is(err, revision.ErrEmpty) {
		t.Errorf("%v, want ErrEmpty", err)
	}
	d.replace("wang", draft.ID, hours, "1200册", "1300册")
	_, err := d.Submit(t.Context(), "wang", draft.ID, nil)
	faults, ok := errors.AsType[*revision.FaultsError](err)
	if !ok || !faults.Problems.In(hours) {
		t.Fatalf("%v, want a fault of %s", err, hours)
	}
	if kept, err := d.store.Draft(t.Context(), draft.ID); err != nil || kept.Status != revision.Open || len(kept.Changes) != 1 {
		t.Errorf("%+v, %v", kept, err)
	}
}

// TestBadInputNamesTheField: with what would be right.
func TestBadInputNamesTheField(t *testing.T) {
	d := open(t)
	draft := d.draft("改")
	put := func(path string, text []byte) error {
		_, err := d.Put(t.Context(), "wang", draft.ID, path, text, "")
		return err
	}
	for name, c := range map[string]struct {
		err   error
		field string
	}{
		"no title":      {second(d.Draft(t.Context(), "wang", " \n")), "title"},
		"a long title":  {second(d.Draft(t.Context(), "wang", strings.Repeat("长", 61))), "title"},
		"two lines":     {second(d.Draft(t.Context(), "wang", "改\n错字")), "title"},
		"right to left": {second(d.Draft(t.Context(), "wang", "改\u202e错字")), "title"},
		"a number":      {second(d.Draft(t.Context(), "wang", "改19900001234的错字")), "title"},
		"20 MB of text": {put("notices/X.md", make([]byte, 20<<20)), "text"},
		"up the tree":   {put("../passwd", nil), "path"},
		"rooted":        {put("/etc/passwd", nil), "path"},
		"hidden":        {put("notices/.md", nil), "path"},
		"another kind":  {put("notices/X.yaml", nil), "path"},
		"a folder":      {put("notices", nil), "path"},
		"deeper":        {put("notices/a/X.md", nil), "path"},
		"control":       {put("notices/X\x00.md", nil), "path"},
		"other case":    {put("notices/l1.md", nil), "files"},
		"no width":      {put("notices/X\u200b.md", nil), "path"},
		"decomposed":    {put("tables/e\u0301.csv", nil), "path"},
		"a drive":       {put("notices/C:X.md", nil), "path"},
		"many files":    {second(d.Import(t.Context(), "wang", "多", folderOf(revision.MaxFiles+1, nil))), "files"},
		"40 MiB":        {second(d.Import(t.Context(), "wang", "大", folderOf(40, make([]byte, 1<<20)))), "files"},
		"no reason":     {second(d.Return(t.Context(), "li", draft.ID, " ")), "why"},
		"two reasons":   {second(d.Return(t.Context(), "li", draft.ID, "错字\n漏字")), "why"},
		"whose number":  {second(d.Return(t.Context(), "li", draft.ID, "请打19900001234")), "why"},
		"no successor":  {second(d.Withdraw(t.Context(), "wang", "L1", "L9")), "successor"},
		"itself":        {second(d.Withdraw(t.Context(), "wang", "L1", "L1")), "successor"},
		"a path":        {second(d.Withdraw(t.Context(), "wang", "L1", "x/../W1")), "successor"},
	} {
		if invalid, ok := errors.AsType[*problem.Invalid](c.err); !ok || invalid.Field != c.field {
			t.Errorf("%s: %v, want a fault of %s", name, c.err, c.field)
		}
	}
	if _, err := d.Withdraw(t.Context(), "wang", "L9", ""); !errors.Is(err, problem.ErrNotFound) {
		t.Errorf("%v, want that there is no such notice", err)
	}
}

// folderOf is a folder of n files.
func folderOf(n int, text []byte) revision.Folder {
	f := revision.Folder{}
	for i := range n {
		f[fmt.Sprintf("notices/X%d.md", i)] = text
	}
	return f
}

func second[T any](_ T, err error) error { return err }

// TestTwoAuthors: who writes over what they have not seen is shown both texts, and the draft keeps what it had.
func TestTwoAuthors(t *testing.T) {
	d := open(t)
	draft := d.draft("改")
	seen := revision.DigestOf(d.text(draft.ID, library))
	d.replace("wang", draft.ID, library, "1200册", "1300册")
	yours := []byte("另一份")
	_, err := d.Put(t.Context(), "zhao", draft.ID, library, yours, seen)
	both, ok := errors.AsType[*revision.ConflictError](err)
	if !ok || string(both.Yours) != string(yours) || !strings.Contains(string(both.Theirs), "1300册") {
		t.Fatalf("%v, want both texts", err)
	}
	if !strings.Contains(string(d.text(draft.ID, library)), "1300册") {
		t.Error("the first text is lost")
	}
	if _, err := d.Remove(t.Context(), "zhao", draft.ID, library, seen); err == nil {
		t.Error("a file was taken away that somebody had changed")
	}
	d.replace("zhao", draft.ID, hours, "1200册", "1300册") // another file is nobody's but theirs
	same := d.text(draft.ID, library)
	if _, err := d.Put(t.Context(), "zhao", draft.ID, library, same, seen); err != nil {
		t.Errorf("the same text twice: %v", err)
	}
}

// TestStaleDraftIsMerged: after another publication a draft goes on where nobody else wrote, and asks where they did.
func TestStaleDraftIsMerged(t *testing.T) {
	d := open(t)
	mine, theirs, both := d.draft("我的"), d.draft("别人的"), d.draft("两边都改")
	d.replace("wang", mine.ID, "contacts.yaml", "name: ", "name: 新")
	d.replace("wang", both.ID, hours, "几点开门", "几时开门")
	d.replace("wang", theirs.ID, library, "1200册", "1300册")
	d.replace("wang", theirs.ID, hours, "1200册", "1300册")
	sent := d.submit(mine.ID)
	d.publish(theirs.ID)

	if _, err := d.Publish(t.Context(), "li", mine.ID, hexOf(sent.Hash)); !isStale(err) {
		t.Fatalf("%v, want StaleError", err)
	}
	if _, err := d.Rebase(t.Context(), "wang", mine.ID, revision.Choice{}); err != nil {
		t.Fatal(err)
	}
	d.publish(mine.ID)
	if f := d.inForce(); !strings.Contains(string(f[library]), "1300册") || !strings.Contains(string(f["contacts.yaml"]), "name: 新") {
		t.Error("one of the two changes is lost")
	}

	_, err := d.Rebase(t.Context(), "wang", both.ID, revision.Choice{})
	conflict, ok := errors.AsType[*revision.MergeError](err)
	if !ok || !slices.Equal(conflict.Paths, []string{hours}) {
		t.Fatalf("%v, want a conflict of %s", err, hours)
	}
	if _, err := d.Rebase(t.Context(), "wang", both.ID, revision.Choice{Keep: []string{hours}}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(d.text(both.ID, hours)), "几时开门") {
		t.Error("the text that was to be kept is lost")
	}
}

func isStale(err error) bool {
	_, ok := errors.AsType[*revision.StaleError](err)
	return ok
}

// TestWithdrawnAtOnce: by one person, whatever is in draft; and only that notice's file changes.
func TestWithdrawnAtOnce(t *testing.T) {
	d := open(t)
	before := d.inForce()
	draft := d.draft("改")
	d.replace("wang", draft.ID, library, "1200册", "1300册")
	d.replace("wang", draft.ID, hours, "1200册", "1300册")
	sent := d.submit(draft.ID)
	r, err := d.Withdraw(t.Context(), "wang", "L1", "W1")
	if err != nil || r.Kind != revision.Withdrawn || r.Notice != "L1" || r.Next != "W1" || r.Approver != "" {
		t.Fatalf("%+v, %v", r, err)
	}
	now := d.inForce()
	changes := before.Changes(now)
	if len(changes) != 1 || changes[0].Path != library || !slices.Equal(content.WithdrawnIn(now.FS()), []string{"L1"}) {
		t.Errorf("%+v", changes)
	}
	if problems := d.Judge(now.FS()); problems.Faults() > 0 {
		t.Error(problems)
	}
	if _, err := d.Withdraw(t.Context(), "li", "L1", ""); !errors.Is(err, revision.ErrIsWithdrawn) {
		t.Errorf("%v, want ErrIsWithdrawn", err)
	}
	// The draft on the folder before it does not bring the notice back.
	if _, err := d.Publish(t.Context(), "li", draft.ID, hexOf(sent.Hash)); !isStale(err) {
		t.Errorf("%v, want StaleError", err)
	}
	if _, err := d.Rebase(t.Context(), "wang", draft.ID, revision.Choice{Keep: []string{library}}); err != nil {
		t.Fatal(err)
	}
	_, err = d.Submit(t.Context(), "wang", draft.ID, nil)
	if invalid, ok := errors.AsType[*problem.Invalid](err); !ok || invalid.Field != "reinstate" || !strings.Contains(invalid.Reason, "L1") {
		t.Errorf("%v, want that L1 is named", err)
	}
}

// TestWithdrawalIsUndone: by another person, within the hour, byte for byte.
func TestWithdrawalIsUndone(t *testing.T) {
	d := open(t)
	before := d.inForce()
	withdraw := func() {
		t.Helper()
		if _, err := d.Withdraw(t.Context(), "wang", "L1", ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Reinstate(t.Context(), "li", "L1"); !errors.Is(err, revision.ErrNotWithdrawn) {
		t.Errorf("%v, want ErrNotWithdrawn", err)
	}
	withdraw()
	if _, err := d.Withdraw(t.Context(), "wang", "W1", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Reinstate(t.Context(), "wang", "L1"); !errors.Is(err, revision.ErrSelf) {
		t.Errorf("%v, want ErrSelf", err)
	}
	d.pass(revision.UndoWithin)
	r, err := d.Reinstate(t.Context(), "li", "L1")
	if err != nil || r.Kind != revision.Reinstated || r.Author != "wang" || r.Approver != "li" {
		t.Fatalf("%+v, %v", r, err)
	}
	if got := d.inForce(); string(got[library]) != string(before[library]) || !slices.Equal(content.WithdrawnIn(got.FS()), []string{"W1"}) {
		t.Errorf("L1 is\n%s", got[library])
	}
	withdraw()
	d.pass(revision.UndoWithin + time.Second)
	if _, err := d.Reinstate(t.Context(), "li", "L1"); !errors.Is(err, revision.ErrLate) {
		t.Errorf("%v, want ErrLate", err)
	}
}

// TestRollBackKeepsWhatIsWithdrawn: a notice that is newer than what is returned to, and one that names a successor that is.
func TestRollBackKeepsWhatIsWithdrawn(t *testing.T) {
	d := open(t)
	draft := d.draft("新公告")
	text := strings.NewReplacer("id: W1", "id: W2").Replace(string(d.inForce()["notices/W1.md"]))
	if _, err := d.Put(t.Context(), "wang", draft.ID, "notices/W2.md", []byte(text), ""); err != nil {
		t.Fatal(err)
	}
	d.publish(draft.ID)
	for _, w := range [][2]string{{"W1", "W2"}, {"W2", "L1"}} {
		if _, err := d.Withdraw(t.Context(), "wang", w[0], w[1]); err != nil {
			t.Fatal(err)
		}
	}
	back, err := d.RollBack(t.Context(), "wang", 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	d.publish(back.ID)
	if got := content.WithdrawnIn(d.inForce().FS()); !slices.Equal(got, []string{"W1", "W2"}) {
		t.Errorf("%v are withdrawn", got)
	}
}

// TestWithdrawnNoticeMayBeRemoved: another city's folder does not have it. Whoever returns to before that does not bring it back unseen.
func TestWithdrawnNoticeMayBeRemoved(t *testing.T) {
	d := open(t)
	without := d.inForce()
	draft := d.draft("新公告")
	text := strings.NewReplacer("id: W1", "id: W2").Replace(string(without["notices/W1.md"]))
	if _, err := d.Put(t.Context(), "wang", draft.ID, "notices/W2.md", []byte(text), ""); err != nil {
		t.Fatal(err)
	}
	in := d.publish(draft.ID)
	if _, err := d.Withdraw(t.Context(), "wang", "W2", ""); err != nil {
		t.Fatal(err)
	}
	draft, err := d.Import(t.Context(), "wang", "换内容", without)
	if err != nil {
		t.Fatal(err)
	}
	d.publish(draft.ID)
	if left := without.Changes(d.inForce()); len(left) > 0 {
		t.Fatalf("%v differs from what was imported", left)
	}
	back, err := d.RollBack(t.Context(), "wang", in.Number, nil)
	if err != nil {
		t.Fatal(err)
	}
	d.publish(back.ID)
	if got := content.WithdrawnIn(d.inForce().FS()); !slices.Equal(got, []string{"W2"}) {
		t.Errorf("%v are withdrawn", got)
	}
}

// TestRollBackRestoresEveryByte: but for what was withdrawn since, which is brought back only by name.
func TestRollBackRestoresEveryByte(t *testing.T) {
	d := open(t)
	first := d.inForce()
	draft := d.draft("改")
	d.replace("wang", draft.ID, library, "1200册", "1300册")
	d.replace("wang", draft.ID, hours, "1200册", "1300册")
	d.publish(draft.ID)
	back, err := d.RollBack(t.Context(), "wang", 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := d.publish(back.ID)
	if r.Kind != revision.RolledBack || r.Back != 1 || len(first.Changes(d.inForce())) > 0 {
		t.Errorf("%+v leaves %v", r, first.Changes(d.inForce()))
	}

	if _, err := d.Withdraw(t.Context(), "wang", "L1", ""); err != nil {
		t.Fatal(err)
	}
	draft = d.draft("再改")
	d.replace("wang", draft.ID, "intents/water.stop.yaml", "什么时候停水、停哪里", "停水停到几点")
	d.publish(draft.ID)
	back, err = d.RollBack(t.Context(), "wang", 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	d.publish(back.ID)
	if left := first.Changes(d.inForce()); len(left) != 1 || left[0].Path != library || !slices.Equal(content.WithdrawnIn(d.inForce().FS()), []string{"L1"}) {
		t.Fatalf("%v differs: want that L1 stays withdrawn, and nothing else", left)
	}
	back, err = d.RollBack(t.Context(), "wang", 1, []string{"L1"})
	if err != nil {
		t.Fatal(err)
	}
	d.publish(back.ID)
	if left := first.Changes(d.inForce()); len(left) > 0 {
		t.Errorf("%v differs", left)
	}
	if _, err := d.RollBack(t.Context(), "wang", 99, nil); !errors.Is(err, revision.ErrNoRevision) {
		t.Errorf("%v, want ErrNoRevision", err)
	}
}
