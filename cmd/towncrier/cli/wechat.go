package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"towncrier/kv"
	"towncrier/seal"
	"towncrier/wechat"
)

func wechatCommand(opt *options) *cobra.Command {
	cmd := &cobra.Command{Use: "wechat", Short: "Set up the Official Account over the platform's API"}
	cmd.AddCommand(wechatMenu(opt), wechatQR(opt))
	return cmd
}

// wechatNeeds are the settings that API calls need. The key seals the access token that processes share.
var wechatNeeds = []string{"key", "wechat.app_id", "wechat.secret"}

// withClient opens an API client for one command.
func (o *options) withClient(ctx context.Context, do func(*wechat.Client) error) error {
	src, err := o.source()
	if err != nil {
		return err
	}
	cfg, err := src.Config(wechatNeeds...)
	if err != nil {
		return err
	}
	sealer, err := seal.New(cfg.Key)
	if err != nil {
		return err
	}
	kv.SetLogger(slog.New(slog.DiscardHandler)) // what goes wrong is this command's error
	redis, closeRedis, err := kv.Open(ctx, cfg.Redis)
	if err != nil {
		return fmt.Errorf("TOWNCRIER_REDIS (redis): %w", err)
	}
	client, err := wechat.NewClient(cfg.WeChat.AppID, cfg.WeChat.Secret, cfg.WeChat.API, kv.NewTokens(redis, sealer))
	if err != nil {
		return errors.Join(err, closeRedis())
	}
	defer client.Close()
	return errors.Join(do(client), closeRedis())
}

func wechatMenu(opt *options) *cobra.Command {
	return &cobra.Command{
		Use:   "menu",
		Short: "Create the account's menu from the content's menu.yaml",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, name, err := opt.city(cmd.Context())
			if err != nil {
				return err
			}
			if len(c.Library.Menu) == 0 {
				return fmt.Errorf("%s has no menu.yaml: nothing to create", name)
			}
			return opt.withClient(cmd.Context(), func(client *wechat.Client) error {
				if err := client.CreateMenu(cmd.Context(), wechat.MenuOf(c.Library.Menu)); err != nil {
					return err
				}
				fmt.Fprintln(cmd.OutOrStdout(), "菜单已创建。关注者重新进入公众号后五分钟内看到。")
				return nil
			})
		},
	}
}

func wechatQR(opt *options) *cobra.Command {
	days := 30
	cmd := &cobra.Command{
		Use:   "qr SCENE",
		Short: "Make a QR code that opens the account and carries SCENE, such as topic:dog.registration.pilot",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return opt.withClient(cmd.Context(), func(client *wechat.Client) error {
				code, err := client.CreateQRCode(cmd.Context(), args[0], time.Duration(days)*24*time.Hour)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "内容：%s\n图片：https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=%s\n", code.URL, url.QueryEscape(code.Ticket))
				return nil
			})
		},
	}
	cmd.Flags().Var(intFlag(&days, 1, 30), "days", "how long it works, 1 to 30")
	return cmd
}
