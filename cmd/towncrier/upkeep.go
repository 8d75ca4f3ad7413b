package main

import (
	"context"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/inbox"
	"towncrier/roster"
	"towncrier/sms"
	"towncrier/worker"
)

// expireSlice is how many residents, or tickets, a slice of retention takes.
const expireSlice = 100

// upkeep is what the worker does once an hour.
func upkeep(keep Retention, people *roster.Roster, tickets *inbox.Inbox, texts *sms.Desk, broadcasts *broadcast.Service, log audit.Log) []worker.Upkeep {
	chores := []worker.Upkeep{
		{Name: "texts", Do: texts.Sweep},
		{Name: "audit log", Do: func(ctx context.Context) error {
			now := time.Now()
			_, err := log.Prune(ctx, now.Add(-keep.Audit), audit.Act{Actor: audit.System("retention"), Action: "audit.prune", At: now})
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
