// Package aliyun sends texts through Alibaba Cloud SMS (dysmsapi, 2017-05-25) over its own SDK, asks for their status,
// and takes its pushes of receipts and replies.
package aliyun

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/dysmsapi"

	"towncrier/sms"
)

// DefaultEndpoint is the provider's base URL.
const DefaultEndpoint = "https://dysmsapi.aliyuncs.com"

const (
	defaultConnectTimeout = 3 * time.Second
	defaultTimeout        = 10 * time.Second
	minTimeout            = time.Second // the provider asks its clients for no less
	defaultConcurrency    = 32

	region = "cn-hangzhou"
	// idleLimit is short, because a text written to a connection that the other side is just closing ends in doubt, and a
	// new handshake costs a few milliseconds.
	idleLimit = 30 * time.Second
	// maxAnswer bounds what is read of an answer. The longest are 50 rows of details, each of some 700 bytes with a text
	// of 500 characters.
	maxAnswer = 1 << 20
)

// shanghai is the zone of every time that the provider writes, and of its days. China has kept one offset since 1991.
var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// Config is one account at the provider. AccessKeyID, AccessKeySecret and Sign are required.
type Config struct {
	AccessKeyID     string
	AccessKeySecret string
	Sign            string // the registered sign, without 【】

	// Endpoint is the API's base URL, http or https; it may have a path. "" means DefaultEndpoint.
	Endpoint string
	// ConnectTimeout bounds name lookup, connecting and the TLS handshake, each. 0 means 3 s: two lost packets are survived,
	// and what fails here was certainly not sent. At least 1 s.
	ConnectTimeout time.Duration
	// Timeout bounds a call from end to end. 0 means 10 s, the SDK's own limit for an answer: a text given up on is in
	// doubt, and settling it costs far more than waiting. At least 1 s.
	Timeout time.Duration
	// Concurrency bounds the calls under way at once, each on a connection of its own; more wait for their turn. 0 means
	// 32, which at 50 ms a call are 640 texts a second; the provider takes 5,000 a second from one account.
	Concurrency int
}

// Client calls the API for one account. It is an sms.Sender. Safe for concurrent use.
type Client struct {
	sign       string
	timeout    time.Duration
	transport  *http.Transport
	sdkClients chan *sdkClient // those that are free
}

var _ sms.Sender = (*Client)(nil)

// New checks cfg, fills in its defaults and makes a client. It makes no call.
func New(cfg Config) (*Client, error) {
	if cfg.Endpoint == "" {
		cfg.Endpoint = DefaultEndpoint
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = defaultConnectTimeout
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = defaultTimeout
	}
	if cfg.Concurrency == 0 {
		cfg.Concurrency = defaultConcurrency
	}
	base, err := cfg.check()
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: cfg.ConnectTimeout, KeepAlive: 30 * time.Second}
	c := &Client{
		sign: cfg.Sign, timeout: cfg.Timeout, sdkClients: make(chan *sdkClient, cfg.Concurrency),
		// A dialer of one's own keeps the transport on HTTP/1.1, where a call owns its connection and what was written to it
		// is certain. ProxyFromEnvironment spares loopback addresses.
		transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         dialer.DialContext,
			TLSHandshakeTimeout: cfg.ConnectTimeout,
			MaxIdleConnsPerHost: cfg.Concurrency,
			MaxConnsPerHost:     cfg.Concurrency, // a call that comes a moment before a connection is free would open another
			IdleConnTimeout:     idleLimit,
		},
	}
	for range cfg.Concurrency {
		l, err := newSDKClient(base, cfg, c.transport)
		if err != nil {
			return nil, err
		}
		c.sdkClients <- l
	}
	return c, nil
}

// check reports everything that is wrong with a configuration. It shows no credential.
func (cfg Config) check() (*url.URL, error) {
	var faults []error
	if cfg.AccessKeyID == "" || cfg.AccessKeySecret == "" || cfg.Sign == "" {
		faults = append(faults, errors.New("access key id, access key secret and sign are all needed: see 访问控制 and 签名管理 in the console"))
	}
	if strings.ContainsAny(cfg.Sign, "【】[]()") {
		faults = append(faults, errors.New("sign must be without brackets: the provider puts 【】 around it"))
	}
	base, err := url.Parse(cfg.Endpoint)
	if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" || base.User != nil ||
		base.RawQuery != "" || base.Fragment != "" {
		faults = append(faults, errors.New("endpoint must be http or https with a host and nothing behind the path, like "+DefaultEndpoint))
	}
	if cfg.ConnectTimeout < minTimeout || cfg.Timeout < minTimeout {
		faults = append(faults, fmt.Errorf("connect timeout and timeout must be at least %v", minTimeout))
	}
	if cfg.Concurrency < 1 || cfg.Concurrency > 1000 {
		faults = append(faults, fmt.Errorf("concurrency is %d, want 1 to 1000", cfg.Concurrency))
	}
	// The SDK then prints every URL, with number, variables and signature.
	if slices.Contains(strings.Split(os.Getenv("DEBUG"), ","), "sdk") {
		faults = append(faults, errors.New("the environment's DEBUG holds sdk, which makes the provider's SDK print phone numbers: take it out"))
	}
	return base, errors.Join(faults...)
}

// Close gives idle connections back.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// call makes one call on a free SDK client, within the client's time limit and ctx. Every error is an *sms.Error.
func (c *Client) call(ctx context.Context, do func(*dysmsapi.Client) (answer, error)) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	select {
	case l := <-c.sdkClients:
		defer func() { c.sdkClients <- l }()
		return l.call(ctx, do)
	case <-ctx.Done():
		return &sms.Error{Class: sms.Retry, Err: fmt.Errorf("no free connection: %w", ctx.Err())}
	}
}

// newSDKClient makes one of the pool's SDK clients. An SDK client writes to itself on every call, so it serves one at a time.
func newSDKClient(base *url.URL, cfg Config, transport http.RoundTripper) (*sdkClient, error) {
	l := &sdkClient{transport: transport, client: &dysmsapi.Client{}, secrets: []string{cfg.AccessKeyID, cfg.AccessKeySecret}}
	options := sdk.NewConfig().
		WithScheme(strings.ToUpper(base.Scheme)).
		WithAutoRetry(false).                  // each of its retries is another text
		WithTimeout(cfg.Timeout + time.Second) // behind the context's, which tells how far the call came
	options.Transport = l
	// Not NewClientWithOptions: that also fills a map of endpoints in a global, which is not needed here, without a lock.
	err := l.client.InitWithOptions(region, options, credentials.NewAccessKeyCredential(cfg.AccessKeyID, cfg.AccessKeySecret))
	if err != nil {
		return nil, errors.New("the provider's SDK refuses the credentials")
	}
	l.client.SetCloseTrace(true) // a span is named by the URL, with the number
	// Proxies are the transport's matter. The SDK would read NO_PROXY as regular expressions, and refuse to call at all
	// when one is faulty.
	l.client.SetNoProxy(".")
	// The SDK writes scheme://domain/?query, so a path in front is part of the domain; the signature covers neither.
	l.client.Domain = base.Host + strings.TrimRight(base.EscapedPath(), "/")
	return l, nil
}
