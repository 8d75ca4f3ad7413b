package doctor

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"towncrier/content"
	"towncrier/wechat"
)

// WeChatToken asks the platform for an access token, without which nothing but answers can be sent.
func WeChatToken(client *wechat.Client) Check {
	return Check{"wechat-token", "an access token of WeChat", one(func(ctx context.Context) Finding {
		if err := client.CheckAccess(ctx); err != nil {
			return ofWeChat("", err)
		}
		return ok("", "WeChat gives this server an access token")
	})}
}

// WeChatMode compares the message mode of the settings with what authentic messages showed since the server started; mismatch is that, nil
// where no server is.
func WeChatMode(sealed bool, mismatch func() error) Check {
	return Check{"wechat-mode", "the message mode (消息加解密方式)", one(func(context.Context) Finding {
		var err error
		if mismatch != nil {
			err = mismatch()
		}
		switch {
		case err != nil:
			return fault("", "messages of residents are refused: "+err.Error(), "make 消息加解密方式 and EncodingAESKey the same here and in WeChat's console, "+
				"设置与开发 > 基本配置 > 服务器配置: TOWNCRIER_WECHAT_AES_KEY goes with 安全模式")
		case !sealed:
			return warning("", "messages travel in plaintext", "choose 安全模式 in WeChat's console and set its EncodingAESKey as TOWNCRIER_WECHAT_AES_KEY")
		}
		return ok("", "sealed messages are expected: WeChat's console must say 安全模式")
	})}
}

// WeChatTemplates holds the content's templates against those of the account.
func WeChatTemplates(client *wechat.Client, library func() *content.Library) Check {
	return Check{"wechat-templates", "the templates of templates.yaml at WeChat", func(ctx context.Context) []Finding {
		lib := library()
		found := weChatTemplates(ctx, templatesOf(lib, content.TemplateChannel), client.Templates)
		found = append(found, weChatTemplates(ctx, templatesOf(lib, content.SubscriptionChannel), client.SubscriptionTemplates)...)
		if len(found) == 0 {
			return []Finding{ok("", "templates.yaml has no template of WeChat")}
		}
		return found
	}}
}

// templatesOf are the content's templates of a channel, by id.
func templatesOf(lib *content.Library, channel string) (all []*content.Template) {
	for _, t := range lib.Templates {
		if t.Channel == channel {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b *content.Template) int { return strings.Compare(a.ID, b.ID) })
	return all
}

func weChatTemplates(ctx context.Context, ours []*content.Template, list func(context.Context) ([]wechat.Template, error)) (found []Finding) {
	if len(ours) == 0 {
		return nil
	}
	theirs, err := list(ctx)
	if err != nil {
		return []Finding{ofWeChat(ours[0].Channel, err)}
	}
	for _, t := range ours {
		i := slices.IndexFunc(theirs, func(w wechat.Template) bool { return w.ID == t.Code })
		if i < 0 {
			found = append(found, fault(t.ID, fmt.Sprintf("the account has no template %s (%s): every message under it is refused", t.Code, t.Title),
				"copy the template's id from 模板库 in WeChat's console into templates.yaml, or apply for the template there"))
			continue
		}
		found = append(found, compare(t, theirs[i]))
	}
	return found
}

// compare holds a template of the content against the account's.
func compare(ours *content.Template, theirs wechat.Template) Finding {
	const remedy = "write its vars in templates.yaml as WeChat's console shows the template"
	var here, there, hereLines, thereLines []string
	for _, v := range ours.Vars {
		here, hereLines = append(here, v.Name), append(hereLines, v.Label+"："+v.Name)
	}
	for _, i := range theirs.Items {
		there, thereLines = append(there, i.Key), append(thereLines, i.Label+"："+i.Key)
	}
	switch slices.Sort(here); {
	case !slices.Equal(here, slices.Sorted(slices.Values(there))):
		return fault(ours.ID, fmt.Sprintf("the account's template %s has %s, templates.yaml has %s", ours.Code, strings.Join(thereLines, ", "), strings.Join(hereLines, ", ")), remedy)
	case theirs.OneTime:
		return warning(ours.ID, fmt.Sprintf("template %s is one of 一次性订阅: a resident's consent is used up by one message", ours.Code),
			"apply for one of 长期订阅, which is open to 政务民生")
	case !slices.Equal(hereLines, thereLines):
		return warning(ours.ID, fmt.Sprintf("residents see %s, a preview shows %s", strings.Join(thereLines, ", "), strings.Join(hereLines, ", ")), remedy)
	}
	return ok(ours.ID, fmt.Sprintf("the account has template %s with these variables", ours.Code))
}

// ofWeChat explains a call that failed.
func ofWeChat(of string, err error) Finding {
	e, is := errors.AsType[*wechat.Error](err)
	switch {
	case !is:
		return unchecked(of, err.Error(), "see that this machine reaches WeChat (TOWNCRIER_WECHAT_API), by its firewall, its DNS and its way out")
	case of != "" && e.Op == "stable_token":
		return unchecked(of, "there is no access token to ask with", "see the check wechat-token")
	case e.Class == wechat.Configuration, e.Class == wechat.Alarm:
		return fault(of, e.Error(), remedyOf(e))
	case e.Class == wechat.Quota:
		return warning(of, e.Error(), "wait for the next day; WeChat's console shows the quotas under 接口权限")
	}
	return warning(of, e.Error(), "let this server reach TOWNCRIER_WECHAT_API, by default https://api.weixin.qq.com: look at the firewall, name server and proxy")
}

// named is the address that WeChat saw.
var named = regexp.MustCompile(`\b[0-9]{1,3}(\.[0-9]{1,3}){3}\b`)

// remedyOf says what to do about an error code.
func remedyOf(e *wechat.Error) string {
	const console = "WeChat's console (mp.weixin.qq.com), 设置与开发 > 基本配置"
	switch e.Code {
	case 40001, 40125:
		return "set TOWNCRIER_WECHAT_SECRET to the account's AppSecret; one that was reset in " + console + " never works again"
	case 40013:
		return "set TOWNCRIER_WECHAT_APP_ID to the AppID that " + console + " shows"
	case 40164, 61004:
		address := named.FindString(e.Words)
		if address == "" {
			address = "the address from which this server reaches the internet"
		}
		return "add " + address + " to IP白名单 in " + console
	case 40243:
		return "unfreeze the AppSecret in " + console + "; it takes about 10 minutes"
	case 43116:
		return "apply for another template; this one is banned"
	case 48001, 48008:
		return "verify the account (认证) and turn the interface on: WeChat's console shows under 接口权限 which ones it has"
	case 48004, 50002, 50007:
		return "read the notice in WeChat's console and have the restriction lifted"
	case 89501, 89503:
		return "an administrator of the account confirms this server's address: WeChat sent them a message"
	case 89506:
		return "wait 24 hours, then have an administrator of the account confirm this server's address"
	case 89507:
		return "wait an hour, then have an administrator of the account confirm this server's address"
	case 0:
		return "set TOWNCRIER_WECHAT_API to the platform's base URL, by default https://api.weixin.qq.com"
	}
	return "look the code up in WeChat's list of error codes (全局返回码)"
}
