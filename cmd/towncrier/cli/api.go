package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/cmd/towncrier/config"
	"towncrier/phone"
)

const defaultURL = "http://127.0.0.1:8080"

// apiCommands are commands that call the API: what they share.
type apiCommands struct {
	opt    *options
	flags  apiFlags
	asJSON bool
}

// addFlags gives a command, and all below it, the flags of commands that call the API.
func (b *apiCommands) addFlags(cmd *cobra.Command) {
	b.flags.add(cmd)
	cmd.PersistentFlags().BoolVar(&b.asJSON, "json", false, "按接口的原样输出 JSON")
}

// answered makes one call and prints its answer: with --json as it came, else by text.
func answered[T any](b *apiCommands, cmd *cobra.Command, method, path string, body any, text func(io.Writer, T) error) error {
	return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
		var got T
		answer, err := c.Call(ctx, method, path, body, &got)
		if err != nil {
			return err
		}
		if b.asJSON {
			return printAnswer(cmd.OutOrStdout(), answer)
		}
		return text(cmd.OutOrStdout(), got)
	})
}

// answeredWhole is answered of a list: of all its pages.
func answeredWhole[T any](b *apiCommands, cmd *cobra.Command, path string, query url.Values, text func(io.Writer, []T) error) error {
	return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
		all, err := allPages[json.RawMessage](ctx, c, path, query)
		if err != nil {
			return err
		}
		whole, err := json.Marshal(wire.Page[json.RawMessage]{Items: all})
		if err != nil {
			return err
		}
		if b.asJSON {
			return printAnswer(cmd.OutOrStdout(), whole)
		}
		var read wire.Page[T]
		if err := json.Unmarshal(whole, &read); err != nil {
			return err
		}
		return text(cmd.OutOrStdout(), read.Items)
	})
}

// allPages are the items of a list, of all its pages.
func allPages[T any](ctx context.Context, c *client.Client, path string, query url.Values) ([]T, error) {
	all := []T{}
	wanted := url.Values{"limit": {"200"}}
	maps.Copy(wanted, query)
	for {
		var page wire.Page[T]
		if _, err := c.Call(ctx, http.MethodGet, path+"?"+wanted.Encode(), nil, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if page.Next == "" {
			return all, nil
		}
		wanted.Set("after", page.Next)
	}
}

// printAnswer prints an answer of the API as it came, indented.
func printAnswer(w io.Writer, answer json.RawMessage) error {
	var out bytes.Buffer
	if err := json.Indent(&out, answer, "", "  "); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, out.String())
	return err
}

// pathOf is the path of one thing of a kind, or of an operation on it.
func pathOf(kind, id, operation string) string {
	path := "/" + kind + "/" + url.PathEscape(id)
	if operation != "" {
		path += "/" + operation
	}
	return path
}

// queryOf leaves out what nobody asked for.
func queryOf(wanted map[string]string) string {
	query := url.Values{}
	for name, value := range wanted {
		if value != "" {
			query.Set(name, value)
		}
	}
	return "?" + query.Encode()
}

// withAPI calls the API for one command.
func (b *apiCommands) withAPI(cmd *cobra.Command, do func(context.Context, *client.Client) error) error {
	c, err := b.flags.client(cmd, b.opt)
	if err != nil {
		return err
	}
	defer c.Close()
	err = do(cmd.Context(), c)
	warnOfKey(cmd.ErrOrStderr(), c.KeyExpires(), time.Now())
	return err
}

// warnKeyWithin is how long before its end a key is spoken of: two admins have to be found meanwhile.
const warnKeyWithin = 14 * 24 * time.Hour

// warnOfKey says that the key which was used ends soon.
func warnOfKey(w io.Writer, ends, now time.Time) {
	if left := ends.Sub(now); !ends.IsZero() && left < warnKeyWithin {
		fmt.Fprintf(w, "提醒：您的密钥%s失效，还剩%d天。请一位管理员邀请您（towncrier staff invite 您的账号），另一位确认，再启用新密钥。\n", formatTime(ends), int(max(left, 0)/(24*time.Hour)))
	}
}

// apiFlags say which API to talk to, and with which key.
type apiFlags struct{ url, key, once string }

func (f *apiFlags) add(cmd *cobra.Command) {
	cmd.PersistentFlags().StringVar(&f.url, "url", "", "服务器的地址（也可用 "+config.URLVariable+"；不写是 "+defaultURL+"）")
	cmd.PersistentFlags().StringVar(&f.key, "key", "", "您的密钥；最好用 "+config.KeyVariable+" 设置，写在命令里会被同机的人看到")
	cmd.PersistentFlags().StringVar(&f.once, "idempotency-key", "", "用于有改动的命令：一天之内用同一个编号再执行，只办一次")
}

// takesNumber marks a command of which an argument is a phone number, and goes into the body of a request.
const takesNumber = "takes a phone number"

// hasKey says whether a key is given, by flag or in the environment.
func (f apiFlags) hasKey(opt *options) bool {
	env, err := config.Read("", opt.environ)
	return err == nil && cmp.Or(f.key, env.Getenv(config.KeyVariable), env.Getenv(config.KeyVariable+config.FileSuffix)) != ""
}

// client is the API that flags and environment name.
func (f apiFlags) client(cmd *cobra.Command, opt *options) (*client.Client, error) {
	_, takes := cmd.Annotations[takesNumber]
	for _, arg := range cmd.Flags().Args() { // it would stand in the address, which servers write down
		if takes {
			break
		}
		if _, err := phone.Parse(arg); err == nil {
			return nil, &usageError{cmd.CommandPath(), errors.New("这里应写编号，不能写手机号：先用 towncrier roster search 按号码查到编号")}
		}
	}
	env, err := config.Read("", opt.environ)
	if err != nil {
		return nil, err
	}
	key := cmp.Or(f.key, env.Getenv(config.KeyVariable))
	if file := env.Getenv(config.KeyVariable + config.FileSuffix); key == "" && file != "" {
		if key, err = env.ReadSecret(file); err != nil {
			return nil, &usageError{cmd.CommandPath(), fmt.Errorf("%s：%w", config.KeyVariable+config.FileSuffix, keyFileError(file, err))}
		}
	}
	if key == "" {
		return nil, &usageError{cmd.CommandPath(), fmt.Errorf("没有您的密钥：请设置环境变量 %s，或把密钥存成文件，用 %s 指明文件", config.KeyVariable, config.KeyVariable+config.FileSuffix)}
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
		return nil, &usageError{cmd.CommandPath(), fmt.Errorf("%s：%w", where, err)}
	}
	return c, nil
}

// keyFileError is why an official's key file cannot be used, as they read it.
func keyFileError(file string, err error) error {
	if said := fileError(file, err); said != err {
		return said
	}
	return fmt.Errorf("%s：不是密钥文件：应是文本，里面只有您的密钥", file)
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
		return "，或用 --url 或 " + config.URLVariable + " 换一个地址"
	case e.IdempotencyKey != "":
		return "。如要重试，请在同一命令后加 --idempotency-key " + e.IdempotencyKey + "，只会办一次"
	}
	return ""
}
