package propose

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// spoken has what residents say for the words of a notice: where a statement prints the first, they ask with the second. The utterances go to
// the question whose answer quotes the statement.
var spoken = []struct {
	printed *regexp.Regexp
	forms   []string
}{
	// water, power, gas, heat
	{regexp.MustCompile(`储水|备水|蓄水`), lines(`要不要提前接水 得存点水不 用不用先接几桶水`)},
	{regexp.MustCompile(`送水|取水|供水点`), lines(`去哪接水 没水喝咋办 哪里能打水 送水车停哪 接水要钱不`)},
	{regexp.MustCompile(`浑浊|浑水|发黄|水质`), lines(`来水是浑的咋办 水发黄能用吗 水不干净怎么办`)},
	{regexp.MustCompile(`水压`), lines(`水小怎么回事 楼上没水压`)},
	{regexp.MustCompile(`恢复供水|恢复供电|恢复供气|来水|来电|送电`), lines(`啥时候来水 啥时候来电 几点能来`)},
	{regexp.MustCompile(`电梯`), lines(`电梯还能坐吗 电梯停不停`)},
	{regexp.MustCompile(`发电机|应急电源|备用电源`), lines(`有没有备用电 医疗设备没电咋办`)},
	{regexp.MustCompile(`漏气|泄漏|燃气味|抢险|抢修`), lines(`闻到煤气味打哪个电话 漏气了怎么办 坏了找谁修 抢修电话`)},
	{regexp.MustCompile(`软管|灶具|阀门`), lines(`管子要换吗 查不查灶 都检查啥`)},
	{regexp.MustCompile(`室温|温度|供暖|暖气`), lines(`暖气不热怎么办 屋里不暖和找谁`)},
	// roads and buses
	{regexp.MustCompile(`绕行|改道`), lines(`开车怎么绕 车怎么走 从哪绕`)},
	{regexp.MustCompile(`货车|大型车`), lines(`货车能走吗 大车让过不 拉货的车能进吗`)},
	{regexp.MustCompile(`行人|非机动车|步行`), lines(`走路能过吗 骑车能过不 电动车能走吗 走着能过去不`)},
	{regexp.MustCompile(`单向|逆行`), lines(`是单行线吗 从北往南能走吗 从南往北能走吗`)},
	{regexp.MustCompile(`禁止停|停放|拖移|违停`), lines(`路边能停车吗 车停那会被拖走吗 车停哪儿`)},
	{regexp.MustCompile(`出入|进出|通道`), lines(`我们院的车还能进出吗 小区车咋出来 门口能出车不`)},
	{regexp.MustCompile(`站点|站台|停靠`), lines(`哪些站不停了 这个站还停吗 在哪上车 站挪到哪了`)},
	{regexp.MustCompile(`末班|首班`), lines(`末班车几点 首班车几点 最晚一趟几点 头班车几点`)},
	{regexp.MustCompile(`间隔`), lines(`多长时间一趟 几分钟一趟车 等车要等多久`)},
	{regexp.MustCompile(`换乘`), lines(`怎么倒车 倒车还要再掏钱吗 坐几路换`)},
	{regexp.MustCompile(`票价`), lines(`坐车多少钱 车票涨价没有 票价变了吗`)},
	{regexp.MustCompile(`敬老|老年卡|老年人.{0,8}(免费|优惠)`), lines(`老人要钱吗 老年卡能用不`)},
	{regexp.MustCompile(`学生卡|学生票|学生.{0,6}(半价|优惠)`), lines(`学生票多少钱 学生半价吗`)},
	// applying, registering, proving
	{regexp.MustCompile(`周岁|年满|岁以上`), lines(`多大岁数能领 多大岁数可以 几岁能办 七十岁行吗 我五十八了能报不 我六十五了能办吗 孩子十岁能去吗 我今年四十行不行 过了六十还能办不`)},
	{regexp.MustCompile(`月[0-9]{1,2}日(以后|期间|之间)?出生|出生的`), lines(`几岁的孩子可以 哪年生的能报 差几天行不行`)},
	{regexp.MustCompile(`租房|租住|租赁`), lines(`租房的咋办 租房要什么材料 没有房产证行吗`)},
	{regexp.MustCompile(`非\p{Han}{0,4}户籍|外地|外来|随迁|居住证`), lines(`外地户口行不行 户口不在这儿咋办 外地的要啥材料`)},
	{regexp.MustCompile(`身份证`), lines(`身份证要带吗 身份证复印件行不`)},
	{regexp.MustCompile(`委托|代为|代办|亲属办理|家属`), lines(`能替我妈办吗 孩子能代办不 别人替我去行吗`)},
	{regexp.MustCompile(`行动不便|上门(办理|服务|认证|登记)|失能`), lines(`下不了床咋办 腿脚不好去不了 能不能来家里办`)},
	{regexp.MustCompile(`不会(使用|操作|用)|协助|代填`), lines(`不会上网咋办 没有智能手机怎么办 老年人不会弄`)},
	{regexp.MustCompile(`网站|网上|系统|登录|平台`), lines(`网上怎么弄 在哪个网站 网上咋报`)},
	{regexp.MustCompile(`应用|小程序|公众号|APP|刷脸`), lines(`手机上咋弄 手机怎么操作 下载哪个软件`)},
	{regexp.MustCompile(`窗口|大厅|服务站`), lines(`在哪个窗口办 去哪儿办 到社区办还是去大厅`)},
	{regexp.MustCompile(`无人在家|家中无人|不在家|另约`), lines(`家里没人咋办 白天上班不在家怎么办 能改时间吗`)},
	{regexp.MustCompile(`预约`), lines(`要不要提前约 怎么预约`)},
	{regexp.MustCompile(`工作证|证件后|核对证件|佩戴`), lines(`怎么知道是真的 咋知道不是骗子 来的人可靠吗`)},
	{regexp.MustCompile(`诈骗|转账|银行卡密码|谨防|假冒|骗局`), lines(`让我转账是真的吗 是不是骗子 要密码能给吗 有人说给钱就能办是真的吗 花钱找人办靠谱吗 是不是骗人的`)},
	{regexp.MustCompile(`推销|现场收取|收取现金`), lines(`上门要收钱吗 让我买东西要买吗`)},
	{regexp.MustCompile(`学区|招收|片区`), lines(`我们小区上哪个学校 划到哪个小学 住这边上哪个学校`)},
	{regexp.MustCompile(`结果|录取|公布|公示`), lines(`啥时候出结果 什么时候知道结果 在哪看结果`)},
	{regexp.MustCompile(`打入|到账|按季度发放|按月发放|发放到`), lines(`钱啥时候到账 钱打到哪个卡 几号发钱`)},
	{regexp.MustCompile(`每人每月|每月[0-9]+元|补贴标准|[0-9]+元`), lines(`一个月给多少 能给多少钱 给几百块`)},
	{regexp.MustCompile(`初审|复核|审批|审核`), lines(`办下来要多久 多长时间能批 谁来审`)},
	{regexp.MustCompile(`虚假|伪造|弄虚作假`), lines(`材料造假会怎样 作假会咋样 填错了有事没`)},
	{regexp.MustCompile(`冒领|追回|骗取`), lines(`多领的钱要退吗 多领了咋办 人没了还领会怎样`)},
	{regexp.MustCompile(`去世|死亡|注销`), lines(`老人走了咋办 人去世了要报告吗`)},
	{regexp.MustCompile(`重复领取|重复享受|不能同时`), lines(`能领两份吗 领了别的还能领这个不`)},
	{regexp.MustCompile(`停发|暂停发放`), lines(`钱是不是就停了 会不会停发 停了还能补吗`)},
	{regexp.MustCompile(`补办|补发|补缴`), lines(`能补办吗 停的钱还补吗`)},
	{regexp.MustCompile(`新领取|新增|首次`), lines(`今年刚领的用办吗 新来的要办不`)},
	{regexp.MustCompile(`已经?\p{Han}{0,8}[过的]|不再安排|无需重复`), lines(`办过了还用再办吗 去年弄过今年还能弄不 以前做过了还能再做吗 已经有了还要不要办 前年查过还能再查吗 领过的还能再领不`)},
	{regexp.MustCompile(`每(人|户|位|家|个|名|证|类)[^，。]{0,12}[0-9一二两三四五六七八九十]+(件|个|次|台|张|册|套|只|份|名|辆|桶)|限[0-9]|最多|不超过[0-9一二三四五]`), lines(`一家能弄几个 一个人能领几次 最多几个 能办几份 一户几台 一人几张 有数量限制吗 能多要几个不 只能一次吗`)},
	{regexp.MustCompile(`投诉|举报|监督电话|反映`), lines(`上哪投诉 去哪告 跟谁反映 找谁举报 我要投诉找谁 乱收费找谁 态度不好找谁 出了问题上哪反映`)},
	{regexp.MustCompile(`名额|先到先得|额满`), lines(`还有名额吗 报满了咋办`)},
	// health, pets, festivals, weather
	{regexp.MustCompile(`疫苗|接种`), lines(`打针疼不疼以后咋办 打几针 在哪打针 打疫苗要钱吗`)},
	{regexp.MustCompile(`空腹`), lines(`要空肚子吗 能吃早饭不`)},
	{regexp.MustCompile(`体检`), lines(`体检查啥 体检完啥时候拿结果`)},
	{regexp.MustCompile(`禁忌|过敏|不宜|孕`), lines(`过敏能打吗 怀孕能不能`)},
	{regexp.MustCompile(`犬|宠物`), lines(`养狗的咋办 狗要带去吗`)},
	{regexp.MustCompile(`燃放|鞭炮|烟花`), lines(`能放炮吗 哪里能放炮`)},
	{regexp.MustCompile(`垃圾|投放`), lines(`垃圾扔哪 几点扔垃圾`)},
	{regexp.MustCompile(`噪声|噪音|夜间施工`), lines(`晚上施工太吵 吵得睡不着`)},
	{regexp.MustCompile(`大雨|天气|顺延`), lines(`下雨还弄吗 下雨天咋办 天气不好改时间吗`)},
	{regexp.MustCompile(`恢复`), lines(`啥时候恢复 什么时候能恢复原样`)},
}

