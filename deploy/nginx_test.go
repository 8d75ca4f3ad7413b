package deploy

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"towncrier/porttest"
)

// certificate writes one for the sample's host, and returns who trusts it.
func certificate(t *testing.T, folder string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"talk.example.gov.cn"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"pem": {Type: "CERTIFICATE", Bytes: der}, "key": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(folder, "talk.example.gov.cn."+name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return pool
}

// startNginx serves by the sample: only its ports, its folders and its server's address are changed, and offices that are not this machine.
func startNginx(t *testing.T, nginx, server, office string) (client *http.Client, base, folder string) {
	t.Helper()
	folder = t.TempDir()
	at := porttest.Hold(t)
	text := strings.NewReplacer("127.0.0.1:8080", server, "listen 443 ssl", "listen "+at+" ssl", "listen 80;", "listen "+porttest.Hold(t)+";",
		"/etc/nginx/tls/", folder+"/", "/var/log/nginx/", folder+"/", "    127.0.0.1 1;\n", "    127.0.0.1 "+office+";\n").Replace(read(t, "nginx/towncrier.conf"))
	whole := fmt.Sprintf("daemon off; pid %[1]s/pid; error_log %[1]s/start.log;\nevents {}\nhttp {\naccess_log off; client_body_temp_path %[1]s; proxy_temp_path %[1]s; fastcgi_temp_path %[1]s; uwsgi_temp_path %[1]s; scgi_temp_path %[1]s;\n%[2]s}\n", folder, text)
	conf := filepath.Join(folder, "nginx.conf")
	if err := os.WriteFile(conf, []byte(whole), 0o600); err != nil {
		t.Fatal(err)
	}
	pool := certificate(t, folder)
	args := []string{nginx, "-p", folder, "-c", conf, "-e", filepath.Join(folder, "start.log")}
	if out, err := run(t, nil, append(args, "-t")...); err != nil || strings.Contains(out, "[warn]") && !strings.Contains(out, "user") {
		t.Fatalf("nginx -t: %v\n%s", err, out)
	}
	cmd := exec.Command(args[0], args[1:]...) //nolint:gosec // the machine's own
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt) //nolint:errcheck // it may have ended
		cmd.Wait()                       //nolint:errcheck
	})
	client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "talk.example.gov.cn"}}}
	t.Cleanup(client.CloseIdleConnections)
	base = "https://" + at
	for deadline := time.Now().Add(10 * time.Second); ; {
		conn, err := net.Dial("tcp", at)
		if err == nil {
			conn.Close()
			return client, base, folder
		}
		if time.Now().After(deadline) {
			t.Fatalf("nginx does not listen: %v\n%s", err, read(t, filepath.Join(folder, "start.log")))
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// TestNginx puts the sample in front of a server, and asks it from outside.
func TestNginx(t *testing.T) {
	nginx := installed("nginx")
	if nginx == "" {
		t.Fatal("no nginx here: scripts/testtools installs it")
	}
	server := serve(t)
	client, base, folder := startNginx(t, nginx, server, "1")

	for path, want := range map[string]int{
		"/healthz": http.StatusOK, "/api/v1/openapi.json": http.StatusOK, "/api/v1/me": http.StatusUnauthorized,
		"/wechat":  http.StatusBadRequest, // the server's: no signature
		"/metrics": http.StatusNotFound, "/readyz": http.StatusNotFound, "/": http.StatusNotFound,
		"/sms/report/anykeyatall": http.StatusNotFound,
	} {
		if status, body := get(t, client, base+path); status != want {
			t.Errorf("%s: %d, want %d: %.200s", path, status, want, body)
		}
	}
	post := func(path string, size int) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+path, bytes.NewReader(make([]byte, size)))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	for _, c := range []struct {
		path    string
		size    int
		tooMuch bool
	}{{"/wechat", 64 << 10, false}, {"/wechat", 64<<10 + 1, true}, {"/sms/report/x", 1 << 20, false}, {"/sms/report/x", 1<<20 + 1, true},
		{"/api/v1/imports", 64<<20 + 1, true}} {
		if status := post(c.path, c.size); (status == http.StatusRequestEntityTooLarge) != c.tooMuch {
			t.Errorf("%d bytes to %s: %d", c.size, c.path, status)
		}
	}

	// Who says that they come from elsewhere is counted where they are: wrong keys of one address do not open apart.
	var last int
	for i := range 40 {
		last, _ = get(t, client, base+"/api/v1/me", "Authorization", fmt.Sprintf("Bearer tck_%040d", i), "X-Forwarded-For", fmt.Sprintf("192.0.2.%d", i))
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("40 wrong keys, each with an address of its own: %d, want %d", last, http.StatusTooManyRequests)
	}

	log := read(t, filepath.Join(folder, "towncrier.log"))
	if strings.Contains(log, "anykeyatall") || !strings.Contains(log, "/sms/") {
		t.Errorf("the log shows callback keys, or no callbacks:\n%s", log)
	}

	outside, base, _ := startNginx(t, nginx, server, "0")
	if status, _ := get(t, outside, base+"/api/v1/openapi.json"); status != http.StatusForbidden {
		t.Errorf("who is in no office gets %d from the API", status)
	}
}

// TestNginxLimits holds the sample's limits of uploads and long answers against those of the API's gate: as large, and a little longer.
func TestNginxLimits(t *testing.T) {
	gate := read(t, "../api/streaming.go")
	number := func(text, pattern string) int {
		t.Helper()
		m := regexp.MustCompile(pattern).FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("no %s", pattern)
		}
		n, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	_, location, _ := strings.Cut(read(t, "nginx/towncrier.conf"), "location /api/v1/ {")
	if got, want := number(location, `client_max_body_size (\d+)m;`), number(gate, `maxUpload = (\d+) << 20`); got != want {
		t.Errorf("nginx takes %d MiB, and the server %d", got, want)
	}
	stall := number(gate, `stall = (\d+) \* time.Second`)
	for _, limit := range []string{"client_body_timeout", "send_timeout", "proxy_send_timeout", "proxy_read_timeout"} {
		if got := number(location, limit+` (\d+)s;`); got <= stall || got > 3*stall {
			t.Errorf("%s is %d s, and the server waits %d s", limit, got, stall)
		}
	}
}
