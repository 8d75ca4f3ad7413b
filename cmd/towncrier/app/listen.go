package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"

	"towncrier/api/wire"
	"towncrier/cmd/towncrier/config"
)

// Listen takes the port that a setting names, before anything else is opened.
func Listen(ctx context.Context, key, addr string) (net.Listener, error) {
	name := config.Setting{Key: key}.Env()
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is taken by another program (another towncrier?): stop it, or choose another port with %s=127.0.0.1:PORT", addr, name)
	}
	if err != nil {
		return nil, fmt.Errorf("%s (%s): %w", name, key, err)
	}
	return l, nil
}

// listen takes the ports before anything else is opened. operators is nil when what is for them is served with all else.
func (a *App) listen(ctx context.Context) (operators net.Listener, err error) {
	if a.listener = a.opt.Listener; a.listener == nil {
		if a.listener, err = Listen(ctx, "listen", a.cfg.Listen); err != nil {
			return nil, err
		}
	}
	a.closeLater("listener", a.listener)
	if a.cfg.Metrics == "" {
		return nil, nil
	}
	if operators, err = Listen(ctx, "metrics.listen", a.cfg.Metrics); err != nil {
		return nil, err
	}
	a.closeLater("listener for metrics", operators)
	return operators, nil
}

// closeLater closes a listener that no server closes.
func (a *App) closeLater(name string, l net.Listener) {
	a.cleanups.add(name, func(context.Context) error {
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
}

// faces are what serves requests.
type faces struct {
	webhook, api, desk, health, metrics http.Handler
	more                                map[string]http.Handler // by pattern
}

// routes are the paths of the public, and those of operators; the latter are nil unless they stand apart.
func routes(standApart bool, f faces) (public, operators *http.ServeMux) {
	alive := func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") }
	public = http.NewServeMux()
	public.Handle("/wechat", f.webhook)
	public.Handle(wire.Prefix+"/", f.api)
	public.Handle("/desk/", f.desk)
	public.HandleFunc("GET /healthz", alive)
	for pattern, handler := range f.more {
		public.Handle(pattern, handler)
	}
	forOperators := public
	if standApart {
		operators = http.NewServeMux()
		operators.HandleFunc("GET /healthz", alive)
		operators.Handle("GET "+wire.Document, f.api)
		public.HandleFunc(wire.Document, http.NotFound)
		forOperators = operators
	}
	forOperators.Handle("GET /readyz", f.health)
	forOperators.Handle("GET /metrics", f.metrics)
	return public, operators
}

// serve serves on a listener until the server stops.
func (a *App) serve(on net.Listener, handler http.Handler, m *metrics) {
	limited := limitConnections(on, a.cfg.Proxies, m.refuseConnection, a.log)
	server := newServer(handler, limited, a.log)
	if a.opt.OnShutdown != nil {
		server.RegisterOnShutdown(a.opt.OnShutdown)
	}
	if a.desk != nil {
		server.RegisterOnShutdown(a.desk.Close)
	}
	go func() { a.served <- server.Serve(limited) }()
	a.cleanups.add("http", func(ctx context.Context) error {
		if err := server.Shutdown(ctx); err != nil {
			return errors.Join(err, server.Close())
		}
		return nil
	})
}

// newServer serves the public: nobody holds a connection for long without asking or reading.
func newServer(handler http.Handler, limited *connections, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 3 * time.Second, // the platform gives up after five
		ReadTimeout:       4 * time.Second,
		WriteTimeout:      10 * time.Second, // an answer takes 5 s at most; who does not read it holds no connection for longer
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ConnState:         limited.track,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}
