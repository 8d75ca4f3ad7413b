package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"towncrier/audit"
	"towncrier/cmd/towncrier/config"
	"towncrier/seal"
	"towncrier/store"
)

func keyCommand(opt *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "key",
		Short: "List and rotate the keys that seal personal data",
		Long: "List and rotate the keys that seal personal data. They are kept in the database, wrapped under TOWNCRIER_KEY.\n" +
			"Some find people by a hash of their number, the others seal; the newest of either kind makes what is new.",
	}
	cmd.AddCommand(keyList(opt), keyRotate(opt))
	return cmd
}

// keyView is a key as JSON.
type keyView struct {
	ID        int       `json:"id"`
	Use       string    `json:"use"`
	MadeAt    time.Time `json:"made_at"`
	SettledAt time.Time `json:"settled_at,omitzero"`
	Values    int64     `json:"values"`
}

func keyViews(keys []store.Key) []keyView {
	newest := make(map[bool]int) // by whether it finds
	for _, k := range keys {
		newest[k.Finds] = k.ID
	}
	views := make([]keyView, len(keys))
	for i, k := range keys {
		use := "open"
		switch {
		case k.Finds && k.ID == newest[true]:
			use = "find"
		case k.Finds:
			use = "find-earlier"
		case k.ID == newest[false]:
			use = "seal"
		}
		views[i] = keyView{k.ID, use, k.MadeAt, k.SettledAt, k.Values}
	}
	return views
}

func keyList(opt *options) *cobra.Command {
	var out output
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the keys and how many values are sealed under each",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return opt.withDatabase(cmd.Context(), func(db *store.DB, _ config.Config) error {
				keys, damaged, err := db.Keys().List(cmd.Context())
				if err != nil {
					return err
				}
				if out.asJSON {
					return writeJSON(cmd.OutOrStdout(), map[string]any{"keys": keyViews(keys), "damaged": damaged})
				}
				return printKeys(cmd.OutOrStdout(), keyViews(keys), damaged)
			})
		},
	}
	out.flag(cmd)
	return cmd
}

func printKeys(w io.Writer, keys []keyView, damaged int64) error {
	uses := map[string]string{"find": "finds (current)", "find-earlier": "recognises earlier hashes", "seal": "seals (current)", "open": "opens only"}
	t := table{headings: []string{"key", "use", "made", "rotation done", "values"}}
	for _, k := range keys {
		settled, values := formatTime(k.SettledAt), fmt.Sprint(k.Values)
		if settled == "" {
			settled = "under way"
		}
		if k.Use == "find" || k.Use == "find-earlier" {
			values = "-"
		}
		t.add(strconv.Itoa(k.ID), uses[k.Use], formatTime(k.MadeAt), settled, values)
	}
	if err := t.print(w); err != nil {
		return err
	}
	if damaged > 0 {
		fmt.Fprintf(w, "%d values more are damaged: no key opens them.\n", damaged)
	}
	return nil
}

func keyRotate(opt *options) *cobra.Command {
	var find bool
	cmd := &cobra.Command{
		Use:   "rotate",
		Short: "Make a new key and reseal everything under it, while the server runs",
		Long: "Make a new key and seal everything anew under it, while the server runs. Interrupted, it goes on when it is run again.\n" +
			"Keys under which nothing is sealed any more go with the first rotation a day after they were superseded.\n\n" +
			"To change TOWNCRIER_KEY itself: start every process with the new key in TOWNCRIER_KEY and the old one in\n" +
			"TOWNCRIER_KEY_PREVIOUS, run `towncrier key rotate`, and then take TOWNCRIER_KEY_PREVIOUS away.\n\n" +
			"With --find it makes a new key to find people by, while nothing else uses the database: stop every server first. After\n" +
			"TOWNCRIER_KEY leaked, change it, run both rotations, and issue new keys to all staff: theirs hold under the earlier one.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := untilSignal(cmd.Context())
			defer stop()
			if find {
				return rotateFinding(ctx, cmd, opt)
			}
			return opt.withDatabase(ctx, func(db *store.DB, _ config.Config) error {
				fmt.Fprintln(cmd.ErrOrStderr(), "waiting until every process uses the new key, some 12 s")
				act := audit.Act{Actor: audit.Local(loginName()), At: time.Now()}
				bar := operatorProgress(cmd.ErrOrStderr(), "resealing", " values")
				r, err := db.Keys().Rotate(ctx, act, func(r store.Rotation) { bar.at(int(r.Seen), int(r.Total)) })
				if errors.Is(err, context.Canceled) {
					fmt.Fprintf(cmd.ErrOrStderr(), "interrupted: %d values are resealed. Run it again to go on from here.\n", r.Resealed)
					return errInterrupted
				}
				if err != nil {
					return err
				}
				if r.Resumed {
					fmt.Fprint(cmd.OutOrStdout(), "Went on with the rotation that was interrupted. ")
				}
				fmt.Fprintf(cmd.OutOrStdout(), "The current key is %d. Resealed %d values, deleted %d earlier keys.\n", r.Key, r.Resealed, r.Deleted)
				if r.Damaged > 0 {
					return fmt.Errorf("%d values open under no key and were left as they are: restore them from a backup", r.Damaged)
				}
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&find, "find", false, "make a new key to find people by; needs every server stopped")
	return cmd
}

func rotateFinding(ctx context.Context, cmd *cobra.Command, opt *options) error {
	var cfg config.Config
	var sealer *seal.Sealer
	err := opt.withDatabase(ctx, func(_ *store.DB, c config.Config) (err error) {
		cfg = c
		sealer, err = seal.New(c.Key, c.KeyPrevious)
		return err
	})
	if err != nil {
		return err
	}
	bar := operatorProgress(cmd.ErrOrStderr(), "hashing anew", " values")
	act := audit.Act{Actor: audit.Local(loginName()), At: time.Now()}
	r, err := store.RotateFinding(ctx, cfg.Database, sealer, act, func(r store.Refound) { bar.at(int(r.Seen), int(r.Total)) })
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(cmd.ErrOrStderr(), "interrupted: nothing was changed. Run it again.")
		return errInterrupted
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "The current key to find people by is %d. Hashed %d values.\n", r.Key, r.Seen)
	if r.Damaged > 0 {
		return fmt.Errorf("%d values open under no key, and their hashes were left as they are: restore them from a backup", r.Damaged)
	}
	return nil
}
