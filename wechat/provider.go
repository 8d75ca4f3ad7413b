package wechat

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"towncrier/broadcast"
	"towncrier/sms"
)

const (
	// beginWithin is how long a call may be begun after its Send: when the platform becomes slow just then, what waits behind other calls
	// is better left to a worker that finds a place for it at once.
	beginWithin = 2 * time.Second
	// askWithin, with callLimit behind it and a refused token's second call, ends an Ask well inside a lease of 2 minutes.
	askWithin = time.Minute
)

// Provider carries one of WeChat's two channels, broadcast.Template or broadcast.Subscription, one call for each message and many
// calls at once. It is a broadcast.Provider. The caller sees to it that no two messages for one openid are under way (43108).
//
// A template message's OutID is its client_msg_id. Handles are msgids in decimal; a subscription notification may have none.
type Provider struct {
	client  *Client
	channel broadcast.Channel
	sends   callers
	asks    callers // of their own: a question that hangs holds up no message
	now     func() time.Time
}

var _ broadcast.Provider = (*Provider)(nil)

// NewProvider has at most inFlight calls under way at once; 0 means DefaultInFlight, and MaxInFlight is the most. now tells
// whether a call is young enough to be repeated; nil means time.Now.
func NewProvider(client *Client, channel broadcast.Channel, inFlight int, now func() time.Time) (*Provider, error) {
	if channel != broadcast.Template && channel != broadcast.Subscription {
		return nil, fmt.Errorf("channel %q is not carried by WeChat", channel)
	}
	if inFlight == 0 {
		inFlight = DefaultInFlight
	}
	if inFlight < 1 || inFlight > MaxInFlight {
		return nil, fmt.Errorf("calls in flight are %d, want 1 to %d", inFlight, MaxInFlight)
	}
	if now == nil {
		now = time.Now
	}
	return &Provider{client: client, channel: channel, sends: newCallers(inFlight), asks: newCallers(inFlight), now: now}, nil
}

// Batch is one message.
func (c *Provider) Batch() int { return 1 }

// Send makes one call for each message. It takes at most 22 seconds.
func (c *Provider) Send(ctx context.Context, m broadcast.Message, code string, messages []broadcast.OutboundMessage) []broadcast.Outcome {
	s, err := c.prepare(m, code)
	if err != nil {
		return slices.Repeat([]broadcast.Outcome{verdictOf(err)}, len(messages))
	}
	begin, cancel := context.WithTimeout(ctx, beginWithin)
	defer cancel()
	outcomes := slices.Repeat([]broadcast.Outcome{{State: broadcast.Pending}}, len(messages))
	places := broadcast.PlacesOf(ctx)
	var next atomic.Int64
	side := min(len(messages), cap(c.sends.slots)) // calls side by side
	if places != nil {
		side = min(side, places.Idle())
	}
	c.sends.all(begin, side, func(int) {
		defer places.Keep(0) // nothing is left for those in which no call is made
		for i := int(next.Add(1)) - 1; i < len(messages) && begin.Err() == nil; i = int(next.Add(1)) - 1 {
			call, ok := places.Begin()
			if !ok {
				return
			}
			outcomes[i] = c.sendOne(ctx, s, messages[i], places, call)
		}
	})
	return outcomes
}

// sendOne makes one call.
func (c *Provider) sendOne(ctx context.Context, s *prepared, l broadcast.OutboundMessage, places *broadcast.Places, call broadcast.Permit) (o broadcast.Outcome) {
	end := broadcast.Doubted // when it panics
	defer func() { places.End(call, end) }()
	msgid, err := c.client.notify(ctx, s, l.OpenID, l.OutID)
	if o = (broadcast.Outcome{State: broadcast.Accepted, Handle: msgid}); err != nil {
		o = verdictOf(err)
	}
	end = broadcast.EndOf(o)
	return o
}

// Answers asks the platform for the addresses that its API has.
func (c *Provider) Answers(ctx context.Context) bool {
	err := c.client.call(ctx, "/cgi-bin/get_api_domain_ip", nil, nil, nil)
	e, failed := errors.AsType[*Error](err)
	return !failed || e.Class != Retry && e.Class != InDoubt
}

// Ask repeats template messages with the same client_msg_id inside the platform's 10 minutes: what was taken the first time
// comes back with its msgid, and what was not is sent now. What the resident refuses was refused the
// first time, too; any other refusal says nothing of the first call, so it leaves the message in doubt. Older ones, and all
// subscription notifications, which have no such id, only an event can settle.
func (c *Provider) Ask(ctx context.Context, m broadcast.Message, code string, messages []broadcast.OutboundMessage) []broadcast.Outcome {
	doubt := broadcast.Outcome{State: broadcast.InDoubt}
	if c.channel != broadcast.Template {
		return slices.Repeat([]broadcast.Outcome{doubt}, len(messages))
	}
	s, err := c.prepare(m, code)
	if err != nil {
		return slices.Repeat([]broadcast.Outcome{doubtful(verdictOf(err))}, len(messages))
	}
	begin, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	outcomes := slices.Repeat([]broadcast.Outcome{doubt}, len(messages))
	c.asks.all(begin, len(messages), func(i int) { outcomes[i] = c.askOne(ctx, s, messages[i]) })
	return outcomes
}

// askOne makes a message's call once more.
func (c *Provider) askOne(ctx context.Context, s *prepared, l broadcast.OutboundMessage) broadcast.Outcome {
	if !c.repeatable(l) {
		return broadcast.Outcome{State: broadcast.InDoubt}
	}
	ctx = broadcast.WithMayCall(ctx, func(context.Context) bool { return c.repeatable(l) })
	msgid, err := c.client.notify(ctx, s, l.OpenID, l.OutID)
	if err == nil {
		return broadcast.Outcome{State: broadcast.Accepted, Handle: msgid}
	}
	// Only what the resident refuses was refused the first time, too.
	if e, ok := errors.AsType[*Error](err); ok && (e.Class == UserGone || e.Class == OptedOut) {
		return verdictOf(err)
	}
	return doubtful(verdictOf(err))
}

