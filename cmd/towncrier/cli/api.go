package cli

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/cmd/towncrier/config"
)

const defaultURL = "http://127.0.0.1:8080"

// apiFlags say which API to talk to, and as whom.
type apiFlags struct{ url, key, once string }

func (f *apiFlags) add(cmd *cobra.Command) {
	cmd.PersistentFlags().StringVar(&f.url, "url", "", "base URL of the server (or "+config.URLVariable+"; default "+defaultURL+")")
	cmd.PersistentFlags().StringVar(&f.key, "key", "", "your key for the API; rather set "+config.KeyVariable+": other users of the machine see a command line")
	cmd.PersistentFlags().StringVar(&f.once, "idempotency-key", "", "of a command that changes something: given again with the same one within a day, it is done once")
}

// client is the API that flags and environment name.
func (f apiFlags) client(cmd *cobra.Command, opt *options) (*client.Client, error) {
	env, err := config.Read("", opt.environ)
	if err != nil {
		return nil, err
	}
	key := cmp.Or(f.key, env.Getenv(config.KeyVariable))
	if file := env.Getenv(config.KeyVariable + config.FileSuffix); key == "" && file != "" {
		if key, err = env.ReadSecret(file); err != nil {
			return nil, &usageError{cmd.CommandPath(), fmt.Errorf("%s: %w", config.KeyVariable+config.FileSuffix, err)}
		}
	}
	if key == "" {
		return nil, &usageError{cmd.CommandPath(), fmt.Errorf("who are you? Give your key for the API by %s, in a file that %s names, or by --key", config.KeyVariable, config.KeyVariable+config.FileSuffix)}
	}
	where := "--url"
	if f.url == "" && env.Getenv(config.URLVariable) != "" {
		where = config.URLVariable
	}
	c, err := client.New(client.Config{
		URL: cmp.Or(f.url, env.Getenv(config.URLVariable), defaultURL), Key: key, IdempotencyKey: f.once,
		Note: func(text string) { fmt.Fprintln(cmd.ErrOrStderr(), "towncrier:", withoutKeys(text)) },
	})
	if errors.Is(err, client.ErrIdempotencyKey) {
		where = "--idempotency-key"
	}
	if err != nil {
		return nil, &usageError{cmd.CommandPath(), fmt.Errorf("%s: %w", where, err)}
	}
	return c, nil
}

// keylessClient is the API at where, or where the environment says, for somebody who has no key yet.
func keylessClient(opt *options, where string) (*client.Client, error) {
	env, err := config.Read("", opt.environ)
	if err != nil {
		return nil, err
	}
	return client.New(client.Config{URL: cmp.Or(where, env.Getenv(config.URLVariable), defaultURL)})
}

// advice is what flags of a command help against an error, "" for none.
func advice(err error) string {
	e, ok := errors.AsType[*client.NoAnswerError](err)
	switch {
	case !ok:
		return ""
	case e.Unreached:
		return " Name another by --url or " + config.URLVariable
	case e.IdempotencyKey != "":
		return ". The same command with --idempotency-key " + e.IdempotencyKey + " does it once"
	}
	return ""
}
