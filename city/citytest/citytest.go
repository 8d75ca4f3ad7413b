// Package citytest makes cities of any size, to measure and to test with. What they say is made up.
package citytest

import (
	"fmt"
	"io/fs"
	"strings"
	"testing/fstest"

	"towncrier/content"
)

// Utterances is how many each made intent has, about as many as those of the city that ships.
const Utterances = 60

// City is the city that ships, with made notices and intents added until there are as many as asked for. The same numbers give the same
// bytes. A made intent is one aspect of a subject, as what it costs or which papers it needs, so that its neighbours share most of their
// words.
func City(notices, intents int) fstest.MapFS {
	files, _ := Copy(content.Embedded()) // which is in memory
	had, _ := fs.Glob(files, "notices/*.md")
	answered, _ := fs.Glob(files, "intents/*.yaml")
	added := max(notices-len(had), 0)
	m := maker{files: files, taken: said(files)}
	for i := range added {
		m.notice(i)
	}
	for i := range max(intents-len(answered), 0) {
		m.intent(i, max(added, 1))
	}
	return files
}

// Copy is a folder in memory, which a test may damage.
func Copy(from fs.FS) (fstest.MapFS, error) {
	files := fstest.MapFS{}
	err := fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(from, name)
		files[name] = &fstest.MapFile{Data: text}
		return err
	})
	return files, err
}

// said is every utterance and negative, as its words.
func said(files fstest.MapFS) map[string]bool {
	all := map[string]bool{}
	for name, f := range files {
		if strings.HasPrefix(name, "intents/") || strings.HasPrefix(name, "matching/") {
			for line := range strings.Lines(string(f.Data)) {
				all[spoken(line)] = true
			}
		}
	}
	return all
}

// spoken is a text without what is not said.
func spoken(text string) string {
	return strings.NewReplacer("，", "", "？", "", "?", "", "。", "", "-", "", " ", "", "\n", "").Replace(text)
}

type maker struct {
	files fstest.MapFS
	taken map[string]bool
}

// subject is the i-th thing that a city arranges, and how else people call it.
func subject(i int) (name, plainly string) {
	name = things[i%len(things)]
	if group := i / len(things); group > 0 {
		name = groups[(group-1)%len(groups)] + name
	}
	return name, name + "这个事"
}

const firstNotice = 100

func noticeID(i int) string { return fmt.Sprintf("M%d", firstNotice+i) }

// notice is about the i-th subject, a passage an aspect.
func (m *maker) notice(i int) {
	name, _ := subject(i)
	var b strings.Builder
	fmt.Fprintf(&b, "---\nid: %s\nheadline: 关于%s的通知（示例第%d号）\nissuer: 示例办事处\npublisher: 示例公告栏\n", noticeID(i), name, i+1)
	fmt.Fprintf(&b, "date: %d-%02d-%02d\nyear_inferred: false\narea: 示例区\nreview_by: 2099-12-31\nstatus: in_force\n---\n\n", 2020+i%6, i%12+1, i%28+1)
	for k, a := range aspects {
		fmt.Fprintf(&b, "%d. %s\n", k+1, a.state(name, i))
	}
	m.files["notices/"+noticeID(i)+".md"] = &fstest.MapFile{Data: []byte(b.String())}
}

// intent is the i-th: an aspect of a subject, answered from one of the made notices.
func (m *maker) intent(i, notices int) {
	number, a := i/len(aspects), aspects[i%len(aspects)]
	name, plainly := subject(number)
	about := number % notices
	told, _ := subject(about)
	id := fmt.Sprintf("made%d.%s", number, a.id)
	var b strings.Builder
	fmt.Fprintf(&b, "id: %s\ntitle: %s%s\nutterances:\n", id, name, a.title)
	for k, n := 0, 0; n < Utterances; k++ {
		u := strings.ReplaceAll(a.forms[k%len(a.forms)], "X", name)
		if k%3 == 2 {
			u = strings.ReplaceAll(a.forms[k%len(a.forms)], "X", plainly)
		}
		if round := k / len(a.forms); round > 0 {
			u = leads[(k*7+i*3+round)%len(leads)] + u
		}
		if !m.taken[spoken(u)] {
			m.taken[spoken(u)] = true
			fmt.Fprintf(&b, "  - %s\n", u)
			n++
		}
	}
	fmt.Fprintf(&b, "answer: |\n  %s\ncitations: [%s#%d]\n", a.state(told, about), noticeID(about), i%len(aspects)+1)
	fmt.Fprintf(&b, "follow_ups: [%s]\n", fmt.Sprintf("made%d.%s", number, aspects[0].id))
	if i%len(aspects) == 0 {
		m.files["intents/"+id+".yaml"] = &fstest.MapFile{Data: []byte(b.String()[:strings.LastIndex(b.String(), "follow_ups")])}
		return
	}
	m.files["intents/"+id+".yaml"] = &fstest.MapFile{Data: []byte(b.String())}
}

// aspect is what people ask of any subject.
type aspect struct {
	id, title string
	forms     []string // X is the subject
	says      string   // X is the subject, # a number
}

func (a aspect) state(name string, i int) string {
	text := strings.ReplaceAll(a.says, "X", name)
	return strings.ReplaceAll(text, "#", fmt.Sprint(i%90+7))
}

