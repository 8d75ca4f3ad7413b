package city

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"towncrier/content"
)

// A withdrawal is a stop button: it holds within seconds, whatever else is wrong in the folder.
func TestAWithdrawalHoldsInAFaultyFolder(t *testing.T) {
	write := func(w *watched, file, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(w.dir, file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, spoil := range map[string]func(w *watched){
		"a figure that nothing prints": func(w *watched) { w.edit("intents/water.stop.yaml", "answer: ", "answer: 4711户。") },
		"no YAML":                      func(w *watched) { write(w, "intents/water.stop.yaml", "x: [") },
		"half saved":                   func(w *watched) { write(w, "city.yaml", "name: 示") },
		"not text":                     func(w *watched) { write(w, "contacts.yaml", "\xff\xfe\x00") },
		"cannot be read": func(w *watched) {
			path := filepath.Join(w.dir, "contacts.yaml")
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(path, 0o755); err != nil {
				t.Fatal(err)
			}
		},
		"the notice itself is half saved": func(w *watched) {
			write(w, "notices/L1.md", "---\r\nid: L1\r\nstatus: withdrawn\r\nheadl")
		},
		"the notice itself has a wrong date": func(w *watched) { w.edit("notices/L1.md", "date: 2030-04-20", "date: 2030-04-31") },
	} {
		t.Run(name, func(t *testing.T) {
			watch(t, func(w *watched) {
				before := w.live.Current()
				w.edit("notices/L1.md", "status: in_force", "status: withdrawn # 错了")
				spoil(w)
				w.polls(3)
				now := w.live.Current()
				if now.Library.Notices["L1"].Status != content.Withdrawn {
					t.Fatalf("L1 is %s\n%s", now.Library.Notices["L1"].Status, w.written())
				}
				card, _ := now.Card("library.hours", fresh)
				if text, _ := now.Render(card); !strings.Contains(text, "已经撤回") || strings.Contains(text, "9时") {
					t.Errorf("still answered: %s", text)
				}
				if before.Library.Notices["L1"].Status != content.InForce {
					t.Error("the city that others hold was changed")
				}
				if told := w.reloads(); len(told) != 1 || told[0].ok {
					t.Errorf("told %+v, want one refusal", told)
				}
				if log := w.written(); !strings.Contains(log, "notice withdrawn although") || !strings.Contains(log, "L1") {
					t.Errorf("the log does not tell:\n%s", log)
				}
				for id, n := range now.Library.Notices {
					if id != "L1" && n != before.Library.Notices[id] {
						t.Errorf("%s was taken from a refused folder", id)
					}
				}
			})
		})
	}
}

func TestWithdrawnIn(t *testing.T) {
	for text, want := range map[string]bool{
		"---\nid: A\nstatus: withdrawn\n---\n1. x\n":                    true,
		"---\nid: A\nstatus: \"withdrawn\"   # why\n---\n":              true,
		"\ufeff---\r\nid: A\r\nstatus:   withdrawn\r\n---\r\n1. x\r\n":  true,
		"---\rid: A\rstatus: withdrawn\r---\r":                          true,
		"id: A\nstatus: withdrawn":                                      true,
		"---\nid: [A\nstatus: withdrawn\nheadline: '\n":                 true,
		"---\nid: A\nstatus: in_force\n---\n1. x\nstatus: withdrawn\n":  false,
		"---\nid: A\nstatus: in_force\n1. x\nstatus: withdrawn\n":       false,
		"---\nid: A\n# status: withdrawn\nstatus: in_force\n---\n1. x":  false,
		"---\nid: A\nstatus: withdrawn_later\n---\n":                    false,
		"---\nid: A\nheadline: status: withdrawn\nstatus: superseded\n": false,
		"---\nid: A\nstatus: withdr":                                    false,
		"":                                                              false,
	} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "notices"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "notices", "A.md"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := slices.Contains(content.WithdrawnIn(os.DirFS(dir)), "A"); got != want {
			t.Errorf("%q: %t, want %t", text, got, want)
		}
	}
}

// One slip is one fault: what rests on a faulty file is not judged against it.
func TestOneSlipIsOneFault(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, dir string){
		"notices/L1.md": func(t *testing.T, dir string) {
			change(t, dir, "notices/L1.md", "date: 2030-04-20", "date: 2030-04-31")
		},
		"notices/L1.md:": func(t *testing.T, dir string) { change(t, dir, "notices/L1.md", "id: L1", "id L1") },
		"contacts.yaml":  func(t *testing.T, dir string) { change(t, dir, "contacts.yaml", "- id", "- id: [\n- id") },
		"intents/library.card.yaml": func(t *testing.T, dir string) {
			change(t, dir, "intents/library.card.yaml", "answer:", "answer: [\nanswer:")
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, town(t)); err != nil {
				t.Fatal(err)
			}
			spoil(t, dir)
			c, problems := Load(os.DirFS(dir), fresh)
			if c != nil || problems.Faults() != 1 || problems[0].Warning || problems[0].File != strings.TrimSuffix(name, ":") {
				t.Errorf("want the one fault of %s first, have\n%v", name, problems)
			}
		})
	}
}

func change(t *testing.T, dir, file, old, new string) {
	t.Helper()
	path := filepath.Join(dir, file)
	data, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(data), old) {
		t.Fatalf("%s does not hold %q: %v", file, old, err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(data), old, new, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Danger is not where people are sent with a question that nobody answers any more.
func TestWithdrawnSendsToTheGeneralContact(t *testing.T) {
	c, problems := Load(content.Embedded(), fresh)
	if c == nil {
		t.Fatal(problems)
	}
	c = c.Withdraw([]string{"N2"})
	card, _ := c.Card("dog.leash", fresh)
	text, _ := c.Render(card)
	if !strings.Contains(text, "需要时请拨打政务服务便民热线12345。") || !strings.Contains(text, "正在发生危险的，请马上拨打公安报警电话110。") {
		t.Error(text)
	}
	if len(card.Related) > 0 {
		t.Errorf("what is withdrawn with it is offered: %v", card.Related)
	}
	if c.Withdraw([]string{"N2", "nosuch"}) != c {
		t.Error("withdrawing again changes the city")
	}
}
