package blank

import "strings"

// called come before somebody's name, or where they live.
var called = dictOf(strings.Fields(`我叫 名叫 叫做 他叫 她叫 我姓 免贵姓 名字叫 名字是 英文名是 曾用名 小名 乳名 学名 笔名 住在 家住 家在 搬到 搬进`))

// relatives are people by what they are to somebody. Their names may follow, and they may be named by whose they are: 国庆的爸爸.
const relatives = `老公 老婆 丈夫 妻子 媳妇 爱人 对象 老伴 儿子 女儿 闺女 孩子 小孩 宝宝 娃 娃娃 俺娃 爸 爸爸 老爸 妈 妈妈 老妈 父亲 母亲 爹 娘 爷 爷爷 奶奶 姥姥 姥爷 外婆 外公 舅 舅舅 舅妈
 姑 姑姑 姑父 姨 姨妈 叔 叔叔 伯 伯伯 伯父 婶 婶婶 嫂子 哥 哥哥 姐 姐姐 弟 弟弟 妹 妹妹 孙子 孙女 外孙 外孙女 侄子 侄女 外甥 女婿 儿媳 儿媳妇 岳父 岳母 婆婆 公公 亲家 双胞胎`

// parents are somebody's whose name may come before: 小强爸爸.
var parents = dictOf(strings.Fields(`爸爸 妈妈 爷爷 奶奶 姥姥 姥爷 外婆 外公 他爸 他妈 她爸 她妈 他爹 他娘`))

// ofChildren follow what a child is called.
var ofChildren = dictOf(strings.Fields(`爸爸 妈妈 爸 妈 爷爷 奶奶 的 家 上 疫苗 打疫苗 生病 发烧 入学 报名 转学 户口 医保`))

// bearers are people by what they are in a matter. Their names may follow.
const bearers = `户主 业主 房主 车主 机主 店主 申请人 联系人 当事人 负责人 委托人 代理人 经办人 监护人 投保人 被保险人 收款人 收件人 寄件人 举报人 投诉人 反映人 承租人 法人 法定代表人 死者 患者 病人 伤者 本人 房东 租客 房客 租户
 家长 家属 亲戚 朋友 同学 同事 室友 舍友 邻居 对门 楼上 楼下 学生 考生 职工 员工 班主任 户名 开户名 抬头 署名 落款 名字 名叫 姓名 姓 残疾人 低保户 贫困户 五保户 军人 退役军人 老兵 党员 志愿者 网格员 楼长 司机 老板 保安 物业经理`

var (
	kin    = dictOf(strings.Fields(relatives))
	labels = dictOf(strings.Fields(relatives + " " + bearers))
)

// naming stands between a label and a name.
var naming = dictOf(strings.Fields(`是 叫 叫做 名叫 名 名为 姓 系 为 写 写的是 写成 就是 名字叫 名字是 的名字叫 的名字是 : ： :" “ 「 ( （ 是:`))

// nicknames come before what somebody calls themselves, which may be any words.
var nicknames = dictOf(strings.Fields(`网名 昵称 微信名 抖音名 快手名 外号 绰号`))

// calling comes before a given name, with or without a mark of quotation between.
var calling = dictOf(strings.Fields(`叫 名叫 名为 名 改名 更名`))

// callsMe come before what somebody is called familiarly.
var callsMe = dictOf(strings.Fields(`叫我 喊我 称呼我 叫他 叫她 喊他 喊她`))

// beside come before somebody who something is done with, or to.
var beside = dictOf(strings.Fields(`跟 和 给 嫁给 娶 替 帮 代 告 被 让 问 找 通知 转告 委托`))

// doing follows somebody who does it.
var doing = dictOf(strings.Fields(`说 骂 打 打架 打人 欠 偷 去世 死了 走了 生病 病了 住院 结婚 离婚 咬 让我 叫我 改名 更名 不接 不给 不退 不还 不管 不干 不在 啊 呀 他 她 你 他们家 她们家`))

// addressed are forms of address, which follow a name.
var addressed = dictOf(strings.Fields(`老师傅 先生 女士 小姐 同志 师傅 老师 医生 大夫 护士 大爷 大妈 大娘 大叔 大哥 大姐 阿姨 叔叔 爷爷 奶奶 主任 书记 经理 院长 校长 局长 科长 所长 站长 村长 队长 主席 律师 警官 老板 某某 某
 婶 嫂 伯 姨 部长 处长 镇长 乡长 区长 市长 厂长 店长 班长 组长 会计 教练 教授 园长 导员 辅导员 网格员 支书 村官 保安 老人家 大婶 大嫂 老弟 老哥 老汉 老太太 女儿 儿子 媳妇 他爸 他妈 他爹 她爸 她妈 他娘 她娘`))

// inNames are words of one character that many names have.
const inNames = "和都向来有会能想同多少上下前后中外里明天得当与为以因其么钱才"

// familiar stand before a name, and are part of how somebody is called.
const familiar = "老小阿"