var aspects = []aspect{
	{"what", "是怎么回事", strings.Fields(`X是什么 X是咋回事 X是啥意思 说说X 介绍一下X X是个啥 啥叫X X有什么规定 X的政策是什么 X有啥说法 X讲的是啥 X`),
		"X共有#项内容，按本通知执行。"},
	{"who", "哪些人能办", strings.Fields(`谁能办X 哪些人可以办X 我能办X吗 X有什么条件 X什么人才行 X有没有年龄限制 X要符合啥条件 X面向哪些人 X对户口有要求吗 外地的能办X不 X限不限人 够不够条件办X`),
		"X面向年满#周岁的居民。"},
	{"since", "从什么时候开始", strings.Fields(`X什么时候开始 X几号开始 X从哪天算起 X啥时候能办 X开始了没有 X哪年起的 X是不是已经开始了 X还要等多久开始 X执行了吗 何时开办X X几月开始 X的起始日期`),
		"X自#日后开始办理。"},
	{"where", "在哪里办", strings.Fields(`X在哪办 X去哪里办 X上哪儿办 X在什么地方 办X找哪个窗口 X的地址 到哪能办X X哪里受理 X要跑哪个地方 我该去哪办X X地点在哪 附近哪能办X`),
		"X在示例办事处#号窗口办理。"},
	{"how", "怎么办理", strings.Fields(`X怎么办 X怎么弄 X咋办 X如何办理 X的流程 X有哪些步骤 X能网上办吗 怎样办X X手续怎么走 第一次办X该怎么做 X可以代办吗 X要走啥程序`),
		"X分#步办理，先登记后领取。"},
	{"cost", "要多少钱", strings.Fields(`X多少钱 X要交费吗 X收不收费 X费用是多少 办X得花几个钱 X免费不 X贵不贵 X怎么收费 X的收费标准 X交多少 X需要掏钱吗 X一共花多少`),
		"X每次收费#元。"},
	{"papers", "要带什么材料", strings.Fields(`X要什么材料 X带什么证件 办X准备些啥 X需要哪些东西 X要身份证吗 X要不要照片 X材料清单 X要复印件不 X要带户口本吗 办X要拿啥 X要填什么表 X资料要几份`),
		"X需要材料#份。"},
	{"phone", "打哪个电话问", strings.Fields(`X电话多少 X打哪个电话 X咨询电话 X找谁问 X联系方式 有没有X的热线 X问谁 X的号码 X打电话给谁 X能打电话问吗 X负责的人电话 X咨询找哪个部门`),
		"X的咨询每天开放#小时，电话以公告栏为准。"},
	{"long", "多久能办好", strings.Fields(`X多久能办好 X要等几天 X几天出结果 X办下来要多长时间 X什么时候能拿到 X快不快 X多长时间办完 X要多少个工作日 X进度怎么查 X办了好久没消息 X多会儿能成 X等多久`),
		"X在#个工作日内办结。"},
	{"missed", "过期了怎么办", strings.Fields(`X过期了怎么办 X错过了咋办 X晚了还能办吗 没办X会怎样 X不办罚款吗 X逾期有啥后果 X忘了办怎么补 X截止了没有 X还能补办吗 X不办行不行 X到期没去会咋样 X拖着不办有影响吗`),
		"X逾期的，可在#天内补办。"},
}

// leads are what people say before they ask.
var leads = strings.Fields(`请问 我想问一下 想问问 麻烦问下 你好 俺想问 师傅 同志 老师 帮我查下 我不太懂， 家里老人不会弄， 孩子要上学了， 单位催得紧， 邻居说要交钱，
	我刚搬来， 我妈让我问， 昨天去了没人， 网上没找到， 听人说变了， 上次没办成， 我在外地， 我腿脚不方便， 去年办过一次， 看到通知了， 群里有人说， 村里喊话说的，
	今天能办吗， 马上要用， 我爱人怀孕了， 我父亲七十多， 刚退休， 下岗了， 租房子住的， 打了几次电话没人接， 窗口的人讲不清， 第一次办， 替朋友问， 我就想知道
	物业不管， 社区让我来问， 放假上不上班， 早上去的排不上队， 表格看不明白， 手机上点不开， 证件丢了， 名字写错了， 要得急， 不识字， 说得太快没听清，`)

// groups are those of whom a thing is arranged in their own way.
var groups = strings.Fields(`老年人 学生 农村 残疾人 外来人员 企业 退役军人 儿童 困难家庭`)

var things = strings.Fields(`公交卡 居住证 户口迁移 身份证补领 护照 医保报销 异地就医备案 养老金认证 失业金 公租房 租房补贴 公积金提取 二手房过户 不动产证 契税减免
	个体执照 食品许可 执照注销 摆摊备案 停车月卡 电动车上牌 驾驶证换领 车辆年检 违章处理 小学报名 幼儿园入园 中考报名 学籍转接 助学金 校车乘坐 课后托管
	疫苗接种 孕期检查 生育津贴 婚检 结婚登记 收养登记 残疾证 护理补贴 丧葬补助 骨灰寄存 优待证 退役安置 燃气开户 水表过户 电表增容 暖气报停 宽带报装
	垃圾清运 装修垃圾 旧家具回收 树木修剪 路灯报修 井盖维修 噪音投诉 油烟治理 违建拆除 物业费 维修资金 电梯加装 外墙渗水 化粪池清掏 快递柜 图书借阅
	游泳馆 体育场 博物馆 公园年票 广场舞场地 戏曲演出 灌溉用水 种粮补贴 农机补贴 秸秆处理 宅基地 土地流转 危房改造 厕所改造 果树保险 养殖备案 检疫证
	蔬菜大棚 农技培训 创业贷款 招聘会 职业培训 技能补贴 劳动仲裁 欠薪投诉 工伤认定 社保转移 退休办理 灵活就业 家电补贴 烟花燃放 防汛物资 献血`)
