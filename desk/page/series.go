package page

import "towncrier/api/wire"

// SeriesStatus is how a series stands, for the part "tag".
func SeriesStatus(s wire.Series) (status, label string) {
	switch {
	case s.Rejected:
		return "returned", "已退回"
	case s.Stopped:
		return "ended", "已停止"
	case s.Approver == "":
		return "wait", "等审批"
	}
	return "active", "进行中"
}
