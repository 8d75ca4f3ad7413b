package sms

import (
	"net/url"
	"slices"
	"strconv"
)

// Review is what came of a sign or a template that was handed in.
type Review string

const (
	Approved  Review = "approved"
	InReview  Review = "in review"
	Rejected  Review = "rejected"
	Cancelled Review = "cancelled"
)

// status is a review as the API numbers it.
func (r Review) status() int {
	switch r {
	case InReview:
		return 0
	case Rejected:
		return 2
	case Cancelled:
		return 10
	}
	return 1
}

// auditInfo is why a review ended as it did.
type auditInfo struct {
	RejectInfo string `json:",omitempty"`
}

func (r Review) info() auditInfo {
	if r == Rejected {
		return auditInfo{"不符合短信规范"}
	}
	return auditInfo{}
}

// templateTypes are the kinds of templates as GetSmsTemplate numbers them, in text.
var templateTypes = map[TemplateKind]string{CodeTemplate: "0", NoticeTemplate: "1", PromotionTemplate: "2"}

// asksNobody is of operations that name no number.
func asksNobody(url.Values) []string { return nil }

// getTemplate is GetSmsTemplate: a template and what came of its review.
func (s *sender) getTemplate(form url.Values) (any, *apiError) {
	if failed := missing(form, "TemplateCode"); failed != nil {
		return nil, failed
	}
	t := s.templates[form.Get("TemplateCode")]
	if t == nil {
		return nil, fail("isv.SMS_TEMPLATE_ILLEGAL")
	}
	return struct {
		answer
		TemplateCode    string
		TemplateName    string
		TemplateContent string
		TemplateType    string
		TemplateStatus  string // a text in the platform's own SDK
		AuditInfo       auditInfo
	}{ok(), t.Code, t.Code, t.Text, templateTypes[t.Kind], strconv.Itoa(t.Review.status()), t.Review.info()}, nil
}

// getSign is GetSmsSign: a sign and what came of its review.
func (s *sender) getSign(form url.Values) (any, *apiError) {
	if failed := missing(form, "SignName"); failed != nil {
		return nil, failed
	}
	name := form.Get("SignName")
	review, known := s.reviews[name]
	if !known && slices.Contains(s.signs, name) {
		review, known = Approved, true
	}
	if !known {
		return nil, fail("isv.SMS_SIGNATURE_ILLEGAL")
	}
	return struct {
		answer
		SignName   string
		SignStatus int
		AuditInfo  auditInfo
	}{ok(), name, review.status(), review.info()}, nil
}

func ok() answer { return answer{Code: "OK", Message: "OK", RequestID: requestID()} }
