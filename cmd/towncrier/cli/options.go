package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"os/user"
	"regexp"
	"strings"
	"syscall"

	"towncrier/cmd/towncrier/config"
)

// options are what every subcommand shares.
type options struct {
	configFile string
	environ    []string
	version    string // of towncrier
}

func (o *options) source() (config.Source, error) {
	path := o.configFile
	src, err := config.Read("", o.environ)
	if err != nil {
		return src, err
	}
	if path == "" {
		path = src.Getenv("TOWNCRIER_CONFIG")
	}
	if path == "" {
		return src, nil
	}
	return config.Read(path, o.environ)
}

// untilSignal ends a command's context at Ctrl-C or SIGTERM; the second one kills, should the stop hang. Commands that
// neither serve nor write for long have nothing to stop gracefully, so signals end them at once.
func untilSignal(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// errSilent ends a command unsuccessfully when everything has been said already.
var errSilent = errors.New("failed")

// errInterrupted ends one that was interrupted where that does no harm.
var errInterrupted = fmt.Errorf("left: %w", errSilent)

// bearerForm is a key for the API, or an activation code.
var bearerForm = regexp.MustCompile(`(tck|tca)_[A-Za-z0-9_]+`)

// withoutKeys is a text without the secret that somebody typed in the wrong place.
func withoutKeys(text string) string { return bearerForm.ReplaceAllString(text, "${1}_…") }

// usageError is a command line that cannot be understood.
type usageError struct {
	command string
	err     error
}

// program is how this program was started, to be typed again.
func program() string {
	if name := os.Args[0]; !strings.ContainsFunc(name, func(r rune) bool { return strings.ContainsRune(" '\"\\$`", r) }) {
		return name
	}
	return "towncrier"
}

// loginName is who runs a command on the machine.
func loginName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "unknown"
}

func failedIf(bad bool) error {
	if bad {
		return errSilent
	}
	return nil
}

func (e *usageError) Error() string { return e.err.Error() }
