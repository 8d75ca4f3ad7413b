package app

import (
	"time"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/city"
	"towncrier/cmd/towncrier/config"
)

// settingsOf gives the API the settings in force.
func settingsOf(cfg config.Config, live *city.Live, version string) func() wire.Settings {
	all := make([]wire.Setting, len(cfg.InForce))
	for i, s := range cfg.InForce {
		all[i] = wire.Setting{Key: s.Key, Variable: s.Env(), Label: s.Label, Set: s.Value != "-", Secret: s.Secret, From: s.From}
		if s.Value != "-" && s.Value != "(set)" {
			all[i].Value = s.Value
		}
	}
	days := func(d time.Duration) int { return int(d / (24 * time.Hour)) }
	return func() wire.Settings {
		of := live.Current().Library.City // its folder may be edited meanwhile
		return wire.Settings{Settings: all, City: wire.CitySettings{
			Name: of.Name, Area: of.Area, TimeZone: of.Timezone, Version: version, PublicURL: cfg.PublicURL,
			Window: broadcast.Window{}.String(), Cap: cfg.Broadcast.Cap, Tolerance: cfg.Broadcast.Tolerance, Overdue: int(cfg.Broadcast.Overdue / time.Minute),
			SMS: cfg.SMS.On(), SMSSign: cfg.SMS.Sign, SMSPrice: cfg.SMS.Price,
			Retention: wire.Retention{
				Residents: days(cfg.Retention.Residents), Broadcasts: days(cfg.Retention.Broadcasts), Tickets: days(cfg.Retention.Tickets),
				Questions: days(cfg.Retention.Questions), Audit: days(cfg.Retention.Audit),
			},
		}}
	}
}
