package app

import (
	"context"
	"log/slog"
	"time"

	"towncrier/city"
	"towncrier/cmd/towncrier/config"
	"towncrier/emergency"
	"towncrier/revision"
	"towncrier/staff"
	"towncrier/store"
)

func newEmergencies(db *store.DB, live *city.Live, revisions *revision.Service, broadcasts *broadcasting, people *staff.Service, t texting, cfg config.Config, log *slog.Logger) *emergency.Service {
	c := emergency.Config{
		Store: db.Emergencies(), Content: revisions, City: live.Current, Staff: people, Now: time.Now, Log: log,
		Worse: func(ctx context.Context, before, after revision.Folder) ([]string, error) {
			return live.Worse(ctx, before.FS(), after.FS())
		},
		Broadcasts: func(c *city.City) emergency.Broadcasts {
			return broadcasts.service.On(c.Library, unprinted(func() *city.City { return c }))
		},
	}
	if cfg.SMS.On() {
		c.Texts = t.outbox
	}
	return emergency.NewService(c)
}
