// Package sms is a pretend Alibaba Cloud SMS on the real wire. It checks signature, nonce and clock of a call, knows signs, templates
// and the limits of a number, carries texts to handsets, and pushes receipts and replies until somebody acknowledges them.
package sms

import (
	"net/http"

	"towncrier/sandbox/platform"
)

// Server is the pretend Alibaba Cloud SMS. Safe for concurrent use.
type Server struct {
	gateway *gateway
	replies *replies
}

// New checks cfg. The server stops when base is closed.
func New(cfg Config, base *platform.Base) (*Server, error) {
	cfg.setDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	templates, err := readTemplates(cfg.Templates)
	if err != nil {
		return nil, err
	}
	texts := newTexts(base.Record, base.Now())
	pushes := &pusher{base: base, retries: cfg.ReportRetries}
	send := &sender{
		base: base, texts: texts, signs: cfg.Signs, templates: templates,
		receipts: &receipts{base: base, texts: texts, pushes: pushes, target: cfg.ReportURL, delay: cfg.Delay},
	}
	query := &queries{base: base, texts: texts}
	s := &Server{
		gateway: newGateway(base, newCallers(cfg.AccessKeyID, cfg.AccessKeySecret), cfg.QPS, []operation{
			{name: "SendSms", serve: send.sendSMS, numbers: numbersOfSend},
			{name: "SendBatchSms", serve: send.sendBatchSMS, numbers: numbersOfBatch},
			{name: "QuerySendDetails", serve: query.serve, numbers: numbersOfQuery, asks: true},
		}),
		replies: &replies{base: base, texts: texts, pushes: pushes, target: cfg.ReplyURL},
	}
	base.Faults.Register(reportAPI, replyAPI)
	return s, nil
}

// Route serves calls at /sandbox/aliyun/: an RPC gateway with one path, GET and POST.
func (s *Server) Route(mux *http.ServeMux) {
	mux.HandleFunc("/sandbox/aliyun/{$}", s.gateway.serve)
}

// Reply records a reply by SMS and pushes it in the background. It comes from number, or when that is "" from the number of the
// resident with openid, who may be "" when there is a number. The channel gives what became of it, once.
func (s *Server) Reply(openid, number, text string) (platform.Entry, <-chan platform.Outcome, error) {
	return s.replies.send(openid, number, text)
}
