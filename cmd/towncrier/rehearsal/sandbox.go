package rehearsal

import (
	"log/slog"

	"towncrier/cmd/towncrier/config"
	"towncrier/content"
	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	pretendsms "towncrier/sandbox/sms"
	pretendwechat "towncrier/sandbox/wechat"
)

// sandboxOf is the pretend WeChat and the pretend Alibaba Cloud SMS of a rehearsal that serves at base.
func sandboxOf(cfg Config, base string, lib *content.Library, log *slog.Logger) sandbox.Config {
	texts := sandboxSMS(cfg.SMS, base)
	texts.Templates = noticeTexts(texts.Templates, lib)
	return sandbox.Config{
		Config: platform.Config{Residents: followers(lib, cfg.Residents), Log: log},
		WeChat: sandboxWeChat(cfg.WeChat, base+"/wechat", lib),
		SMS:    texts,
		Look:   sandbox.Look{AccountName: lib.City.Name, Welcome: lib.City.Area, Suggestion: exampleOf(lib), Scenes: posters(lib)},
	}
}

// sandboxWeChat is a pretend WeChat account with the credentials of cfg and the city's templates, which pushes to a webhook.
func sandboxWeChat(cfg config.WeChatConfig, webhook string, lib *content.Library) pretendwechat.Config {
	return pretendwechat.Config{
		AppID: cfg.AppID, Secret: cfg.Secret, Token: cfg.Token, AESKey: cfg.AESKey, WebhookURL: webhook, Templates: noticeForms(lib),
	}
}

// sandboxSMS is a pretend Alibaba Cloud account with the credentials of cfg, which pushes receipts to callbacks, a base URL.
func sandboxSMS(cfg config.SMSConfig, callbacks string) *pretendsms.Config {
	templates := pretendsms.DefaultTemplates()
	templates[0].Code = cfg.CodeTemplate
	return &pretendsms.Config{
		AccessKeyID: cfg.AccessKeyID, AccessKeySecret: cfg.AccessKeySecret,
		Signs: []string{cfg.Sign}, Templates: templates,
		ReportURL: callbacks + "/sms/report/" + cfg.CallbackKey,
		ReplyURL:  callbacks + "/sms/reply/" + cfg.CallbackKey,
	}
}

// posters are QR codes that a resident may scan in a rehearsal: one a first-level button of the menu, for its first topic.
func posters(lib *content.Library) []sandbox.Scene {
	var scenes []sandbox.Scene
	for _, button := range lib.Menu {
		for _, b := range append([]content.MenuButton{button}, button.Buttons...) {
			if b.Topic != "" {
				scenes = append(scenes, sandbox.Scene{Label: "海报：" + b.Name, Scene: "topic:" + b.Topic})
				break
			}
		}
	}
	for _, c := range committees {
		scenes = append(scenes, sandbox.Scene{Label: "海报：" + c.Name, Scene: "committee:" + c.Code})
	}
	return scenes
}

// exampleOf is something to begin with: the city's own example, or else the first button of its menu that leads to an answer.
func exampleOf(lib *content.Library) string {
	if lib.City.Example != "" {
		return lib.City.Example
	}
	for _, button := range lib.Menu {
		for _, b := range append([]content.MenuButton{button}, button.Buttons...) {
			if b.Topic != "" {
				return b.Name
			}
		}
	}
	return "你好"
}
