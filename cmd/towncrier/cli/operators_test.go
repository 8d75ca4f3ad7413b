package cli

import (
	"log/slog"
	"net"
	"regexp"
	"strings"
	"testing"

	"towncrier/cmd/towncrier/app"
)

// TestWhatIsForOperatorsStandsApart serves metrics on a port of their own, and the public nothing of them.
func TestWhatIsForOperatorsStandsApart(t *testing.T) {
	cfg := production(t, append(smallCity, "TOWNCRIER_METRICS_LISTEN=127.0.0.1:0")...)
	r := serve(t, cfg)
	at := regexp.MustCompile(`msg="serving metrics" addr=(\S+)`).FindStringSubmatch(r.log.String())
	if at == nil {
		t.Fatalf("the log names no port for metrics:\n%s", r.log)
	}
	operators := &running{addr: at[1]}
	for path, want := range map[string]struct{ public, operators int }{
		"/metrics": {404, 200}, "/readyz": {404, 200}, "/api/v1/openapi.json": {404, 200}, "/healthz": {200, 200},
		"/api/v1/me": {401, 404}, "/wechat": {400, 404}, "/sms/report/x": {404, 404},
	} {
		public, _ := r.get(t, path)
		apart, _ := operators.get(t, path)
		if public != want.public || apart != want.operators {
			t.Errorf("%s: %d for the public, %d for operators; want %+v", path, public, apart, want)
		}
	}
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	cfg.Metrics = taken.Addr().String()
	err = app.New(cfg, app.Options{Log: slog.New(slog.DiscardHandler)}).Run(t.Context(), nil)
	if err == nil || !strings.Contains(err.Error(), "TOWNCRIER_METRICS_LISTEN=") {
		t.Errorf("a port that is taken: %v", err)
	}
}
