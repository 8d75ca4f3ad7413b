package bot

import (
	"errors"
	"regexp"

	"towncrier/intents"
	"towncrier/roster"
)

// erase asks once more, and says what goes and what stays.
func (x *exchange) erase(s draft) draft {
	switch {
	case x.bot.cfg.Roster == nil:
		s.Text = x.say("no_roster")
		return s
	case x.lost:
		s.Text = x.say("later")
		return s
	}
	me, err := x.bot.cfg.Roster.Me(x.ctx, x.msg.From)
	if err != nil && !errors.Is(err, roster.ErrNoResident) {
		x.fault("resident is not found", err)
		s.Text = x.say("later")
		return s
	}
	s.Kind, s.lead, s.Text = Flowing, s.Text, x.say("erase")
	if me.Phone == "" {
		s.Text = x.say("erase_no_phone")
	}
	s.Text += "\n" + x.say("erase_confirm")
	if x.filedAny() {
		s.Text += x.say("erase_tickets")
	}
	x.open(nil, false)
	x.st.Step = StepErase
	return s
}

// erasing takes the answer. Only the words that were asked for delete: a yes can be meant for something else.
func (x *exchange) erasing() (draft, bool) {
	switch {
	case among(x.key, "确认删除", "我确认删除", "确定删除"):
		return x.erased(false), true
	case among(x.key, "全部删除", "确认全部删除", "我确认全部删除", "确定全部删除", "全都删除", "都删除"):
		return x.erased(true), true
	case saysCancel(x.key), saysNo(x.key), keeping.MatchString(x.key):
		return x.flow(intents.Erase, x.say("not_erased")), true
	case x.asksElsewhere(intents.Erase), x.asks(ofErasing):
		return x.aside(StepErase), true
	}
	x.st.Step = StepErase
	return x.flow(intents.Erase, x.say("erase_words")), true
}

// ofErasing are words that a question about the deletion itself holds.
var ofErasing = regexp.MustCompile(`删|信息|数据|资料|保留|恢复`)

// keeping is how residents say that nothing is to be deleted after all.
var keeping = regexp.MustCompile(`(?:别|甭|嫑|莫|不|不用|不要|不想|先不|暂时不|不能)(?:再|给我|给俺)*删|^不?删?(?:了吧)?(?:我|俺)?(?:又)?(?:反悔|后悔)|留着`)

// filedAny reports whether tickets of the resident are kept.
func (x *exchange) filedAny() bool {
	if x.bot.cfg.Inbox == nil {
		return false
	}
	n, err := x.bot.cfg.Inbox.CountOf(x.ctx, x.msg.From)
	if err != nil {
		x.fault("tickets of a resident are not counted", err)
		return true // better offered in vain
	}
	return n > 0
}

// erased deletes, tickets and all or what they wrote in them not, and claims only what is deleted. Tickets lose their author
// first: without a resident nothing would lead to them any more.
func (x *exchange) erased(tickets bool) draft {
	done := x.say("erased")
	if x.bot.cfg.Inbox != nil {
		leave := x.bot.cfg.Inbox.Forget
		if tickets {
			leave, done = x.bot.cfg.Inbox.Empty, x.say("erased_all")
		}
		if err := leave(x.ctx, x.msg.From); err != nil {
			x.fault("asker is not removed from tickets", err)
			x.st.Step = StepErase
			return x.flow(intents.Erase, x.say("erase_failed"))
		}
	}
	if err := x.bot.cfg.Roster.EraseSelf(x.ctx, x.msg.From); err != nil && !errors.Is(err, roster.ErrNoResident) {
		x.fault("resident is not erased", err)
		x.st.Step = StepErase
		return x.flow(intents.Erase, x.say("erase_failed"))
	}
	x.done = true
	x.st = State{Version: stateVersion}
	if err := x.bot.cfg.Sessions.Delete(x.ctx, x.msg.From); err != nil {
		x.fault("conversation is not deleted", err)
		return x.flow(intents.Erase, done+x.say("talk_later"))
	}
	x.gone = true
	return x.flow(intents.Erase, done+x.say("talk_gone"))
}
