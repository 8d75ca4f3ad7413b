package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestContentForms writes entries of every sort by command, by their labels: added, changed in one field, moved, refused, removed, published.
func TestContentForms(t *testing.T) {
	t.Parallel()
	r := rehearse(t, rehearsalOf(t, "TOWNCRIER_DATA="+t.TempDir(), "TOWNCRIER_CONTENT="+littletown))
	author, approver := r.as(t, "author"), r.as(t, "approver")
	do := func(args ...string) string {
		t.Helper()
		return ok(t, author, append([]string{"content"}, args...)...)
	}
	fails := func(want string, args ...string) {
		t.Helper()
		if code, out, errs := command(t, author, "", append([]string{"content", "form"}, args...)...); code == 0 || !strings.Contains(errs, want) {
			t.Errorf("%v: exit %d\n%s%s, want %s", args, code, out, errs, want)
		}
	}
	wantIn(t, do("form", "list", "联系方式"), "office", "示例镇值班电话")
	wantIn(t, do("form", "list", "phrases"), "ticket", "已登记，编号是{编号}", "登记和转人工")
	wantIn(t, do("form", "show", "公告", "L1"), "发布单位（issuer）", "\n  2：", "校验值")
	id := draftID.FindString(do("new", "表单"))

	many := draftID.FindString(do("new", "很多联系方式"))
	var contacts strings.Builder
	for n := range 205 { // more than a page of the API
		fmt.Fprintf(&contacts, "- id: c%d\n  name: 示例\n  phone: 0000-5550101\n  for: 示例\n  source: 示例\n", n)
	}
	if code, _, errs := command(t, author, contacts.String(), "content", "put", many, "contacts.yaml", "-"); code != 0 {
		t.Fatal(errs)
	}
	wantIn(t, do("form", "list", "联系方式", "--draft", many), "c0 ", "c204 ")
	do("drop", many)

	made := do("form", "set", id, "联系方式", "clinic", "名称=示例卫生所", "电话=0000-5550101", "用途=看病", "号码出处=《示例镇便民手册》（虚构）", "--before", "repair")
	wantIn(t, made, "联系方式 clinic（contacts.yaml）", "电话（phone）：0000-5550101")
	wantIn(t, do("form", "set", id, "contacts", "clinic", "for=看病、打针"), "用途（for）：看病、打针", "名称（name）：示例卫生所")
	wantIn(t, do("form", "set", id, "主题", "emergency", "名称=应急", "别的叫法=抢险", "别的叫法=突发"), "- 抢险", "- 突发")
	if out := do("form", "set", id, "主题", "emergency", "别的叫法+=灾害", "别的叫法-=抢险"); strings.Contains(out, "- 抢险") || !strings.Contains(out, "- 灾害") {
		t.Error(out)
	}
	wantIn(t, do("form", "set", id, "公告", "L1", "条目.9=示例：新的一条。", "年份是否推定=否"), "9：示例：新的一条。", "年份是否推定（year_inferred）：否")
	if out := do("form", "set", id, "公告", "L1", "条目.9="); strings.Contains(out, "新的一条") {
		t.Error(out)
	}
	wantIn(t, do("form", "set", id, "备好的群发稿", "water", "标题=停水提醒（表单）"), "停水提醒（表单）")
	wantIn(t, do("form", "set", id, "机器人用语", "nonsense", "文字=没有看懂，请换句话说。"), "用在哪里：没有答案的时候", "原来的文字：没有看懂这条消息")
	wantIn(t, do("form", "set", id, "备好的群发稿", "water", "消息.短信.内容.title=请提前储水"), "短信.内容.title：请提前储水", "微信模板消息.链接：https://example.com/water")
	wantIn(t, do("form", "set", id, "菜单", "多看看", "下级按钮.1.名称=你好", "下级按钮.1.点击后的问答=chat.greet", "下级按钮.2.name=帮助", "下级按钮.2.topic=chat.help"), "1.名称：你好", "2.点击后的问答：chat.help")
	if out := do("form", "set", id, "菜单", "多看看", "下级按钮.1="); strings.Contains(out, "你好") || !strings.Contains(out, "1.名称：帮助") {
		t.Error(out)
	}
	fails("现在有1个，添一个写2", "set", id, "菜单", "多看看", "下级按钮.3.名称=再看看")
	do("form", "remove", id, "菜单", "多看看")
	wantIn(t, do("form", "set", id, "备好的群发稿", "water", "发送范围.符合任一=", "发送范围.主题=water"), "\n  主题：water")
	wantIn(t, do("form", "set", id, "应急模板", "water", "要填的项目.1.最多几个字=18", "要填的项目.4.可以不填=是", "答复.应急的词+=没自来水", "结束时.条目.1={where}已于{ended.full}恢复供水。"),
		"1.最多几个字：18", "4.可以不填：是", "没自来水", "恢复供水。")
	fails("没有“{elsewhere}”这一项", "set", id, "应急模板", "water", "条目.1={elsewhere}停水。")
	wantIn(t, do("form", "set", id, "公告", "L1", "状态=有效"), "状态（status）：有效")
	do("form", "set", id, "不答的问题", "火星上有水吗")
	wantIn(t, do("form", "list", "不答的问题", "--draft", id), "火星上有水吗")
	do("form", "remove", id, "不答的问题", "火星上有水吗")
	wantIn(t, do("form", "set", id, "同义词", "停水", "别的说法+=没来水"), "- 没来水")
	wantIn(t, do("form", "list", "机器人用语", "--draft", id), "【本市】没有看懂，请换句话说。")

	file := filepath.Join(t.TempDir(), "menu.yaml")
	if err := os.WriteFile(file, []byte("topic: chat.help\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	do("form", "set", id, "菜单", "能问什么", "--file", file)
	fails("--was", "set", id, "菜单", "能问什么", "--file", file)

	fails("名称：没有填写", "set", id, "联系方式", "x", "电话=1")
	fails("用途（for）", "set", id, "联系方式", "x", "传真=1")
	fails("联系方式", "list", "查询表")
	fails("少了{编号}", "set", id, "机器人用语", "ticket", "文字=登记了。")
	fails("没有", "show", "联系方式", "nobody")
	fails("电话：只写数字", "set", id, "联系方式", "clinic", "电话=电话一")
	fails("没有这一句", "set", id, "机器人用语", "nope", "文字=好")
	fails("又是问法，写在问答“library.hours”", "set", id, "不答的问题", "图书屋几点开门")
	fails("发送范围里的栏目有", "set", id, "备好的群发稿", "water", "发送范围.星球=火星")
	fails("标题里没有栏目", "set", id, "备好的群发稿", "water", "标题.一=甲")
	fails("条目按编号写", "set", id, "公告", "L1", "条目.前言=文字")
	fails("里没有这一个", "set", id, "主题", "emergency", "别的叫法-=没有写过的")
	fails("依据：没有填写", "set", id, "备好的群发稿", "water", "依据=")
	fails("同事写的是", "set", id, "联系方式", "clinic", "用途=问", "--was", strings.Repeat("0", 64))

	wantIn(t, do("form", "remove", id, "菜单", "能问什么"), id)
	sent := do("submit", id)
	ok(t, approver, "content", "publish", id, "--hash", hashOf.FindStringSubmatch(sent)[1])
	wantIn(t, do("form", "show", "联系方式", "clinic"), "看病、打针")
}