// spokenOf are the utterances that residents have for a statement.
func spokenOf(text string) (all []string) {
	for _, s := range spoken {
		if s.printed.MatchString(text) {
			all = append(all, s.forms...)
		}
	}
	return all
}

// asksOf is the question that a form asks whatever it speaks of; else home.
func asksOf(form, home string) string {
	switch {
	case asksWhen.MatchString(form):
		return "when"
	case asksPhone.MatchString(form):
		return "phone"
	}
	return home
}

var (
	asksWhen  = regexp.MustCompile(`啥时候|什么时候|几点|几号|多长时间|多久|几分钟`)
	asksPhone = regexp.MustCompile(`电话|找谁修|投诉|反映|找谁举报|去哪告|找谁$`)
)

// beyond are matters that residents raise and few notices print. What a notice does not print of them is declared unsaid.
var beyond = []struct {
	of      *regexp.Regexp // of a notice with such a headline
	printed string         // one that prints a word of these says something of it
	forms   []string
}{
	{paid, "涨 上调 提高标准", lines(`%s涨了多少 %s今年涨了没 %s明年还涨吗`)},
	{paid, "补发 补领 追溯", lines(`以前没领的能补吗 过去的%s能补发吗 前几年的%s能不能补`)},
	{paid, "职工", lines(`职工退休的也这样吗 单位上班的在不在这里办`)},
	{paid, "残疾", lines(`残疾人%s有优惠没`)},
	{paid, "低保 困难 特困", lines(`低保户%s有照顾没`)},
	{school, "双胞胎 分班 同班", lines(`双胞胎能分到一个班吗 怎么分班 能挑老师吗`)},
	{school, "校车 食堂 午餐 住宿", lines(`学校有没有校车 学校管午饭吗 能住校不`)},
	{school, "转学 插班", lines(`怎么转学 中途能转学吗`)},
	{works, "噪声 噪音 扰民", lines(`%s太吵了咋办 晚上%s吵得睡不着`)},
	{works, "招标 中标 施工单位 承建", lines(`%s是哪家公司干的 %s谁中的标`)},
	{works, "投资 资金 预算 造价", lines(`%s花了公家多少钱 %s的钱从哪来`)},
	{works, "质量 验收", lines(`%s质量谁管 %s验收了没有`)},
	{regexp.MustCompile(`水`), "水价 水费 阶梯", lines(`水费一吨多少钱 水费怎么交 水表坏了咋办`)},
	{regexp.MustCompile(`电`), "电价 电费 阶梯", lines(`电费一度多少钱 电费怎么交 电表坏了咋办`)},
	{regexp.MustCompile(`气`), "气价 气费 燃气费 阶梯", lines(`气费一方多少钱 燃气费怎么交 燃气表没电了咋办`)},
	{regexp.MustCompile(`公交|线路`), "办卡 制卡 在哪办", lines(`公交卡在哪儿办 办卡要什么证件 老年卡去哪办要带什么 卡丢了怎么补`)},
	{regexp.MustCompile(`疫苗|接种`), "新冠", lines(`新冠疫苗还打吗 别的疫苗打不打 狂犬疫苗在哪打`)},
	{regexp.MustCompile(`住房|租赁`), "宠物 养狗 装修", lines(`%s能不能养狗 %s能自己装修吗 %s能买下来吗`)},
	{nil, "招聘 招工 工资", lines(`你们招人吗 工资多少`)},
	{nil, "发票 收据", lines(`能开发票吗 开不开收据`)},
	{nil, "停车场 停车位 停放", lines(`那儿有停车场吗 去了车停哪儿`)},
	{nil, "医保 报销", lines(`%s医保能报销吗 %s能走医保不`)},
	{nil, "明年 下次 下一次 次年", lines(`%s明年还有吗 下次%s啥时候`)},
}

