package store_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"towncrier/inbox"
	"towncrier/seal"
	"towncrier/store"
	"towncrier/store/storetest"
)

// A test binary that finds these in its environment files tickets, changes the finding key, or marks a database as put back, until it is killed.
const (
	childDatabase = "TOWNCRIER_TEST_DATABASE"
	childKey      = "TOWNCRIER_TEST_KEY"
	childRotates  = "TOWNCRIER_TEST_ROTATES"
	childMarks    = "TOWNCRIER_TEST_MARKS"
)

func TestMain(m *testing.M) {
	if setting := os.Getenv(childDatabase); setting != "" {
		work := fileForEver
		if os.Getenv(childRotates) != "" {
			work = rotateForEver
		}
		if os.Getenv(childMarks) != "" {
			work = markUntilRead
		}
		fmt.Fprintln(os.Stderr, work(setting))
		os.Exit(1)
	}
	// Random walks over two databases, under the race detector: 20 of each are what a run of every test has time for.
	// -rapid.checks takes more.
	if err := flag.Set("rapid.checks", "20"); err != nil {
		panic(err)
	}
	os.Exit(storetest.Run(m))
}

func childBox() (*seal.Sealer, error) {
	key, err := seal.ParseKey(os.Getenv(childKey))
	if err != nil {
		return nil, err
	}
	return seal.New(key)
}

// rotateForEver prints a line in the middle of changing the finding key, and stays there.
func rotateForEver(setting string) error {
	sealer, err := childBox()
	if err != nil {
		return err
	}
	_, err = store.RotateFinding(context.Background(), setting, sealer, rotation(noon), func(r store.Refound) {
		if r.Seen == r.Total {
			fmt.Println(r.Seen)
			select {}
		}
	})
	return err
}

// fileForEver prints a number once its ticket is kept.
func fileForEver(setting string) error {
	sealer, err := childBox()
	if err != nil {
		return err
	}
	ctx := context.Background()
	db, err := store.Open(ctx, setting, sealer)
	if err != nil {
		return err
	}
	for {
		ticket, err := db.Inbox().Add(ctx, inbox.Filing{From: resident, Kind: inbox.Question, Text: "问题", At: noon}, "", noon)
		if err != nil {
			return err
		}
		fmt.Println(ticket.Number)
	}
}

// TestKilledProcesses kills processes while they write beside this one: every number that they printed is kept, none
// was given twice, and the database goes on.
func TestKilledProcesses(t *testing.T) {
	for name, fresh := range databases {
		t.Run(name, func(t *testing.T) {
			setting, key := fresh(t), seal.NewKey()
			sealer, err := seal.New(key)
			if err != nil {
				t.Fatal(err)
			}
			db := storetest.Open(t, setting, sealer)
			printed := make(chan string, 1000)
			const children = 2
			for range children {
				child := exec.CommandContext(t.Context(), os.Args[0])
				child.Env = append(os.Environ(), childDatabase+"="+setting, childKey+"="+base64.StdEncoding.EncodeToString(key))
				child.Stderr = t.Output()
				out, err := child.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := child.Start(); err != nil {
					t.Fatal(err)
				}
				go func() {
					lines := bufio.NewScanner(out)
					for n := 0; lines.Scan(); n++ {
						printed <- lines.Text()
						if n == 20 {
							child.Process.Kill()
						}
					}
					child.Wait()
					printed <- ""
				}()
			}
			seen := make(map[string]bool)
			for ended := 0; ended < children; {
				number := <-printed
				if number == "" {
					ended++
					continue
				}
				if seen[number] {
					t.Errorf("%s was given twice", number)
				}
				seen[number] = true
			}
			if len(seen) < children*20 {
				t.Fatalf("only %d tickets were filed", len(seen))
			}
			for number := range seen {
				if _, err := db.Inbox().Get(t.Context(), number); err != nil {
					t.Errorf("%s was lost: %v", number, err)
				}
			}
			next, err := db.Inbox().Add(t.Context(), inbox.Filing{From: other, Kind: inbox.Question, Text: "问题", At: noon}, "", noon.Add(time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			// PostgreSQL may still be committing what a killed process asked for: only what came before the new ticket counts.
			all, err := db.Inbox().List(t.Context(), inbox.Filter{Limit: 100_000})
			if err != nil {
				t.Fatal(err)
			}
			before := 0
			for _, ticket := range all {
				if ticket.Number < next.Number {
					before++
				}
			}
			if next.Number != inbox.Number("20231113", before+1) {
				t.Errorf("after %d tickets: %s", before, next.Number)
			}
		})
	}
}
