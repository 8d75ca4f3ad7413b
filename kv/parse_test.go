package kv

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		setting, addrs, user, password, master string
		db                                     int
		cluster, secure                        bool
	}{
		{setting: "redis://localhost", addrs: "localhost:6379"},
		{setting: "redis://10.0.0.7:6380/3", addrs: "10.0.0.7:6380", db: 3},
		{setting: "redis://10.0.0.7?db=3", addrs: "10.0.0.7:6379", db: 3},
		{setting: "rediss://u:p%40%3a%2f@redis.example.cn", addrs: "redis.example.cn:6379", user: "u", password: "p@:/", secure: true},
		{setting: "redis://:p@ss@h", addrs: "h:6379", password: "p@ss"},
		{setting: "redis://[::1]:7000", addrs: "[::1]:7000"},
		{setting: "redis://[::1]", addrs: "[::1]:6379"},
		{setting: "redis-sentinel://a,b:26380,[::1]/mymaster?db=2", addrs: "a:26379 b:26380 [::1]:26379", master: "mymaster", db: 2},
		{setting: "rediss-sentinel://u:p@a/m", addrs: "a:26379", user: "u", password: "p", master: "m", secure: true},
		{setting: "redis-cluster://:p@a,b:7001", addrs: "a:6379 b:7001", password: "p", cluster: true},
		{setting: "rediss-cluster://a", addrs: "a:6379", cluster: true, secure: true},
	} {
		got, err := parse(c.setting)
		if err != nil {
			t.Errorf("%s: %v", c.setting, err)
			continue
		}
		if strings.Join(got.Addrs, " ") != c.addrs || got.Username != c.user || got.Password != c.password || got.DB != c.db ||
			got.MasterName != c.master || got.IsClusterMode != c.cluster || (got.TLSConfig != nil) != c.secure {
			t.Errorf("%s: %+v", c.setting, got)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for setting, want := range map[string]string{
		"":                                                "redis-sentinel://",
		"localhost:6379":                                  "redis://",
		"postgres://u:hunter2@h":                          "redis://",
		"redisx://u:hunter2@h":                            "redis://",
		"rediss-x://u:hunter2@h":                          "redis://",
		"redis://":                                        "host",
		"redis://:hunter2@":                               "host",
		"redis://hunter2@h":                               "user without a password",
		"redis://u:hunter2%zz@h":                          "%25",
		"redis://u:hunter2@h:port":                        "host:port",
		"redis://u:hunter2@h:99999":                       "host:port",
		"redis://u:hunter2@a,b":                           "redis-sentinel://",
		"redis://u:hunter2@h/x":                           "number from 0",
		"redis://u:hunter2@h/-1":                          "number from 0",
		"redis://u:hunter2@h/1?db=2":                      "twice",
		"redis://u:hunter2@h?bd=2":                        "unknown option",
		"redis://u:hunter2@h?db=%zz":                      "question mark",
		"redis-sentinel://u:hunter2@a,b":                  "mymaster",
		"redis-sentinel://u:hunter2@a/m/x":                "mymaster",
		"redis-cluster://u:hunter2@a/1":                   "database 0",
		"redis-cluster://u:hunter2@a?db=1":                "database 0",
		"redis-cluster://u:hunter2@a,,b":                  "host",
		"redis://u:hunter2@h/0?sentinel_password=hunter2": "unknown option",
	} {
		_, err := parse(setting)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want it to say %q", setting, err, want)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error shows the password: %v", setting, err)
		}
	}
}

func TestRedact(t *testing.T) {
	for setting, want := range map[string]string{
		"embedded":             "embedded",
		"redis://h:6379/0":     "redis://h:6379/0",
		"redis://u:secret@h/1": "redis://u:***@h/1",
		"rediss://:se@cret@h":  "rediss://:***@h",
		"redis-sentinel://u:secret@a,b/m?sentinel_password=secret": "redis-sentinel://u:***@a,b/m?sentinel_password=***",
		"secret": "***",
	} {
		if got := Redact(setting); got != want {
			t.Errorf("%s: %s, want %s", setting, got, want)
		}
	}
}
