package blank

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// dict is a set of words.
type dict struct {
	words map[string]bool
	max   int // characters of the longest
}

// dictOf has the words in the form in which texts are read.
func dictOf(words []string) dict {
	d := dict{words: make(map[string]bool, len(words))}
	for _, w := range words {
		w = string(plain(w))
		d.words[w] = true
		d.max = max(d.max, utf8.RuneCountInString(w))
	}
	return d
}

// functions carry a question and say nothing of what it is about.
var functions = strings.Fields(`我 我们 咱 咱们 俺 俺们 你 你们 您 他 她 它 他们 大家 自己 别人 人家 谁 的 地 得 了 着 过 吗 呢 吧 啊 呀 嘛 么 哦 哎 啦 喽 不 没 没有 别 不是 是 就是
 还是 是不是 有 有没有 有啥 在 去 来 到 从 往 向 对 给 和 跟 与 同 及 或 或者 以 以后 以前 之后 之前 之间 把 被 让 叫 将 为 为了 因 因为 所以 如果 要是 的话 但 但是 不过 而且 虽然 也 都 就 才 再 又
 还 还有 很 太 最 更 挺 好 多 少 这 那 这个 那个 这些 那些 这里 那里 这儿 那儿 这样 那样 这边 那边 哪 哪个 哪些 哪里 哪儿 哪边 哪天 什么 啥 什么时候 啥时候 什么样 怎么 怎样 咋 咋样 咋办 咋弄 怎么办 怎么样 如何 为什么 为啥 为何 何时
 多少 多久 多大 多长 多远 多长时间 几 几点 几号 几天 几个 几次 几时 第 个 些 下 一下 一个 一些 一点 一样 一直 一般 一共 一起 一次 一定 一年 一天 一边 一家 一种 一下子 两个 可 可以 能 能不能 可不可以 会 会不会 要 要不要 想 想要 得 该 应该 必须 需要 需不需要 用 用不用
 请 请问 问 问问 问一下 想问 打听 麻烦 谢谢 你好 您好 知道 知不知道 说 听说 看 看看 觉得 里 里面 上 上面 下面 前 前面 后 后面 外 外面 中 内 旁边 附近 对面 时 时候 时间 现在 目前 今天 明天 昨天 后天 今晚 昨晚
 今年 明年 去年 每天 每年 每月 早上 上午 中午 下午 晚上 夜里 半夜 白天 周末 星期天 平时 最近 刚才 马上 已经 曾经 正在 总是 经常 老是 只 只有 只能 都有 之类 等 等等 呗 呐 哈 嗯 噢 唉 吶 做 弄 干 办 找 当 比 由 所 其 并 则 且 若 非 无 此 该 各 每 某 万一 千万 家住 住在 家在 打 拿 送 接 寄`)

var functionWords = dictOf(functions)

// commonWords may be left, whatever the city's own texts are about: function words, and what residents ask any city of.
var commonWords = dictOf(slices.Concat(strings.Fields(`停水 停电 停气 停暖 供水 供电 供气 供暖 暖气 来水 来电 来气 通气 通水 水费 电费 气费 暖气费 物业 物业费 业主 维修 修理 漏水 漏气 断电 跳闸 路灯 路面 井盖 下水道 堵了 垃圾 垃圾桶 垃圾分类
 清运 噪音 噪声 扰民 施工 工地 装修 油烟 污水 臭味 绿化 树木 修剪 停车 停车位 停车场 车位 车棚 充电 充电桩 电动车 电瓶车 汽车 摩托车 三轮车 公交 公交车 公交卡 地铁 出租车 站牌 线路 红绿灯 斑马线 堵车 违停 罚款 罚单 驾照 驾驶证 年检 车牌 高速 火车 车票
 身份证 户口 户口本 户籍 落户 迁户口 居住证 护照 通行证 港澳 签证 证件 证明 补办 换证 挂失 社保 社保卡 医保 医保卡 养老 养老金 退休 退休金 养老院 老年卡 老年证 老年人 老人 优待 残疾 残疾证 低保 救助 补贴 补助 津贴 报销 缴费 缴纳 交费 公积金 提取 贷款 失业 失业金 工伤 生育
 工资 拖欠 劳动 合同 仲裁 招聘 找工作 工作 培训 创业 营业执照 执照 税 发票 报税 开店 摆摊 学校 小学 中学 初中 高中 大学 幼儿园 入学 报名 转学 学区 学费 放学 开学 放假 考试 成绩 录取 作业 补课 托管 孩子 小孩 儿童 学生 老师 家长 医院 医生 看病 挂号 门诊 急诊 住院 疫苗 接种 打针 体检
 核酸 口罩 发烧 感冒 生孩子 准生证 出生证 结婚 结婚证 离婚 婚姻 登记 预约 办理 办证 申请 审批 手续 材料 流程 条件 资格 标准 政策 规定 通知 公告 公示 名单 结果 进度 查询 咨询 投诉 举报 反映 反馈 建议 意见 电话 号码 热线 网站 网上 公众号 小程序 手机 微信 短信 验证码 密码 地址 地点 地方
 上班 下班 上班时间 开门 关门 营业 节假日 春节 国庆 元旦 清明 中秋 端午 部门 单位 公司 机关 政府 社区 街道 居委会 村委会 派出所 公安局 民政局 法院 律师 法律 援助 消防 保险 银行 快递 邮局 超市 市场 菜市场 商场 公园 广场 图书馆 博物馆 体育馆 健身 健身房 器材 游泳 游泳馆 球场 跑步 景区 门票 旅游
 酒店 宾馆 房子 房屋 住房 公租房 廉租房 经适房 商品房 租房 买房 卖房 房产证 不动产 过户 拆迁 征收 补偿 安置 改造 加装 电梯 楼道 楼上 楼下 邻居 小区 大门 门禁 保安 监控 宽带 网络 信号 有线电视 燃气 煤气 天然气 水管 水表 电表 阀门 马桶 屋顶 外墙 窗户 养狗 遛狗 狗 猫 流浪狗 流浪猫 蚊子 老鼠 蟑螂 灭鼠
 天气 下雨 下雪 大雪 暴雨 洪水 地震 台风 高温 污染 空气 雾霾 环保 秸秆 烟花 爆竹 鞭炮 农村 土地 宅基地 种地 化肥 农药 收割 灌溉 志愿者 党员 选举 征兵 当兵 退役 军人 烈士 殡葬 火化 墓地 献血 捐款 捐赠 彩票 活动 比赛 演出 电影 灯会 庙会 展览 免费 收费 价格 多少钱 费用 便宜 太贵 退款 退费 押金
 坏了 丢了 没人管 谁管 谁负责 负责 处理 解决 安装 拆除 检查 检测 打扫 开放 关闭 开始 结束 恢复 取消 推迟 延期 截止 领取 发放 到账 扣款 换 修 装 拆 买 卖 租 借 还 交 领 查 停 开 关 住 走 坐 吃 喝 玩 学 电 水 气 暖 路 车 房 门 灯 树 证 卡 费 钱 人 家 楼 店`), functions, strings.Fields(notPlaceNames)))

