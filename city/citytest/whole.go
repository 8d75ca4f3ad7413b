package citytest

import (
	"fmt"
	"strings"
	"testing/fstest"
)

// Bus adds a made-up notice on a school bus to a city of the same area, with an answer that quotes all of it, bus.what, and two on parts of it,
// bus.when and bus.cost. With more statements it is too long for a reply.
func Bus(files fstest.MapFS, area string, more ...string) {
	passages := append([]string{
		"示例县第一小学校车自2030年9月1日起调整线路和班次。",
		"早班：7:00从乙小区北门发车，途经示例桥、示例粮站，7:40到校。",
		"晚班：16:50从学校门口发车，周五不开第二班。",
		"费用：每学期120元，线路绕远不加价；退乘的，按未乘坐的月份退还。",
		"乘车卡：丢失的到学校后勤处补办，工本费10元。",
	}, more...)
	var b strings.Builder
	fmt.Fprintf(&b, "---\nid: BUS\nheadline: 关于调整校车线路的通知\nissuer: 示例县第一小学\npublisher: 示例县第一小学公告栏\ndate: 2030-05-01\nyear_inferred: false\narea: %s\nreview_by: 2031-07-01\nstatus: in_force\n---\n\n", area)
	cites := make([]string, len(passages))
	for i, text := range passages {
		fmt.Fprintf(&b, "%d. %s\n\n", i+1, text)
		cites[i] = fmt.Sprintf("BUS#%d", i+1)
	}
	files["notices/BUS.md"] = &fstest.MapFile{Data: []byte(b.String())}
	intent := func(id, title, ask, answer, more string) {
		files["intents/"+id+".yaml"] = &fstest.MapFile{Data: []byte("id: " + id + "\ntitle: " + title + "\nutterances:\n  - " +
			strings.ReplaceAll(strings.Join(strings.Fields(ask), "\n  - "), "%s", "校车") + "\nanswer: " + answer + "\n" + more)}
	}
	intent("bus.when", "校车几点发车", "%s几点开 %s几点发车 %s早上几点 %s啥时候到 坐%s几点去等 %s什么时候发车 %s晚上几点 %s几点到学校 %s是几点的 %s哪天开始", "早班7:00发车，晚班16:50发车。", "citations: [BUS#2, BUS#3]\n")
	intent("bus.cost", "校车多少钱", "%s多少钱 %s一学期多少钱 %s收费吗 %s费用 坐%s要钱吗 %s贵不贵 %s涨价了吗 %s要交多少钱 %s退钱吗 %s怎么收费", "每学期120元。", "citations: [BUS#4]\n")
	intent("bus.what", "校车的通知写了什么", "%s %s通知 %s怎么回事 %s改了吗 %s线路 %s调整 说说%s %s的通知 %s有啥变化 %s怎么安排的", "按2030年5月1日的通知：",
		"citations: ["+strings.Join(cites, ", ")+"]\nwhole: [校车, 接送车]\n")
}
