package blank

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// housing follows the number of a house, a floor or a room.
var housing = dictOf(strings.Fields(`号楼 号院 号门 号 栋 幢 座 单元 楼 层 室 排 组 门 队 弄 巷 班`))

// estates end the names of places where people live, and of roads.
var estates = dictOf(strings.Fields(`小区 花园 家园 家属院 家属楼 家属区 公寓 宿舍 大院 新村 新城 新区 佳苑 嘉苑 苑 嘉园 佳园 华庭 名邸 名城 别墅 小院 社区 街道 大厦 公馆 大道 胡同 路 街 巷 村 镇 乡 庄 屯 堡 寨`))

// notPlaceNames hold the end of a place's name and are none.
const notPlaceNames = `跑路 绕路 挡路 拦路 指路 认路 赶路 路标 路名 路人 路障 铺路 马路 公路 道路 铁路 高速路 线路 网路 电路 思路 问路 走路 修路 堵路 迷路 封路 让路 出路 半路 小路 大路 路灯 路面 路口 路边 路上 路段 路牌 路况 上路 一路 土路 主路 辅路 带路 过路
 街上 街边 街头 逛街 上街 大街 街办 街道办 村里 村委 村民 村镇 农村 乡村 城镇 乡镇 镇上 家乡 老乡 社区卫生 社区医院 社区服务 社区工作 小区门 弄堂 巷子 庄稼 庄严 村口 村头 路线 路费 路由 走街 街心 路程 路过 路费`

var notPlaces = dictOf(strings.Fields(notPlaceNames))

// grades stand before the number of a class.
var grades = dictOf([]string{"年级"})

// notHouses follow a number and are no house.
var notHouses = dictOf(strings.Fields(`号窗口 号文 号文件 号公告 号令 号线 座城 座桥 层以上 层以下 组织 队伍 门诊`))

// flats are whose home it is in a house.
var flats = dictOf(strings.Fields(`东户 西户 中户 东边户 西边户 中间户 东单元 西单元 中单元`))

// institutions end names that tell where somebody works, learns or buys; only those of givenNames are taken out before them.
var institutions = dictOf(strings.Fields(`小学 中学 高中 幼儿园 学校 大学 学院 技校 驾校 公司 集团 厂 工厂 超市 商场 商店 饭店 饭馆 餐馆 酒店 宾馆 诊所 药店 药房 医院 路口 大楼 广场 市场 健身房 培训班 托管班 工地`))

// generic stands before the kind of a place and names none.
var generic = dictOf(strings.Fields(`老 旧 新 大 小 老旧 老旧的 新建 我 我们 咱 咱们 俺 俺们 你们 本 该 各 每 每个 各个 整个 条 座 栋 片 全 别 别的 其他 其它 哪 哪个 哪些 这 这个 那 那个 一 一个 一条 这条 那条 哪条 几条 两 附近 隔壁 旁边 对面 封闭 开放 住宅 商品房 安置 拆迁 示范
 所有 所在 当地 同 文明 智慧 老年 青年 职工 学生 全市 全区 新旧 翻新 改造 进 咱们的 我们的 他们 别人 们 些 问题 有些 旧的 老的 好多 许多 不少 多个 开发 市里 城里 中心城区 选 选择 换 更换 改 修改 登记 设置 加入 关联 重新 查 我要 想 想给 给 为 建议 让 进 按 靠 推 找 跟 问 申请 订阅 退订 取消 只要 这么多 三高 人 高血压 糖尿病 物业 街道 兹 烦请 单身 人才 电梯 高层 无物业 老城 古 美丽`))

// bounds part a name of a place from what stands before it.
var bounds = dictOf(slices.DeleteFunc(slices.Clone(functions), func(word string) bool { return utf8.RuneCountInString(word) < 2 }))

// leading are words before the kind of a place in what officials write.
var leading = dictOf(strings.Fields(`找 向 问 告诉 写 列出 推进 建设 就 有 分 走进 进 先 征求 由 请 该 各 每 与 和 同 经 对 给 按 据 属 即 将 已 为 以 及 或 至 往`))

// around are words that a name of a place or a person never holds: they end the look for one.
var around = dictOf(strings.Fields(`我 咱 俺 你 您 他 她 它 的 了 吗 呢 吧 在 住 去 到 从 是 不 没 这 那 哪 啥 咋 谁 个 把 被 什么 怎么 请问 想问 可以 多少 今天 明天 昨天 晚上 早上 上午 下午 现在 最近
 位于 地址 靠近 附近 旁边 对面 隔壁 家里 今晚 昨晚 停水 停电 电话 因为 但是 如果 为什么 怎样 如何`))
