package propose

import "regexp"

// Question is one that residents ask of any notice.
type Question struct {
	ID      string // the end of an intent's id
	Asks    string // what is asked, for whoever looks through the proposals
	title   string // with the subject in place of %s
	unsaid  string // what a silent answer says is not written
	heading *regexp.Regexp
	cues    []cue
	hints   *regexp.Regexp // words that say something of it, so that it cannot be called unsaid; nil for none
	opens   bool           // the first passage bears on it whatever it says
	broad   bool           // of it nothing can be called unsaid: when no passage bears on it, all of them answer
	fits    *regexp.Regexp // the question is proposed only of a notice whose headline says this; nil for any
}

// cue is a way of putting things by which a passage bears on a question, or does not.
type cue struct {
	re     *regexp.Regexp
	weight int
}

// enough is the weight from which a passage bears on a question; a heading that says so is enough.
const (
	enough       = 2
	headingSpeak = 4
)

func cues(weight int, patterns ...string) (all []cue) {
	for _, p := range patterns {
		all = append(all, cue{regexp.MustCompile(p), weight})
	}
	return all
}

func join(lists ...[]cue) (all []cue) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// applied for, or suffered: the two kinds of things that notices are about.
var (
	appliedFor = regexp.MustCompile(`申请|申报|登记|认证|办理|领取|可领|报名|缴费|参保|受理|申领|补贴|补助|津贴`)
	suffered   = regexp.MustCompile(`停水|停电|停气|停暖|停热|封闭|施工|占道|管制|改道|限行|绕行|中断|暂停|调整|维修|检修|拆除`)
)

