package revision

import (
	"errors"
	"fmt"
	"strings"

	"towncrier/problem"
)

// What a caller can tell apart with errors.Is.
var (
	ErrNoDraft    = problem.NotFound("没有这份稿件：请核对编号")
	ErrNoRevision = problem.NotFound("没有这个版本：请核对版本号")
	// ErrOwn says that who wrote a draft may not publish it, and who withdrew a notice may not bring it back.
	ErrOwn = errors.New("这是您自己写的：须由另一位同事审批")
	// ErrHash says that what was looked at is not what would be published.
	ErrHash = errors.New("稿件在您查看之后改动过：请重新查看后再审批")
	// ErrMoved is a Store's: another revision came in between.
	ErrMoved = errors.New("内容刚刚发布了新版本：请再试一次")
	// ErrEmpty says that a draft changes nothing.
	ErrEmpty = errors.New("稿件没有改动任何文件：请先修改再送审")
)

// StaleError says that the folder that a draft is based on is no longer in force.
type StaleError struct{ Now int }

func (e *StaleError) Error() string {
	return fmt.Sprintf("稿件是在旧内容上写的，现在生效的是第%d版：请先并入新版本，再送审", e.Now)
}

// StatusError says that a draft does not stand where an act needs it.
type StatusError struct{ Status Status }

func (e *StatusError) Error() string {
	return "稿件现在是“" + e.Status.Label() + "”，不能这样做"
}

// ConflictError says that somebody else changed a file since it was looked at. Neither text is lost.
type ConflictError struct {
	Path          string
	Yours, Theirs []byte // nil where the file is removed
}

func (e *ConflictError) Error() string {
	return e.Path + "：在您查看之后被别人改过，请对照两份文字后再保存"
}

// BegunError says that what somebody would begin is begun: in an unpublished draft, or, when that has no ID, in what is in force.
type BegunError struct {
	Path  string
	Draft Draft
}

func (e *BegunError) Error() string {
	if e.Draft.ID == "" {
		return e.Path + " 已经发布：要修改它，请新建稿件"
	}
	return fmt.Sprintf("已经起草过：稿件 %s（%s，%s），请在那份稿件里接着写", e.Draft.ID, e.Draft.Title, e.Draft.Status.Label())
}

// MergeError names the files that a draft and the revisions since its base both changed, and of tables the rows, as tables/T.csv#NAME, of
// files with several entries the entries, as contacts.yaml#hotline.
type MergeError struct{ Paths []string }

func (e *MergeError) Error() string {
	return "这些文件、行或项在新版本里也改过，请逐个对照后再并入：" + strings.Join(e.Paths, "、")
}

// FaultsError is what is wrong with the folder that a draft leads to.
type FaultsError struct{ Problems problem.List }

func (e *FaultsError) Error() string {
	return "内容有错，不能送审：\n" + e.Problems.OnlyFaults().Error()
}

// StopsError names what a draft would stop that is to be sent since it was submitted.
type StopsError struct{ IDs []string }

func (e *StopsError) Error() string {
	return "送审之后又有群发会因这份稿件停下，发布的人和送审的人都还没有看过，请核对后重新送审：" + strings.Join(e.IDs, "、")
}

// WorseError names the known questions that a draft answers worse and that its author did not accept by name.
type WorseError struct{ Questions []string }

func (e *WorseError) Error() string {
	return "这些已知问题的答复变差了，请修改，或者逐条接受：" + strings.Join(e.Questions, "、")
}