// doubleSurnames are surnames of two characters that are no other words.
var doubleSurnames = dictOf(strings.Fields(`欧阳 司马 上官 诸葛 尉迟 皇甫 慕容 令狐 司徒 夏侯 宇文 呼延 长孙 东方红 赫连 澹台 公孙 端木 轩辕 独孤 南宫 西门庆 闻人 百里 淳于 单于 申屠 钟离 鲜于 司空 太史`))

// foreignNames begin or end names of other peoples, and are no other words.
var foreignNames = dictOf(strings.Fields(`买买提 买提 阿卜杜 阿不都 艾合买 吐尔逊 热合曼 古丽 古力 巴特尔 其其格 扎西 卓玛 次仁 尼玛 德吉 多吉 旺姆 阿依 热巴 迪丽 热孜 玛依拉 乌兰 阿迪力 依明 木拉提 哈力克 努尔`))

// surnames are those that most people have.
const surnames = `王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文阴卫柴景解裴荆
佟闫祁禹甄鲍葛柳翟詹霍樊冉聂柯岳骆耿焦祝舒阮凌毕裘喻肖蔺褚洪屈隋倪娄冀瞿巩仝晁邢尤窦施庄童纪梅牛苗曲辛兰谷麻`

// rareSurnames are words as well: one is a surname only before a given name, where a sentence begins or somebody is named.
const rareSurnames = `么母党司欧关左包宁尚符单路管向里安温时成连水车房和平元计强华严游颜古米季边卜仇商阳项巴原席盛储花封楚伍章申冷沙花明宫海盖门沐木仲伊衡步满弓国东西南北习年山云雨雪火红青蓝紫公空信义慎戈哈那乐乌益`

// givenNames are words that people are called by.
var givenNames = dictOf(strings.Fields(`建设 建国 建军 建华 建民 建新 新建 建成 建立 卫东 卫国 卫星 卫民 保国 保安 保卫 爱国 爱民 爱党 爱军 国庆 国强 国安 国富 国栋 国华 文明 文化 文学 文艺 文静 学文 学习 学军 学工 学农 和平 平安 平等 平凡 公平 公正 安全 安康 安宁 安心 安定 安民
 高兴 欢喜 欢乐 快乐 开心 如意 吉祥 幸福 有福 有才 来福 来喜 进步 进宝 招财 先进 前进 向前 向东 向阳 朝阳 胜利 凯旋 解放 开放 改革 跃进 振兴 振华 中华 光明 光荣 光辉 明亮 明白 明天 明月 秋月 秋生 春天 春光 春雨 春花 春风 立春 立夏 立秋 冬至 冬梅 元旦 端午 中秋 重阳 清明 五一 六一 七一 八一 十一
 红旗 红星 红军 红卫 东方 东风 东升 长城 长江 长青 长寿 长安 永久 永远 黄河 泰山 团结 友谊 友好 友善 诚信 诚实 敬业 法治 民主 民生 民族 富强 富裕 富贵 自由 自强 志愿 志强 健康 健全 自立 立功 立新 立志 海洋 海军 天安 天明 天亮 天成 阳光 晴天 大海 大山 小康 小雪 小雨 大雪 林业 农业 工业
 希望 理想 梦想 未来 世纪 时代 新民 新华 新年 家福 家兴 家和 如常 常在 满意 满仓 满堂 增产 增收 丰收 石头 铁柱 铁锁 金锁 银行 城市 京生 宏伟 伟大 伟业 英雄 英明 蓝天 白云 彩霞 朝霞 云霞 勤俭 勤劳 劳动 创业 正义 正气 正常 正直 忠诚 忠义 守法 守信 改造 运动 体育 全运 奥运 亚运 援朝 抗美 抗战 支农 支前 拥军 援疆`))