// questions stand in the order in which a menu offers them. A passage's own words are taught to the question on which it bears most;
// of two that are even, the one that stands first in this list takes it.
var questions = []Question{
	{
		ID: "when", Asks: "什么时候", title: "%s是什么时候、到几时", unsaid: "具体的时间",
		hints:   regexp.MustCompile(`[0-9][月日时点]|[0-9]:[0-9]`),
		heading: regexp.MustCompile(`时间|日期|期限|时段|安排|时限|什么时候|啥时候|几时|几点|哪天|多久`),
		cues: join(
			cues(2, `[0-9]{1,2}[:：][0-9]{2}`, `[0-9]{1,2}月[0-9]{1,2}日`, `[0-9]{1,2}月(底|初|上旬|中旬|下旬)`, `[0-9]{1,2}[时点](?:[^间]|$)`, `个工作日`, `首末班|发车|间隔`, `(届时|恢复\p{Han}{0,4}后?)?另行(通知|公告|通告)|顺延`, `[每当]\p{Han}{0,6}[日月]的?[0-9]{1,2}日`),
			cues(1, `至|起(?:[，。；、至]|$)|止|截至|截止|期间|之前|以前`, `每(日|天|周|月|季度|年)|工作日|周末|节假日`, `次月|当日|当天|随时`),
			cues(-3, `出生|截至\p{Han}{0,3}[0-9]{4}年[^，。]*已`, `施行|依据|根据《`),
		),
	},
	{
		ID: "where", Asks: "在哪里", title: "%s在哪里", unsaid: "具体的地点",
		heading: regexp.MustCompile(`地点|地址|范围|路段|路线|线路|区域|位置|网点|站点|学区|片区|哪里|哪儿|[到去在上]哪`),
		cues: join(
			cues(2, `(到|去|前往|赴)[^，。；]{2,24}(办理|申请|提出|领取|登记|填报|申报|报名|就诊|乘车|咨询|参加|取水|接种|缴费|核验|查询)`, `以[东西南北]|至[^，。；]{1,10}(路|街|桥|口|段)|沿线|路段`, `(移|搬|迁|改|停|放|送|交|挪|转|运)(到|至|在|往)`, `(登录|登陆|访问)[^，。；]{2,16}(网|平台|系统)`, `(地点|地址|位于|设在|设于)`,
				`(在|经|从)[^，。；]{2,16}(路|街|大街|巷|桥|口|广场|门|楼|号|站|中心|大厅|侧|旁|院|场|馆|柜|前台)`),
			cues(1, `(小区|社区|街道|村|家属院|花园|大厅|窗口|广场|服务站|站点|停车场|空地|服务台|前台|门口|院内)`, `(路|大街|街)(?:\p{Han}|[，。、；])`, `网站|公众号|小程序|应用`),
		),
	},
	{
		ID: "whom", Asks: "涉及哪些人、哪些地方", title: "%s涉及哪些人和地方", unsaid: "涉及哪些人",
		heading: regexp.MustCompile(`对象|范围|区域|人群|人员|条件|资格|适用|学区|谁|哪些(人|户|不)|什么人`),
		cues: join(
			cues(2, `对象|凡[^，。]|符合[^，。]*条件|年满|周岁`, `不受影响|(不|无)需(要)?\p{Han}{0,3}(认证|登记|申请|办理)|均须|均应|均可`, `(适用于|面向|招收|限)[^，。]{2,}`),
			cues(1, `户籍|居民|用户|人员|儿童|家庭|老年人|老人|学生|业主|车辆|行人|市民|单位|家长|参保人`, `小区|社区|家属院|花园|村[、；，。]|商铺|学校|沿线`, `影响|涉及|包括|禁止|不得|不能|可以|允许`),
			cues(-2, `咨询|拨打|电话`, `提前(做好)?(准备|安排)|相互转告`),
		),
	},
	{
		ID: "how", broad: true, Asks: "怎么办、要做什么", title: "%s怎么办、要注意什么", unsaid: "具体怎么办理",
		heading: regexp.MustCompile(`方式|办法|方法|流程|程序|步骤|措施|注意|要求|须知|提示|绕行|路线|渠道|途径|建议`),
		cues: join(
			cues(2, `绕行|改走|改乘|换乘|改道|步行`, `登录|下载|扫描|扫码|填报|刷脸|小程序|公众号|预约`, `储水|关闭|放水|放掉|打开|备好|拔掉|关好`, `(通过|到|向)[^，。；]{2,20}(办理|申请|提出申请|登记|申报|填报|报名|预约|查询)`, `委托|代为|代办|上门|协助|陪同|自行|初审|复核|审核|审批`, `核对|请勿|不要|切勿|谨防|引导|减速|服从`, `单向|通行`),
			cues(1, `(?:^|[^申])请|须|应(?:当|由|在|到|向|携带|提前|按)|可(?:以)?(?:由|到|凭|通过|拨打|在|向)`, `申请|办理|登记`, `另行|提前`),
			cues(-2, `敬请谅解|带来不便`),
		),
	},
	{
		ID: "may", broad: true, Asks: "能不能、可不可以", title: "%s允许什么、不允许什么", unsaid: "允许什么、不允许什么",
		heading: regexp.MustCompile(`禁止|规定|限制|禁忌`),
		cues: join(
			cues(2, `禁止|严禁|不得|不准|不许|不能|不可|请勿|不要|切勿|只准|只能|仅限|方可|允许|除外`, `(仍|照常|继续|暂|可)(可|可以|使用|有效|开放|不)|无需|不需|无须|不用|不必|不再|不做|不予|不收(?:$|[^取费])|自愿|不影响`),
			cues(1, `可以|可(?:由|凭|到|在|通过|用|使用)|应当|必须|须`),
			cues(-2, `不收取|收费|罚款|没收`),
		),
	},
	{
		ID: "papers", Asks: "要什么材料", title: "%s要带什么材料", unsaid: "要带什么证件和材料",
		heading: regexp.MustCompile(`材料|证件|资料|手续|携带|[要需]带`),
		hints:   regexp.MustCompile(`身份证|户口|证明|证件|材料|复印件|携带|要带|带好`),
		cues: join(
			cues(1, `身份证`, `户口(簿|本)|户籍证明`, `复印件|原件`, `证明|备案`, `居住证|房产证|不动产|购房合同|租赁|合同`, `接种证|出生医学证明|健康证|病历|诊断`, `照片|申请表|登记表`, `社会保障卡|社保卡|银行卡(?:复印件|号码?[、和，])|存折|医保卡`, `营业执照|驾驶证|行驶证|发票|票据`, `凭[^，。；]{0,10}(卡|证|码)`),
			cues(1, `携带|提供|提交|准备|持|带(?:好|上|齐)`),
			cues(-3, `索要|诈骗|佩戴|打入|发放`),
		),
	},
	{
		ID: "cost", Asks: "多少钱", title: "%s要多少钱、有没有补贴", unsaid: "收不收费、多少钱",
		hints:   regexp.MustCompile(`[0-9]元|免费|收费`),
		heading: regexp.MustCompile(`费用|收费|票价|价格|标准|金额|资费|补贴`),
		cues: join(
			cues(2, `[0-9.]+(?:余|多)?(?:万|亿)?元`, `[^收缴消经]费(?:[，。；、的]|$)|收费|免费|不收|不收取|费用|票价|半价|押金|工本费|优惠|减免|退[还回款费]|补[贴助]款|自付|自费`, `(补贴|补助|津贴|奖励|补偿)[^，。]{0,10}(标准|金额)`),
			cues(1, `补贴|补助|津贴|缴|付|自费|报销|金额`),
			cues(-2, `共发放|累计|总投资|投资`, `收入[^，。]{0,6}(低于|不超过|高于)`),
		),
	},
	{
		ID: "phone", Asks: "打什么电话", title: "%s打哪个电话咨询", unsaid: "咨询电话",
		heading: regexp.MustCompile(`电话|联系|咨询|热线`),
		cues:    cues(3, phone.String()),
	},
	{
		ID: "ifnot", Asks: "不办会怎样", title: "%s不照办会怎样", unsaid: "不照办会怎样",
		heading: regexp.MustCompile(`责任|处罚|罚则|后果|违规|违法`),
		hints:   regexp.MustCompile(`取消|暂停|不得|逾期|否则|未[^，。；]{1,12}的|视为|拒不|处理`),
		cues: join(
			cues(2, `停发|暂停(发放|供|办|享受)|终止|取消[^，。；]{0,8}(资格|待遇)|追回|追究|处罚|罚款|拖移|依法处理|视为放弃|视同放弃|自动放弃|后果自负|列入[^，。；]{0,10}(隐患|失信|名单)|失信|不予(受理|办理|补|发放|报销)|不再(受理|办理|补|发放)|没收|强制|滞纳金|系统关闭|责令|收回|补缴|不得再次|扣除|扣分|没收`),
			cues(2, `取消|自行承担|后果|统一清理|劝离|带离|加收|作废|失效|视为|退回|暂扣|违约金|停止[供发]`),
			cues(1, `暂停|关闭|不得|否则|不再|清理|自负|承担`),
			cues(1, `逾期|擅自|私自|仍[不未在然]|[未不没]\p{Han}{1,12}[的，]|拒|未(按|认证|办理|登记|检|申请|预约|参加|缴)|拒不|拒绝|违反|违者|不按|隐瞒|冒领|虚假|重复`),
			cues(1, `将|由|按规定|依法`),
		),
	},
	{
		ID: "why", Asks: "为什么", title: "%s的原因、为什么", unsaid: "原因",
		heading: regexp.MustCompile(`目的|原因|背景|依据|意义`),
		cues: join(
			cues(2, `^(?:[^，。：]{0,10}：)?(?:因|由于|鉴于|为(?:了)?[^，。]{3,})`, `重要(措施|举措|手段)|有效的?(措施|手段|办法)|目的是|旨在`),
			cues(1, `防止|预防|以便|避免`, `根据|依据|按照`, `保障|确保|提高|加强|改造|维修`),
		),
	},
	{
		ID: "what", Asks: "是什么事", title: "%s公告写了什么", unsaid: "具体内容", opens: true,
		heading: regexp.MustCompile(`内容|项目|概况|简介|检查|服务`),
		cues: join(
			cues(2, `内容(是|为|包括)|决定|现将|就[^，。]{2,30}(公告|通告|通知|说明)如下`),
			cues(1, `开展|实施|采取|进行|调整|分[一二两三四五]期|全长|包括`),
		),
	},
	{
		ID: "payback", Asks: "有没有赔偿、减免", title: "%s有没有赔偿、减免", unsaid: "赔偿、补偿或减免", fits: suffered,
		heading: regexp.MustCompile(`赔偿|补偿|减免|损失`),
		cues:    cues(2, `赔偿|补偿|减免|退费|退款|折抵|损失`),
	},
	{
		ID: "others", Asks: "代办、行动不便、不会用手机", title: "%s能不能代办", unsaid: "能不能代办", fits: appliedFor,
		heading: regexp.MustCompile(`代办|上门|委托`),
		cues:    cues(2, `代办|代为|委托|上门(办理|服务|认证|登记)|行动不便|协助|不会(使用|用)|亲属|家属(?:向|可|代)|子女`),
	},
}

// wholeID is the question that all of a notice answers.
const wholeID = "what"

// Questions are those that are proposed of a notice: some only make sense where it says what they ask about.
func Questions(n Notice) []Question {
	var all []Question
	for _, q := range questions {
		if q.fits == nil || q.fits.MatchString(n.Headline) {
			all = append(all, q)
		}
	}
	return all
}

// bearing is how much a passage says on the question.
func (q Question) bearing(text, heading string) int {
	sum := 0
	if heading != "" && q.heading.MatchString(heading) {
		sum += headingSpeak
	}
	for _, c := range q.cues {
		if c.re.MatchString(text) {
			sum += c.weight
		}
	}
	return sum
}
