package app

import (
	"context"
	"log/slog"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/cmd/towncrier/config"
	"towncrier/feedback"
	"towncrier/inbox"
	"towncrier/notify"
	"towncrier/roster"
	"towncrier/signin"
	"towncrier/sms"
	"towncrier/staff"
	"towncrier/unanswered"
	"towncrier/worker"
)

// expireSlice is how many residents, or tickets, a slice of retention takes.
const expireSlice = 100

// noteAudit logs the newest entry of the audit log. Kept outside of the database, the line proves later that the log still
// holds that entry: `towncrier audit verify --noted SEQ:HASH`.
func noteAudit(ctx context.Context, entries audit.Log, log *slog.Logger) error {
	head, err := entries.Head(ctx)
	if err != nil || head.Seq == 0 {
		return err
	}
	log.InfoContext(ctx, "audit log", "noted", head.String())
	return nil
}

// upkeep is what the worker does once an hour.
func upkeep(keep config.Retention, colleagues *staff.Service, sessions *signin.Service, notices *notify.Service, said *feedback.Service, people *roster.Roster, tickets *inbox.Inbox, questions *unanswered.Service, texts *sms.Outbox, broadcasts *broadcast.Service, entries audit.Log, log *slog.Logger) []worker.Upkeep {
	chores := []worker.Upkeep{
		{Name: "texts", Do: texts.Sweep},
		{Name: "note of the audit log", Do: func(ctx context.Context) error { return noteAudit(ctx, entries, log) }},
		{Name: "unanswered questions", Do: func(ctx context.Context) error {
			_, err := questions.Expire(ctx)
			return err
		}},
		{Name: "sessions", Do: sessions.Sweep},
		{Name: "what staff were told", Do: notices.Sweep},
		{Name: "feedback", Do: said.Sweep},
		{Name: "unused accounts", Do: func(ctx context.Context) error {
			disabled, err := colleagues.DisableUnused(ctx)
			if len(disabled) > 0 {
				log.WarnContext(ctx, "accounts that nobody used for 90 days are disabled; an admin enables one again", "staff", disabled)
			}
			return err
		}},
		{Name: "audit log", Do: func(ctx context.Context) error {
			now := time.Now()
			_, err := entries.Prune(ctx, now.Add(-keep.Audit), audit.Act{Actor: audit.System("retention"), Action: "audit.prune", At: now})
			return err
		}},
	}
	if keep.Residents > 0 {
		chores = append(chores, worker.Upkeep{Name: "residents", Do: func(ctx context.Context) error {
			for {
				n, err := people.Expire(ctx, time.Now().Add(-keep.Residents), expireSlice)
				if err != nil || n < expireSlice || ctx.Err() != nil {
					return err
				}
			}
		}})
	}
	if keep.Broadcasts > 0 {
		chores = append(chores, worker.Upkeep{Name: "broadcasts", Do: func(ctx context.Context) error {
			_, err := broadcasts.Forget(ctx, time.Now().Add(-keep.Broadcasts))
			return err
		}})
	}
	if keep.Tickets > 0 {
		chores = append(chores, worker.Upkeep{Name: "tickets", Do: func(ctx context.Context) error {
			for {
				n, err := tickets.Expire(ctx, keep.Tickets, expireSlice)
				if err != nil || n < expireSlice || ctx.Err() != nil {
					return err
				}
			}
		}})
	}
	return chores
}

// warnOfSetup says at start that admins can still be invited on the machine by one person.
func (a *App) warnOfSetup(ctx context.Context, staffService *staff.Service) error {
	open, err := staffService.SetupOpen(ctx)
	if err == nil && open && !a.opt.Rehearsal {
		a.log.Warn("set-up is open: whoever may run commands on this machine can invite an admin; it ends when two admins have activated their keys",
			"command", "towncrier staff invite ID --role admin")
	}
	return err
}
