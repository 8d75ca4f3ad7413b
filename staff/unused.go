package staff

import (
	"context"
	"errors"
	"time"

	"towncrier/audit"
)

// UnusedLife is how long an account may go unused: then it is disabled, so that nobody finds it who should not have it.
const UnusedLife = 90 * 24 * time.Hour

// DisableUnused disables everybody who did not sign in, use a key or get access for UnusedLife, and returns their ids. It leaves the
// SetupNeeds admins that a city needs.
func (s *Service) DisableUnused(ctx context.Context) (disabled []string, err error) {
	unused, err := s.store.Unused(ctx, s.now().Add(-UnusedLife))
	if err != nil {
		return nil, err
	}
	actor := audit.System("unused")
	for _, p := range unused {
		err := s.store.Disable(ctx, p.ID, SetupNeeds, s.now(), s.act(actor, "staff.disable", p.ID, "unused=90"))
		if errors.Is(err, ErrOneAdmin) || errors.Is(err, ErrLastAdmin) {
			continue
		}
		if err != nil {
			return disabled, err
		}
		if disabled = append(disabled, p.ID); p.Role == Admin {
			raise(ctx, s.alarms, actor, p.ID, "停用（90天没有使用）")
		}
	}
	return disabled, nil
}
