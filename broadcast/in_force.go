package broadcast

import (
	"context"
	"fmt"
	"time"

	"towncrier/content"
)

// InForce is a city's content, and what broadcasts are held to by it.
type InForce struct {
	Library   *content.Library
	Unprinted func([]Cite, Message) []Unprinted // as Config has it
	Since     time.Time                         // when it came into force; zero when nobody knows
}

// On is s over content that does not answer here: it is not in force yet, or just is.
func (s *Service) On(lib *content.Library, unprinted func([]Cite, Message) []Unprinted) *Service {
	cfg := s.Config
	cfg.Content, cfg.Unprinted, cfg.InForce = func() *content.Library { return lib }, unprinted, nil
	return NewService(cfg)
}

// upToDate is s over the content in force. What officials do, and what stops and starts by itself, is decided on that: a process takes up to
// two seconds until it answers by a new revision, and meanwhile must not contradict one that does.
func (s *Service) upToDate(ctx context.Context) (*Service, error) {
	if s.InForce == nil {
		return s, nil
	}
	in, err := s.InForce(ctx)
	if err != nil {
		return s, fmt.Errorf("read the content in force: %w", err)
	}
	on := s.On(in.Library, in.Unprinted)
	on.since = in.Since
	return on, nil
}