// notSurnames are words that have a character which is a surname as well.
const notSurnames = `行李 李子 一张 几张 两张 张贴 紧张 主张 扩张 纸张 夸张 每张 这张 那张 哪张 陈旧 杨树 黄色 黄河 黄金 黄瓜 黄灯 黄线 黄牛 变黄 周末 一周 周一 周二 周三 周四 周五 周六 周日 周天 周围 周边 周岁 上周 下周 每周 周期 周年 四周 本周 几周 两周 孙子 孙女 外孙
 胡同 胡乱 胡说 二胡 林业 森林 树林 园林 林地 造林 林权 林场 林木 如何 为何 何时 任何 何处 何况 马上 马路 马桶 立马 马拉松 斑马线 马虎 马力 罗列 桥梁 房梁 谢谢 感谢 多谢 韩国 关于 由于 属于 对于 终于 等于 位于 低于 高于 大于 小于 于是 至于 用于 限于 处于 基于 便于 在于 过于 多于 少于 董事 董事长 古董
 工程 程序 流程 课程 过程 进程 路程 行程 程度 里程 日程 全程 教程 章程 议程 许可 允许 许多 也许 准许 不许 或许 许可证 曾经 补丁 园丁 树叶 落叶 叶子 茶叶 业余 其余 多余 剩余 余额 余款 有余 杜绝 戴口罩 佩戴 不戴 要戴 头盔戴 夏天 夏季 今夏 夏令营 立夏 分钟 秒钟 钟头 钟点 闹钟 点钟 时钟 钟点工
 田地 农田 种田 田间 田里 稻田 良田 责任 主任 任何 担任 任务 信任 上任 现任 任性 任命 任意 任期 班主任 责任制 生姜 规范 范围 示范 模范 防范 典范 范本 师范 地方 各方 多方 三方 第三方 四方 方便 方式 方法 方向 方面 对方 双方 官方 平方 方案 警方 东方 南方 北方 方言 甲方 乙方 处方 配方 大方 立方 平方米 立方米 石头 石油 石子 石材 石板 石灰 砂石 大石
 公积金 养老金 退休金 现金 押金 罚金 奖金 金额 资金 基金 租金 金属 五金 定金 金融 保证金 助学金 奖学金 违约金 滞纳金 补偿金 抚恤金 低保金 救助金 维修金 赔偿金 保险金 丧葬金 慰问金 补助金 失业金 年金 本金 中奖金 陆续 大陆 登陆 面孔 白天 白名单 明白 白色 白菜 空白 白内障 白跑 白酒 白送 白费 白血病 白条 白白 白给 白交 健康 小康 康复 安康 健康证
 毛病 毛巾 羊毛 毛坯 毛毛 皮毛 几毛 五毛 毛钱 毛孩子 毛坯房 江河 长江 历史 病史 照顾 顾客 回顾 顾问 不顾 顾虑 水龙头 恐龙 龙头 一条龙 万元 几万 万人 上万 万块 百万 路段 段落 段号 时段 阶段 时间段 地段 手段 一段 片段 分段 段时间 这段 那段 打雷 雷雨 雷电 多少钱 要钱 花钱 交钱 钱款 给钱 收钱 退钱 出钱 掏钱 工钱 本钱 价钱 零钱 挣钱 赚钱 钱包 钱都 块钱 药钱 汤药
 容易 交易 简易 贸易 轻易 不易 易燃 易爆 经常 照常 常问 正常 日常 常见 常住 非常 平常 异常 常用 常规 往常 常常 通常 常年 时常 常态 常驻 武术 武器 武装 人武部 武装部 乔木 乔迁 祝贺 贺卡 依赖 无赖 老赖 文件 正文 文中 上文 下文 文化 公文 文明 作文 语文 文字 文物 文艺 文体 文凭 文书 原文 中文 英文 文具 条文 论文 发文 文化站 文化馆
 阴天 阴历 阴沟 阴雨 阴凉 卫生 卫生间 卫生院 卫生室 卫生所 保卫 门卫 卫健委 卫星 厨卫 柴油 柴火 火柴 景区 景点 风景 景观 夜景 背景 景色 前景 解决 解密 了解 解释 解除 理解 调解 解答 解约 缓解 解聘 讲解 误解 分解 解冻 解封 解锁 解读 和解 解雇 解散 不解 人民调解 焦虑 祝福 庆祝 舒服 洪水 山洪 防洪 泄洪 麻烦 麻将 麻醉 麻袋 谷子 谷物
 疫苗 苗木 树苗 幼苗 育苗 曲线 歌曲 戏曲 辛苦 村庄 庄稼 农庄 儿童 童年 纪念 纪委 世纪 年纪 违纪 纪律 经纪 梅花 牛奶 牛肉 养牛 毕业 毕竟 毕业生 毕业证 施工 措施 设施 实施 施肥 施行 施救 尤其 麻疹 麻木 兰花 马兰 蓝牙
 高温 高血压 高龄 高层 高速 高考 提高 高中 高铁 增高 最高 高峰 高新 高新区 高压 高度 高空 高处 高价 高标准 高级 高薪 高校 高等 高职 高危 高质量 较高 身高 过高 太高 很高 升高 偏高 高一 高二 高三 高低 高楼 高烧 高架 层高 不高 多高 高高 高跟 高手 高档 高空抛物 天天 常常 刚刚 慢慢 看看 谢谢 狗狗 猫猫 人人 家家 年年 月月 个个 条条 哈哈 嗯嗯 好好 偏偏 等等 问问 说说 听听 想想 试试 管管 查查 往往 渐渐 娃娃 妥妥 拜拜 白纸黑字 白底黑字 真金白银 名字 山水林田湖草沙 白沫 白狗 白车 花白 白大褂 仅仅 早早 远远 处处 多多 星星 奇奇怪怪 哪哪 通通 统统 整整 足足 明明 单单 稍稍 常常 白白 亲亲 宝宝 高速路 高龄津贴 高中生 高收费 高利贷 肩高`

// people come before somebody's name in a sentence that says no more.
var people = dictOf(strings.Fields(`是 我是 他是 她是 这是 俺是 我叫 俺叫`))
