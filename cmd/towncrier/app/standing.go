package app

import (
	"context"

	"towncrier/api/wire"
	"towncrier/cmd/towncrier/doctor"
)

// wording is how officials read what is looked at: what it is, and what to do when it is not as it should be.
type wording struct{ label, do string }

// jobs are parts and resources, in the order in which they are shown.
var jobs = []struct {
	name string
	wording
}{
	{"answers", wording{"回答居民", "居民现在得不到回答：先处理下面的“服务器时钟”"}},
	{"worker", wording{"后台发送", "群发、答复和验证码现在发不出去，恢复以后接着发：先处理下面的数据库、Redis 或任务队列"}},
	{"console", wording{"工作台和接口", "工作台里现在存不了东西：先处理下面的数据库或 Redis"}},
	{"database", wording{"数据库", "请系统管理员看数据库是不是在运行、连得上、可以写、磁盘有没有满"}},
	{"redis", wording{"Redis", "请系统管理员看 Redis 是不是在运行、连得上、可以写、内存有没有用完"}},
	{"queue", wording{"任务队列", "请系统管理员看 Redis 是不是在运行、连得上"}},
	{"clock", wording{"服务器时钟", "和微信的时间差得太多，微信的消息会被拒收：请系统管理员校准服务器时钟"}},
	{"wechat", wording{"公众号凭据", "微信不认公众号的 AppID 或 AppSecret，主动发出的微信消息都发不了：请系统管理员核对设置"}},
}

// looked are the checks that are made in the background.
var looked = map[string]wording{
	"wechat-token":     {"取得公众号的访问凭证", "请系统管理员核对公众号的 AppID、AppSecret 和 IP 白名单"},
	"wechat-mode":      {"公众号的消息加解密方式", "公众平台上选的方式和服务器上设的不一样：请系统管理员改成一样"},
	"wechat-templates": {"微信的消息模板", "有模板在公众平台上没有，或者写法不一样，用它的群发会失败：请系统管理员对照公众平台改正"},
	"content":          {"正在使用的内容", "发布了的内容没有全部用上：请系统管理员核对程序的版本和内容文件夹"},
	"sms-sign":         {"短信签名", "短信平台没有通过或停用了签名，短信会发不出去：请系统管理员到短信平台办理"},
	"sms-templates":    {"短信模板", "有模板在短信平台没有通过，用它的短信会发不出去：请系统管理员到短信平台办理"},
	"callback":         {"平台访问本系统的地址", "微信或短信平台访问不到，或者证书快要到期：请系统管理员核对域名、证书和代理"},
	"clock":            {"时钟与平台核对", "服务器时钟和平台的差得太多：请系统管理员校准服务器时钟"},
	"redis":            {"Redis 的设置", "请系统管理员核对 Redis 的版本和设置"},
	"disk":             {"磁盘空间", "磁盘快满了，满了以后什么也存不了：请系统管理员腾出空间"},
	"limits":           {"内存和连接数的上限", "系统给的内存或连接数太少，人多的时候会停：请系统管理员调高"},
}

// stateLabels are what officials read for the states of both.
var stateLabels = map[string]string{
	isOK: "正常", isDown: "出错，或者没有应答", isFull: "满了", isReadOnly: "不能写入",
	string(doctor.Unchecked): "还没有查", string(doctor.Warning): "要留意", string(doctor.Fault): "有故障",
}

// standing is how all stands: what /readyz finds within a second, and what the latest round has found.
func (h *health) standing(ctx context.Context) []wire.Check {
	states := h.check(ctx)
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []wire.Check
	for _, j := range jobs {
		if state, is := states[j.name]; is {
			all = append(all, j.check(j.name, state, state == isOK))
			all[len(all)-1].Since = h.since[j.name]
		}
	}
	return append(all, h.looks.standing()...)
}

func (r *rounds) standing() []wire.Check {
	states := r.states()
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []wire.Check
	for _, c := range r.checks {
		state := states[c.Name]
		one := looked[c.Name].check(c.Name, string(state), !state.Wrong())
		one.Since = r.since[c.Name]
		all = append(all, one)
	}
	return all
}

func (r wording) check(name, state string, ok bool) wire.Check {
	c := wire.Check{Name: name, Label: r.label, OK: ok, State: state, StateLabel: stateLabels[state]}
	if !ok {
		c.Do = r.do
	}
	return c
}
