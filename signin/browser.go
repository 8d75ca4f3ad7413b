package signin

import "strings"

// browser says in words what a User-Agent is, so that a person knows it again in a list. What people cannot check is left out: versions.
func browser(agent string) string {
	return firstOf(agent, devices, "其他设备") + "上的" + firstOf(agent, browsers, "其他浏览器")
}

// mark is what a User-Agent holds, and what that stands for. The first that is found counts: most pretend to be an older one as well.
type mark struct{ text, words string }

var devices = []mark{
	{"iPhone", "苹果手机"}, {"iPad", "苹果平板"}, {"HarmonyOS", "鸿蒙设备"}, {"OpenHarmony", "鸿蒙设备"}, {"Android", "安卓手机"},
	{"Windows", "Windows电脑"}, {"Macintosh", "苹果电脑"}, {"UOS", "统信电脑"}, {"Kylin", "麒麟电脑"}, {"Linux", "Linux电脑"},
}

var browsers = []mark{
	{"wxwork", "企业微信"}, {"MicroMessenger", "微信"}, {"DingTalk", "钉钉"}, {"QIHU", "360浏览器"}, {"360SE", "360浏览器"}, {"360EE", "360浏览器"},
	{"Qaxbrowser", "奇安信浏览器"}, {"UOSBrowser", "统信浏览器"}, {"QQBrowser", "QQ浏览器"}, {"UCBrowser", "UC浏览器"}, {"UBrowser", "UC浏览器"}, {"baidu", "百度浏览器"},
	{"HuaweiBrowser", "华为浏览器"}, {"MiuiBrowser", "小米浏览器"}, {"SogouMobile", "搜狗浏览器"}, {"MetaSr", "搜狗浏览器"}, {"Edg", "Edge浏览器"}, {"OPR/", "Opera浏览器"},
	{"Firefox", "火狐浏览器"}, {"Chrome", "谷歌浏览器"}, {"Safari", "Safari浏览器"},
}

func firstOf(agent string, marks []mark, otherwise string) string {
	for _, m := range marks {
		if strings.Contains(agent, m.text) {
			return m.words
		}
	}
	return otherwise
}