// notNumbers begin with words for digits and are no numbers.
var notNumbers = dictOf(strings.Fields(`万一 千万 一一 十分 三三两两 七七八八 乱七八糟 五花八门 百分`))

// housing follows the number of a house, a floor or a room.
var housing = dictOf(strings.Fields(`号楼 号院 号门 号 栋 幢 座 单元 楼 层 室 排 组 户 门 队 弄 巷`))

// estates end the names of places where people live, and of roads.
var estates = dictOf(strings.Fields(`小区 花园 家园 家属院 家属楼 家属区 公寓 宿舍 大院 新村 新城 新区 佳苑 嘉苑 苑 嘉园 佳园 华庭 名邸 名城 别墅 小院 社区 街道 大厦 公馆 大道 胡同 路 街 巷 弄 村 镇 乡 庄 屯 堡 寨`))

// notPlaceNames hold the end of a place's name and are none.
const notPlaceNames = `马路 公路 道路 铁路 高速路 线路 网路 电路 思路 问路 走路 修路 堵路 迷路 封路 让路 出路 半路 小路 大路 路灯 路面 路口 路边 路上 路段 路牌 路况 上路 一路 土路 主路 辅路 带路 过路
 街上 街边 街头 逛街 上街 大街 街办 街道办 村里 村委 村民 村镇 农村 乡村 城镇 乡镇 镇上 家乡 老乡 社区卫生 社区医院 社区服务 社区工作 小区门 弄堂 巷子 庄稼 庄严 村口 村头 路线 路费 路由 走街 街心 路程 路过 路费`

var notPlaces = dictOf(strings.Fields(notPlaceNames))

// generic stands before the kind of a place and names none.
var generic = dictOf(strings.Fields(`老 旧 新 大 小 老旧 老旧的 新建 我 我们 咱 咱们 俺 俺们 你们 本 该 各 每 每个 各个 整个 条 座 栋 片 全 别 别的 其他 其它 哪 哪个 哪些 这 这个 那 那个 一 一个 一条 这条 那条 哪条 几条 两 附近 隔壁 旁边 对面 封闭 开放 住宅 商品房 安置 拆迁 示范
 所有 所在 当地 同 文明 智慧 老年 青年 职工 学生 单身 人才 电梯 高层 无物业 老城 古 美丽`))

// around are words that a name of a place or a person never holds: they end the look for one.
var around = dictOf(strings.Fields(`我 咱 俺 你 您 他 她 它 的 了 吗 呢 吧 在 住 去 到 从 是 不 没 这 那 哪 啥 咋 谁 个 把 被 什么 怎么 请问 想问 可以 多少 今天 明天 昨天 晚上 早上 上午 下午 现在 最近
 位于 靠近 附近 旁边 对面 隔壁 家里 今晚 昨晚 停水 停电 电话 因为 但是 如果 为什么 怎样 如何`))

// called come before somebody's name, or where they live.
var called = dictOf(strings.Fields(`我叫 名叫 叫做 他叫 她叫 本人 我姓 免贵姓 姓名 名字叫 名字是 联系人 住在 家住 家在 搬到 搬进`))

// addressed are forms of address, which follow a name.
var addressed = dictOf(strings.Fields(`先生 女士 小姐 同志 师傅 老师 医生 大夫 护士 大爷 大妈 大娘 大叔 大哥 大姐 阿姨 叔叔 爷爷 奶奶 主任 书记 经理 院长 校长 局长 科长 所长 站长 村长 队长 主席 律师 警官 老板 某某 某`))

// inNames are words of one character that many names have.
const inNames = "和都向来有会能想同多少上下前后中外里明天得当与为以因其"

// doubleSurnames are surnames of two characters that are no other words.
var doubleSurnames = dictOf(strings.Fields(`欧阳 司马 上官 诸葛 尉迟 皇甫 慕容 令狐 司徒 夏侯 宇文 呼延 长孙`))

// surnames are the hundred that most people have.
const surnames = `王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文阴卫柴景解裴荆`
