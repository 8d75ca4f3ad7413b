package bot

import (
	"errors"
	"regexp"

	"towncrier/intents"
	"towncrier/roster"
)

// erase asks once more, and says what goes and what stays.
func (t *turn) erase(s say) say {
	switch {
	case t.bot.cfg.Roster == nil:
		s.Text = sayNoRoster
		return s
	case t.lost:
		s.Text = sayLater
		return s
	}
	me, err := t.bot.cfg.Roster.Me(t.ctx, t.msg.From)
	if err != nil && !errors.Is(err, roster.ErrNotFound) {
		t.fault("resident is not found", err)
		s.Text = sayLater
		return s
	}
	s.Kind, s.lead, s.Text = Flowing, s.Text, sayErase
	if me.Phone == "" {
		s.Text = sayEraseNoPhone
	}
	s.Text += "\n" + sayEraseConfirm
	if t.filedAny() {
		s.Text += sayEraseTickets
	}
	t.open(nil, false)
	t.st.Step = StepErase
	return s
}

// erasing takes the answer. Only the words that were asked for delete: a yes can be meant for something else.
func (t *turn) erasing() (say, bool) {
	switch {
	case among(t.key, "确认删除", "我确认删除", "确定删除"):
		return t.erased(false), true
	case among(t.key, "全部删除", "确认全部删除", "我确认全部删除", "确定全部删除", "全都删除", "都删除"):
		return t.erased(true), true
	case saysCancel(t.key), saysNo(t.key), keeping.MatchString(t.key):
		return t.flow(intents.Erase, sayNotErased), true
	case t.elsewhere(intents.Erase), t.asks(ofErasing):
		return t.aside(StepErase), true
	}
	t.st.Step = StepErase
	return t.flow(intents.Erase, sayEraseWords), true
}

// ofErasing are words that a question about the deletion itself holds.
var ofErasing = regexp.MustCompile(`删|信息|数据|资料|保留|恢复`)

// keeping is how residents say that nothing is to be deleted after all.
var keeping = regexp.MustCompile(`(?:别|甭|嫑|莫|不|不用|不要|不想|先不|暂时不|不能)(?:再|给我|给俺)*删|^不?删?(?:了吧)?(?:我|俺)?(?:又)?(?:反悔|后悔)|留着`)

// filedAny reports whether tickets of the resident are kept.
func (t *turn) filedAny() bool {
	if t.bot.cfg.Inbox == nil {
		return false
	}
	n, err := t.bot.cfg.Inbox.CountOf(t.ctx, t.msg.From)
	if err != nil {
		t.fault("tickets of a resident are not counted", err)
		return true // better offered in vain
	}
	return n > 0
}

// erased deletes, tickets and all or what they wrote in them not, and claims only what is deleted. Tickets lose their author
// first: without a resident nothing would lead to them any more.
func (t *turn) erased(tickets bool) say {
	done := sayErased
	if t.bot.cfg.Inbox != nil {
		leave := t.bot.cfg.Inbox.Forget
		if tickets {
			leave, done = t.bot.cfg.Inbox.Empty, sayErasedAll
		}
		if err := leave(t.ctx, t.msg.From); err != nil {
			t.fault("asker is not removed from tickets", err)
			t.st.Step = StepErase
			return t.flow(intents.Erase, sayEraseFailed)
		}
	}
	if err := t.bot.cfg.Roster.EraseSelf(t.ctx, t.msg.From); err != nil && !errors.Is(err, roster.ErrNotFound) {
		t.fault("resident is not erased", err)
		t.st.Step = StepErase
		return t.flow(intents.Erase, sayEraseFailed)
	}
	t.done = true
	t.st = State{Version: stateVersion}
	if err := t.bot.cfg.Sessions.Delete(t.ctx, t.msg.From); err != nil {
		t.fault("conversation is not deleted", err)
		return t.flow(intents.Erase, done+sayTalkLater)
	}
	t.gone = true
	return t.flow(intents.Erase, done+sayTalkGone)
}
