package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
)

// cleanups undoes what was started, the last first.
type cleanups struct {
	steps []struct {
		name string
		do   func(context.Context) error
	}
}

func (c *cleanups) add(name string, do func(context.Context) error) {
	c.steps = append(c.steps, struct {
		name string
		do   func(context.Context) error
	}{name, do})
}

func (c *cleanups) run(log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(context.Background(), StopWithin)
	defer cancel()
	var all []error
	for i := len(c.steps) - 1; i >= 0; i-- {
		if err := c.steps[i].do(ctx); err != nil {
			log.Error("stop", "part", c.steps[i].name, "err", err)
			all = append(all, fmt.Errorf("stop %s: %w", c.steps[i].name, err))
		}
	}
	return errors.Join(all...)
}
