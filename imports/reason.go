package imports

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"towncrier/roster"
	"towncrier/seal"
)

// unreadable is an error in Chinese about the whole file.
type unreadable struct{ error }

func (e unreadable) Unwrap() error { return e.error }

// reason says in Chinese why an import failed. What is not about the file is logged.
func (s *Service) reason(ctx context.Context, j *job, err error) string {
	again := ""
	if j.State == Importing {
		again = fmt.Sprintf("已写入%d行，再次导入同一文件会从这里继续", j.Written)
	}
	switch {
	case errors.Is(err, errMayNot):
		return fmt.Sprintf("上传这个文件的人已停用，或者角色、居委会有变动：导入已停止，已写入%d行", j.Written)
	case errors.Is(err, errTooLong):
		return fmt.Sprintf("检查用时超过%d分钟：请把表格分成几个文件，或另存为 CSV，再上传", int(s.limits.Judging.Minutes()))
	}
	_, ofDisk := errors.AsType[*fs.PathError](err)
	if e, ok := errors.AsType[unreadable](err); ok && !ofDisk && !errors.Is(err, seal.ErrSealed) {
		return e.Error()
	}
	switch {
	case errors.Is(err, roster.ErrNoRoom):
		return "服务器的磁盘已满：请联系管理员腾出空间。" + again
	case errors.Is(err, roster.ErrImportMoved):
		return "同一文件正在另一台服务器上导入：请等它完成"
	case errors.Is(err, roster.ErrChangedTable), errors.Is(err, roster.ErrNoCommittee):
		return "检查之后居委会的登记有变动，有问题的行和那时不同：请重新上传同一文件。" + again
	case s.cfg.Away(err):
		return fmt.Sprintf("数据库超过%d分钟没有应答：请联系管理员，恢复后重新上传同一文件。", int(Life.Minutes())) + again
	}
	s.cfg.Log.ErrorContext(ctx, "import failed", "import", j.ID, "state", string(j.State), "err", err)
	return "服务器出错，请稍后重新上传同一文件。" + again
}
