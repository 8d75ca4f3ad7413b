package api

import (
	"cmp"
	"context"
	"slices"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/feedback"
	"towncrier/staff"
)

// feedbackHandler has what colleagues say of the console.
type feedbackHandler struct {
	feedback *feedback.Service
	names    directory
}

func (h feedbackHandler) register(g *gate) {
	add(g, get("/feedback", "list-feedback", "List what you said of the console, and what everybody did if you answer it: first what waits", anyStaff), h.list)
	add(g, post("/feedback", "give-feedback", "Say what is wrong with the console, for admins to answer", anyStaff), repeatable(h.give, h.given, "feedback.give"))
	add(g, post("/feedback/{id}/answer", "answer-feedback", "Answer what a colleague said of the console", staff.AnswerFeedback), repeatable(h.answer, nothingShown, "feedback.answer"))
}

func (h feedbackHandler) list(ctx context.Context, caller staff.Person, _ *Nothing) (*reply[wire.Page[wire.Feedback]], error) {
	of := caller.ID
	if caller.Role.May(staff.AnswerFeedback) {
		of = ""
	}
	return listed(h.view(ctx))(h.feedback.List(ctx, of))
}

func (h feedbackHandler) give(ctx context.Context, caller staff.Person, in *Body[wire.GiveFeedback]) (*created[wire.Feedback], error) {
	f, err := h.feedback.Give(ctx, caller.ID, in.Body.Page, in.Body.Text)
	if err != nil {
		return nil, err
	}
	return &created[wire.Feedback]{wire.Prefix + "/feedback", h.view(ctx)(f)}, nil
}

// given is what was said under the key before.
func (h feedbackHandler) given(ctx context.Context, caller staff.Person, act audit.Act) (*created[wire.Feedback], error) {
	all, err := h.feedback.List(ctx, caller.ID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(f feedback.Feedback) bool { return f.ID == act.Subject })
	if i < 0 {
		return nil, feedback.ErrNone
	}
	return &created[wire.Feedback]{wire.Prefix + "/feedback", h.view(ctx)(all[i])}, nil
}

type FeedbackAnswerInput struct {
	ID   string `path:"id" pattern:"^F[A-Z2-7]{10}$" patternDescription:"an id of feedback"`
	Body wire.AnswerFeedback
}

func (h feedbackHandler) answer(ctx context.Context, caller staff.Person, in *FeedbackAnswerInput) (*Nothing, error) {
	return nil, h.feedback.Answer(ctx, caller.ID, in.ID, in.Body.Answer)
}

func (h feedbackHandler) view(ctx context.Context) func(feedback.Feedback) wire.Feedback {
	people := h.names.people(ctx)
	return func(f feedback.Feedback) wire.Feedback {
		out := wire.Feedback{ID: f.ID, Person: f.Person, PersonName: cmp.Or(people[f.Person], f.Person), Page: f.Page, Text: f.Text, At: f.At,
			Answer: f.Answer, AnsweredBy: f.AnsweredBy, AnsweredAt: f.AnsweredAt}
		if f.AnsweredBy != "" {
			out.AnsweredByName = cmp.Or(people[f.AnsweredBy], f.AnsweredBy)
		}
		return out
	}
}
