package intents

import "strings"

// telling are the pairs of a text that say what it is about. Of two words side by side, one of them generic, the pair in between is none: 区停 of
// 小区停水.
func telling(text []rune) map[pair]bool {
	all := map[pair]bool{}
	of := func(i int) (word, isGeneric bool) {
		if i < 1 || i >= len(text) {
			return false, false
		}
		p := pair{text[i-1], text[i]}
		return generic[p] || isHan(p[0]) && isHan(p[1]) && !joining[p[0]] && !joining[p[1]], generic[p]
	}
	for i := 1; i < len(text); i++ {
		word, isGeneric := of(i)
		before, genericBefore := of(i - 1)
		after, genericAfter := of(i + 1)
		between := before && after && (genericBefore || genericAfter)
		if word && !isGeneric && !between {
			all[pair{text[i-1], text[i]}] = true
		}
	}
	return all
}

// Generic reports whether a word is in what any notice prints, so that it names no matter.
func Generic(word string) bool {
	r := normalise(word, nil)
	return len(r) < 2 || isHan(r[0]) && len(telling(r)) == 0
}

// joining are characters that join words, point, count and ask.
var joining = func() map[rune]bool {
	all := map[rune]bool{}
	for _, r := range "的了吗呢吧啊呀嘛么着过在是不没有和与或及等要能可以为对将由于把被从向到这那哪我你他她它您们咱俺上下中内外里后前大小多少一二三四五六七八九十两几年月日时点号元个次第就都也还又再才只很太啥咋谁怎什给让去来得" {
		all[r] = true
	}
	return all
}()

// generic words are what any notice prints and anyone asks with: they say nothing of its matter.
var generic = func() map[pair]bool {
	all := map[pair]bool{}
	for w := range strings.FieldsSeq(`公告 通告 通知 消息 时间 时候 期间 日期 地点 地址 地方 位置 电话 号码 热线 联系 咨询 询问 反映 办理 办证 申请 申领 登记 申报 报名 预约 受理 领取 提供 提交 携带 填写 填表 审核 公示 公布 材料 资料 手续 证件
		身份 份证 户口 口本 户籍 居住 住证 证明 原件 复印 印件 照片 社保 保卡 银行 行卡 社区 街道 居委 委会 村委 小区 居民 市民 村民 群众 单位 公司 部门 政府 窗口 大厅 服务 中心 工作 人员 周末 上午 下午 中午 晚上 早上 每天 每日
		每月 每年 每人 每户 今年 明年 去年 开始 结束 截止 逾期 过期 规定 政策 要求 条件 标准 资格 范围 对象 方式 方法 办法 流程 程序 步骤 费用 收费 免费 交钱 花钱 给钱 退钱 钱不 价格 金额 补贴 补助 发放 到账 处罚 罚款 罚钱 责任
		根据 按照 依据 实施 开展 进行 安排 组织 注意 事项 其他 其它 有关 相关 本人 自己 别人 家属 家人 亲属 子女 老人 老年 年人 孩子 小孩 学生 家长 爸妈 妈妈 爸爸 外地 本地 农民 困难 低保 保户 情况 信息 问题 事情 需要 应当 必须 不得 严禁 禁止
		允许 负责 管理 投诉 举报 监督 检查 查询 处理 解决 城市 城区 生活 使用 准备 手机 微信 公众 网上 现场 上门 代办 委托 医院 学校 派出 出所 附近 沿线 东西 小时 分钟 左右 以上 以下 之前 之后 之间 另外 同时 如果 因为 影响 凌晨 夜里 半夜
		领到 拿到 交给 参加 参与 提前 推迟 取消 恢复 暂停 停止 关闭 开放 继续 重新 更换 变更 补办 丢失 丢了 坏了 没有 一般 特别 主要 全部 部分 所有 任何 具体 统一 正常 及时 方便 麻烦 谢谢 请问 知道 听说 觉得 看看 帮忙
		天气 特殊 恶劣 不便 谅解 敬请 特此 支持 配合 广大 自觉 遵守 加强 保障 确保 提高 维护 推进 落实 同意 批准 决定 记者 介绍 表示 说明 合理 顺延 另行 相互 转告`) {
		r := []rune(w)
		all[pair{r[0], r[1]}] = true
	}
	return all
}()