var (
	paid   = regexp.MustCompile(`补贴|补助|津贴|养老|待遇|救助|低保|抚恤|助餐`)
	school = regexp.MustCompile(`入学|学校|小学|中学|幼儿园|新生|招生`)
	works  = regexp.MustCompile(`施工|改造|管制|封闭|维修|修缮|建设`)
)

// beyondOf are the utterances on what no passage prints.
func beyondOf(headline, text, subject string) (all []string) {
next:
	for _, b := range beyond {
		if b.of != nil && !b.of.MatchString(headline) {
			continue
		}
		for word := range strings.FieldsSeq(b.printed) {
			if strings.Contains(text, word) {
				continue next
			}
		}
		for _, form := range b.forms {
			all = append(all, strings.ReplaceAll(form, "%s", subject))
		}
	}
	return all
}

// kin are things of one kind: who reads of some of them asks after the others, which the notice does not print.
var kin = [][]string{
	lines(`电动自行车 摩托车 三轮车 汽车`), lines(`停水 停电 停气 停暖`), lines(`早餐 午餐 晚餐`), lines(`幼儿园 小学 初中 高中`), lines(`冰箱 洗衣机 空调 电视机 手机 电脑`),
	lines(`猫 狗`), lines(`流感疫苗 新冠疫苗 狂犬疫苗 水痘疫苗 肺炎疫苗 宫颈癌疫苗`), lines(`公交 地铁 出租车 火车`), lines(`老年卡 学生卡 残疾人证`), lines(`身份证 护照 驾驶证`),
	lines(`小麦 玉米 棉花 果树`), lines(`养老保险 医疗保险 失业保险 工伤保险`), lines(`高龄津贴 残疾人补贴 低保 抚恤金`), lines(`妇女 男的`), lines(`自来水 燃气 暖气 宽带`),
	lines(`体检 牙科 眼科 骨科`), lines(`游泳 篮球 羽毛球 健身房`), lines(`图书 玩具 电脑`),
}

