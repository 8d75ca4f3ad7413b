package sends

import (
	"towncrier/api"
	"towncrier/desk/page"
)

// downloads are the files of a broadcast.
var downloads = []struct {
	name, label, operation string
	people                 bool // a line a person
}{
	{"report", "汇总", "report-broadcast", false},
	{"reach", "按社区", "reach-broadcast", false},
	{"deliveries", "每条发送", "list-deliveries", true},
}

func registerFiles(k *page.Kit) {
	for _, f := range downloads {
		for _, format := range []string{"csv", "xlsx"} {
			at, id := "GET /desk/sends/{id}/"+f.name+"."+format, f.operation+"-"+format
			if f.people {
				act := page.NewAct[api.DeliveriesFileInput, api.File](id)
				k.Handle(at, func(v *page.Visit) (page.Result, error) {
					return download(act.Do(v, api.DeliveriesFileInput{ID: v.Path("id")}))
				}, act)
				continue
			}
			act := page.NewAct[one, api.File](id)
			k.Handle(at, func(v *page.Visit) (page.Result, error) { return download(act.Do(v, one{ID: v.Path("id")})) }, act)
		}
	}
}

func download(f api.File, err error) (page.Result, error) {
	if err != nil {
		return nil, err
	}
	return page.Download(f), nil
}
