package worker

import (
	"fmt"
	"log/slog"
	"strings"
)

// bridge hands asynq's own messages to slog. It is used from Warn up: below, asynq prints whole tasks.
type bridge struct{ log *slog.Logger }

// sharedClient is what asynq's scheduler complains of when it stops and may not close the Redis client, because the
// process shares it: that is as intended.
const sharedClient = "redis connection is shared"

func (b bridge) Debug(args ...any) { b.log.Debug("asynq", "says", fmt.Sprint(args...)) }
func (b bridge) Info(args ...any)  { b.log.Info("asynq", "says", fmt.Sprint(args...)) }
func (b bridge) Warn(args ...any)  { b.log.Warn("asynq", "says", fmt.Sprint(args...)) }
func (b bridge) Error(args ...any) {
	if says := fmt.Sprint(args...); !strings.Contains(says, sharedClient) {
		b.log.Error("asynq", "says", says)
	}
}

// Fatal does not end the process, as asynq expects: that is for its owner to decide.
func (b bridge) Fatal(args ...any) { b.Error(args...) }