// numbered are houses, bus lines and the like: 3号楼, 18路.
var numbered = regexp.MustCompile(`([0-9]{1,3})(号楼|路|栋|幢|单元|组|号线)([至到—-])?`)

// strangersOf asks after what a notice does not print, but prints the like of.
func strangersOf(text, subject string) (all []string) {
	ask := func(thing string) {
		for _, form := range lines(`%s什么时候%t %s%t吗 %s有没有%t %s要不要%t %s算不算 %s行不行 %s能不能%t %s包括吗 %s也%t吗 有没有%s %s怎么办`) {
			all = append(all, strings.NewReplacer("%s", thing, "%t", subject).Replace(form))
		}
	}
	for _, kind := range kin {
		printed := slices.ContainsFunc(kind, func(w string) bool { return strings.Contains(text, w) })
		for _, thing := range kind {
			if !printed || strings.Contains(text, thing) || strings.Contains(subject, thing) {
				continue
			}
			for _, said := range append([]string{thing}, everydayOf(thing, 1)...) {
				ask(said)
			}
		}
	}
	numbers := map[string][]int{}
	ranges := map[string]bool{} // what lies between two is not printed and meant
	for _, m := range numbered.FindAllStringSubmatch(narrowDigits(text), -1) {
		numbers[m[2]] = append(numbers[m[2]], atoi(m[1]))
		ranges[m[2]] = ranges[m[2]] || m[3] != ""
	}
	for _, unit := range slices.Sorted(maps.Keys(numbers)) {
		for other, found := 1, 0; !ranges[unit] && found < mostOthers && other < 100; other++ {
			if !slices.Contains(numbers[unit], other) {
				ask(strconv.Itoa(other) + unit)
				found++
			}
		}
	}
	return all
}

// mostOthers of one kind are asked after.
const mostOthers = 5