// repeatable says whether the platform still knows a message's OutID, so that a call that repeats it sends nothing twice.
func (c *Provider) repeatable(l broadcast.OutboundMessage) bool {
	used := l.NamedAt
	if used.IsZero() {
		used = l.SentAt
	}
	age := c.now().Sub(used) // below 0: before the clock was set back, by an unknown time
	return !used.IsZero() && age >= 0 && age <= broadcast.RepeatWithin
}

// AskWithin is 9 minutes for template messages; subscription notifications cannot be asked about.
func (c *Provider) AskWithin() time.Duration {
	if c.channel == broadcast.Template {
		return broadcast.RepeatWithin
	}
	return 0
}

func (c *Provider) prepare(m broadcast.Message, code string) (*prepared, error) {
	if m.Channel != c.channel {
		return nil, &Error{Op: string(c.channel), Class: CallerFault, Cause: "the message is of another channel"}
	}
	return c.client.prepare(m, code)
}

// doubtful keeps of the outcome of a repeated call what it proves: acceptance.
func doubtful(o broadcast.Outcome) broadcast.Outcome {
	if o.State != broadcast.Accepted {
		o.State = broadcast.InDoubt
	}
	return o
}

// verdictOf is what a failed call means for its message.
func verdictOf(err error) broadcast.Outcome {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return broadcast.Outcome{State: broadcast.InDoubt, Class: string(sms.InDoubt)}
	}
	o := broadcast.Outcome{}
	if e.Code != 0 {
		o.Code = strconv.Itoa(e.Code)
	}
	verdict := func(state broadcast.State, class sms.Class) {
		o.State, o.Class = state, string(class)
	}
	switch e.Class {
	case Done:
		o.State = broadcast.Accepted
	case Retry:
		verdict(broadcast.Pending, sms.Retry)
		o.Wait = pause(e.Code)
	case UserGone, RestartOAuth:
		verdict(broadcast.Failed, sms.Refused)
	case OptedOut, WindowClosed:
		verdict(broadcast.Failed, sms.OptedOut)
	case Late:
		o.State = broadcast.Pending
	case InDoubt:
		verdict(broadcast.InDoubt, sms.InDoubt)
	default:
		// The message, the account or the platform's word about it is at fault: the next message would be refused as well.
		verdict(broadcast.Pending, sms.Operator)
		o.Halt = advice(e)
	}
	return o
}

// pause is how long what was refused for now waits.
func pause(code int) time.Duration {
	switch code {
	case 43108: // another call for the resident is just under way
		return 2 * time.Second
	case 43117: // too many to this resident
		return 10 * time.Minute
	case 45011: // the platform counts by the minute
		return time.Minute
	}
	return 10 * time.Second
}

// advice is what somebody must do before anything else can go, in Chinese.
func advice(e *Error) string {
	code := ""
	if e.Code != 0 {
		code = fmt.Sprintf("（错误码 %d）", e.Code)
	}
	if e.Words != "" {
		code += "。微信的原话：“" + e.Words + "”"
	}
	switch {
	case e.Code == 40037:
		return "微信不认识这个模板编号：请到公众平台核对模板是否还在，再改正 templates.yaml" + code
	case e.Code == 47003:
		key := "有一项内容"
		if e.Key != "" {
			key = "「" + e.Key + "」这一项"
		}
		return key + "不符合微信对模板的要求（长度、字符或未经登记的固定值）：请取消后改正内容，再重新提交" + code
	case e.Code == 43116:
		return "这个模板已被微信封禁：请到公众平台查看原因并申诉，或改用别的模板" + code
	case e.Code == 48001 || e.Code == 48008:
		return "公众号没有发送这类消息的权限：请确认是已认证的服务号，并在公众平台开通" + code
	case e.Code == 40164 || e.Code == 61004:
		return "本服务器的 IP 不在公众号的白名单里：请到公众平台添加" + code
	case e.Code == 40125 || e.Class == Configuration && e.Code == 40001:
		return "公众号的 AppSecret 不对：请到公众平台核对后改正设置" + code
	case e.Code == 89501 || e.Code == 89503:
		return "微信要求管理员确认本服务器的 IP：请公众号管理员在微信里点确认，再继续" + code
	case e.Code == 89506:
		return "管理员24小时内两次拒绝了本服务器的 IP：请等24小时后再试，并请管理员确认" + code
	case e.Code == 89507:
		return "管理员拒绝了本服务器的 IP：请等1小时后再试，并请管理员确认" + code
	case e.Code == 50007:
		return "公众号已被冻结：请登录公众平台查看原因并处理" + code
	case e.Code == 40243:
		return "公众号的 AppSecret 已被冻结：请到公众平台解冻" + code
	case e.Class == Quota:
		return "今天的发送额度已经用完：请明天再继续，或到公众平台申请提高额度" + code
	case e.Class == Alarm:
		return "微信限制了公众号的这项能力：请登录公众平台查看通知并处理" + code
	case e.Class == RefreshToken:
		return "微信不接受访问令牌：请核对 AppSecret，并确认没有别的系统在刷新同一公众号的令牌" + code
	case e.Class == CallerFault:
		return "微信认为消息的写法有误：请取消后检查内容，再重新提交" + code
	case e.Code == 0:
		return "微信接口的地址或证书不对：请检查 TOWNCRIER_WECHAT_API 和网络代理"
	}
	return "微信拒绝发送：请按错误码查阅公众平台的说明" + code
}
