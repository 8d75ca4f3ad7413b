package deploy

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"towncrier/cmd/towncrier/app"
)

type composeFile struct {
	Services map[string]struct {
		Image       string
		ReadOnly    bool   `yaml:"read_only"`
		StopGrace   string `yaml:"stop_grace_period"`
		Tmpfs       []string
		Volumes     []string
		Ports       []string
		Networks    []string
		Environment map[string]string
		Secrets     []string
		Healthcheck struct{ Test []string }
	}
	Networks map[string]struct {
		Internal bool
		IPAM     struct {
			Config []struct{ Subnet, Gateway string }
		}
	}
	Volumes map[string]any
	Secrets map[string]struct{ File string }
}

func compose(t *testing.T, text string) (c composeFile) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// composeValues are what an operator writes into .env.
var composeValues = map[string]string{
	"TOWNCRIER_IMAGE": "towncrier:v1.2.3", "TOWNCRIER_PUBLIC_URL": "https://talk.example.gov.cn", "TOWNCRIER_WECHAT_APP_ID": "wx0123456789abcdef",
	"POSTGRES_IMAGE": "postgres:17", "REDIS_IMAGE": "redis:7",
	"TOWNCRIER_SMS_ACCESS_KEY_ID": "LTAI5tExample", "TOWNCRIER_SMS_SIGN": "演示区政务", "TOWNCRIER_SMS_CODE_TEMPLATE": "SMS_1", "TOWNCRIER_SMS_STAFF_TEMPLATE": "SMS_2",
}

var interpolated = regexp.MustCompile(`\$\{(\w+)(:\?[^}]*)?\}`)

// TestCompose holds both files against the settings, and what they promise against what they say.
func TestCompose(t *testing.T) {
	one, two := read(t, "compose.yaml"), read(t, "compose.postgres.yaml")
	sample := read(t, "compose.env")
	for _, m := range interpolated.FindAllStringSubmatch(uncommented(one)+two, -1) {
		if _, known := composeValues[m[1]]; !known || !strings.Contains(sample, "\n"+m[1]+"=\n") {
			t.Errorf("%s is not in compose.env", m[1])
		}
	}
	filled := func(text string) string {
		return interpolated.ReplaceAllStringFunc(text, func(s string) string { return composeValues[interpolated.FindStringSubmatch(s)[1]] })
	}
	for name, texts := range map[string][]string{
		"one node": {one}, "one node with SMS": {uncommented(one)}, "PostgreSQL": {one, two}, "PostgreSQL with SMS": {uncommented(one), two},
	} {
		t.Run(name, func(t *testing.T) {
			env, secrets, files := map[string]string{}, []string{}, map[string]string{}
			for _, text := range texts {
				c := compose(t, filled(text))
				maps.Copy(env, c.Services["towncrier"].Environment)
				secrets = append(secrets, c.Services["towncrier"].Secrets...)
				for secret, at := range c.Secrets {
					files[secret] = at.File
				}
			}
			folder := secretFiles(t)
			for variable, value := range env {
				if file, is := strings.CutPrefix(value, "/run/secrets/"); is {
					if file != fileOf(variable) || !slices.Contains(secrets, file) || files[file] != "./secrets/"+file {
						t.Errorf("%s names %s, which the service is not given", variable, value)
					}
					env[variable] = folder + "/" + file
				}
				if value == "/content" {
					env[variable] = "../testdata/littletown"
				}
			}
			cfg := settingsOf(t, env)
			c := compose(t, filled(one))
			if gateway := c.Networks["outside"].IPAM.Config[0].Gateway; len(cfg.Proxies) != 1 || cfg.Proxies[0].Addr().String() != gateway {
				t.Errorf("it trusts the proxies %v, and nginx comes from %s", cfg.Proxies, gateway)
			}
			if ports := c.Services["towncrier"].Ports; !slices.Equal(ports, []string{"127.0.0.1:8080" + cfg.Listen, "127.0.0.1:9180" + cfg.Metrics}) {
				t.Errorf("it publishes %v, and serves on %s and %s", ports, cfg.Listen, cfg.Metrics)
			}
		})
	}

	c := compose(t, one)
	s := c.Services["towncrier"]
	grace, err := time.ParseDuration(s.StopGrace)
	if err != nil || grace < app.StopWithin+2*time.Second {
		t.Errorf("it is killed after %s, and may take %s to stop", s.StopGrace, app.StopWithin)
	}
	if !s.ReadOnly || len(s.Tmpfs) != 1 || !strings.HasPrefix(s.Tmpfs[0], "/tmp:") || !slices.Equal(s.Healthcheck.Test, []string{"CMD", "/towncrier", "health"}) {
		t.Error("want a read-only root with a tmpfs at /tmp, and the image's own health check")
	}
	dockerfile := read(t, "../Dockerfile")
	for _, want := range []string{`"/towncrier", "health"`, "TOWNCRIER_DATA=/data", "TOWNCRIER_LISTEN=:8080", "USER 65532"} {
		if !strings.Contains(dockerfile, want) {
			t.Errorf("the Dockerfile has no %s", want)
		}
	}
}

// TestComposeImages: no image is taken by a tag that stands in a file: who starts it names one with its digest.
func TestComposeImages(t *testing.T) {
	for _, file := range []string{"compose.yaml", "compose.postgres.yaml"} {
		for name, s := range compose(t, read(t, file)).Services {
			if s.Image != "" && (!strings.HasPrefix(s.Image, "${") || !strings.Contains(s.Image, ":?")) {
				t.Errorf("%s: %s takes %s: want ${…:?…}, which refuses to start without", file, name, s.Image)
			}
		}
	}
	if c := compose(t, read(t, "compose.postgres.yaml")); !c.Networks["inside"].Internal || !slices.Equal(c.Services["postgres"].Networks, []string{"inside"}) ||
		!slices.Equal(c.Services["redis"].Networks, []string{"inside"}) || c.Services["postgres"].Ports != nil || c.Services["redis"].Ports != nil {
		t.Error("PostgreSQL and Redis go without TLS, so they may be on the internal network alone")
	}
}
