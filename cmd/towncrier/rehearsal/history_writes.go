package rehearsal

import (
	"context"

	"towncrier/content"
	"towncrier/feedback"
	"towncrier/revision"
)

// writes is a notice that somebody has begun: it says no more than the one that it would stand beside.
func (h *history) writes() {
	day := content.DateOf(h.now)
	notice := content.Notice{
		ID: "N4", Headline: "盐湖区养犬登记管理试点提示（演练稿）", Issuer: "演示单位", Publisher: "演示单位", Date: day, Area: "运城市",
		ReviewBy: content.DateOf(h.now.AddDate(1, 0, 0)), Status: content.InForce,
		Passages: []content.Passage{
			{Number: 1, Text: "养犬登记管理试点放在盐湖区。试点登记准备工作已基本就绪。"},
			{Number: 2, Text: "群众反映强烈的有流浪犬、犬只出户不拴犬链、随地便溺等问题。请文明养犬，遛狗牵绳。"},
			{Number: 3, Text: "登记的地点、材料、费用和流程，公告没有写，请拨打政务服务便民热线12345咨询。"},
		},
	}
	h.at(h.workday(1, "14:20"), func(ctx context.Context) error {
		_, err := h.revisions.DraftOf(ctx, authorID, notice.Headline, revision.Folder{"notices/N4.md": notice.Format()})
		return err
	})
}

// says is what colleagues say of the console: one has an answer, one waits.
func (h *history) says() {
	var said feedback.Feedback
	h.at(h.workday(4, "16:10"), func(ctx context.Context) (err error) {
		said, err = h.feedback.Give(ctx, committeeID, "/desk/residents", "名单里有一行不对，要整份重新上传吗？")
		return err
	})
	h.at(h.workday(3, "09:20"), func(ctx context.Context) error {
		return h.feedback.Answer(ctx, adminID, said.ID, "不用：检查以后，在页面上改好那一行再导入，或者只下载有问题的行。")
	})
	h.at(h.workday(1, "10:05"), func(ctx context.Context) error {
		_, err := h.feedback.Give(ctx, authorID, "/desk/series", "希望定期发送也能按社区筛选。")
		return err
	})
}
