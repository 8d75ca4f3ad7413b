package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"towncrier/cmd/towncrier/config"
	"towncrier/cmd/towncrier/doctor"
	"towncrier/content"
	"towncrier/kv"
	"towncrier/seal"
	"towncrier/store"
	"towncrier/wechat"
)

// Diagnose makes every check that a server makes, and looks at database, content and Redis as well, on the machine of a server that runs or
// does not. It changes nothing: it neither makes nor migrates a database, begins no stops.log, and keeps its access token to itself.
func Diagnose(ctx context.Context, cfg config.Config) ([]doctor.Result, error) {
	sealer, err := seal.New(cfg.Key, cfg.KeyPrevious)
	if err != nil {
		return nil, fmt.Errorf("TOWNCRIER_KEY (key): %w", err)
	}
	crypto, err := wechat.NewCrypto(cfg.WeChat.AppID, cfg.WeChat.Token, cfg.WeChat.AESKey, cfg.WeChat.AESKeyPrevious)
	if err != nil {
		return nil, err
	}
	own, closeOwn, err := kv.Open(ctx, kv.Embedded)
	if err != nil {
		return nil, err
	}
	defer closeOwn()
	client, err := wechat.NewClient(cfg.WeChat.AppID, cfg.WeChat.Secret, cfg.WeChat.API, kv.NewTokens(own, sealer))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	texts, err := openSMS(cfg.SMS, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	if texts != nil {
		defer texts.Close()
	}
	checks := []doctor.Check{doctor.Server(nearby(cfg)), databaseCheck(cfg), doctor.StopsLog(cfg.StopsLog())}
	around := surroundings{cfg: cfg, wechat: client, crypto: crypto, sms: texts, database: func(ctx context.Context) (time.Time, error) {
		g, err := store.Look(ctx, cfg.Database, sealer)
		return g.Clock, err
	}}
	if cfg.Redis != kv.Embedded {
		server, closeServer, err := kv.Open(ctx, cfg.Redis)
		if err == nil {
			around.redis = server
			defer closeServer()
		} else {
			checks = append(checks, doctor.Failed("redis", "the Redis server", err.Error(), "set TOWNCRIER_REDIS to a Redis that this machine reaches"))
		}
	}
	inForce, library, err := contentNearby(ctx, cfg)
	if library != nil {
		around.library = func() *content.Library { return library }
	}
	if faulty, is := errors.AsType[*faultyContent](err); is {
		checks = append(checks, doctor.Failed("content", "the city's content", faulty.Error(), "run `towncrier content check`"))
	} else {
		around.content = func(context.Context) (doctor.Content, error) { return inForce, err }
	}
	return doctor.Run(ctx, append(checks, around.checks()...)), nil
}

func databaseCheck(cfg config.Config) doctor.Check {
	setting := "TOWNCRIER_DATABASE"
	if cfg.Database == cfg.DefaultDatabase() {
		setting = "TOWNCRIER_DATA"
	}
	return doctor.Database(setting, func(ctx context.Context) (store.Glance, error) {
		if err := missed(cfg.Database); err != nil {
			return store.Glance{}, err
		}
		sealer, err := seal.New(cfg.Key, cfg.KeyPrevious)
		if err != nil {
			return store.Glance{}, err
		}
		return store.Look(ctx, cfg.Database, sealer)
	})
}

// nearby is where /readyz of a server with this configuration is reached on its own machine.
func nearby(cfg config.Config) string {
	if cfg.Metrics != "" {
		return OnThisMachine(cfg.Metrics)
	}
	return OnThisMachine(cfg.Listen)
}

// OnThisMachine is where what listens on addr, host:port, is reached on its own machine.
func OnThisMachine(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
