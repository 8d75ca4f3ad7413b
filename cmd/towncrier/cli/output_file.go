package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"towncrier/api/client"
)

// writeWhole makes the file for this user only, whole or not at all. It does not replace one that is there.
func writeWhole(path string, write func(io.Writer) error) error {
	return writeWholeBy(os.Link, path, write)
}

// writeWholeBy is writeWhole where link makes a second name of a file, or fails, as on a USB stick. Whether the file can be made there is found
// out before anything is asked of write.
func writeWholeBy(link func(file, name string) error, path string, write func(io.Writer) error) (err error) {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s：文件已经存在。请换一个文件名，或者先把它移走", path)
	}
	part, err := os.CreateTemp(filepath.Dir(path), ".towncrier-*")
	if err != nil {
		return fileError(path, err)
	}
	defer os.Remove(part.Name())
	place := link // a rename would replace a file made meanwhile
	if second := part.Name() + ".2"; link(part.Name(), second) == nil {
		os.Remove(second)
	} else { // it may replace an empty one of our own
		own, failed := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if failed != nil {
			return errors.Join(fileError(path, failed), part.Close())
		}
		own.Close()
		place = os.Rename
		defer func() {
			if err != nil {
				os.Remove(path)
			}
		}()
	}
	if err := errors.Join(write(part), part.Close()); err != nil {
		return fileError(path, err)
	}
	if err := place(part.Name(), path); err != nil {
		return fileError(path, err)
	}
	return nil
}

// fileError is why an official's file cannot be read or written, as they read it. Other errors stay as they are.
func fileError(path string, err error) error {
	for cause, text := range map[error]string{
		fs.ErrNotExist:   "没有这个文件或文件夹",
		fs.ErrPermission: "没有读写的权限",
		syscall.ENOSPC:   "磁盘已满，请先腾出空间",
		syscall.EISDIR:   "是文件夹，不是文件",
	} {
		if errors.Is(err, cause) {
			return fmt.Errorf("%s：%s", path, text)
		}
	}
	return err
}

// download makes a file of what the API answers, for this user only, whole or not at all. A file that is asked for by another method than GET
// is given once.
func (b *apiCommands) download(cmd *cobra.Command, method, path, file string) error {
	ctx, stop := untilSignal(cmd.Context())
	defer stop()
	c, err := b.flags.client(cmd, b.opt)
	if err != nil {
		return err
	}
	defer c.Close()
	asked := false
	err = writeWhole(file, func(w io.Writer) error {
		asked = true
		return cmp.Or(c.Download(ctx, method, path, &received{w: w, out: cmd.ErrOrStderr(), saidAt: time.Now()}), ctx.Err())
	})
	if err == nil || !asked || method == http.MethodGet {
		return err
	}
	_, refused := errors.AsType[*client.RefusedError](err)
	lost, unanswered := errors.AsType[*client.NoAnswerError](err)
	if refused || unanswered && lost.Unreached {
		return err
	}
	return fmt.Errorf("%w\n没有收全，文件没有写下。这份文件只给一次，很可能已经算取过：请重新申请", err)
}

// sayReceived is how often the growth of a file is told: a spreadsheet of a whole city takes a minute to come.
const sayReceived = 5 * time.Second

// received is a file as it comes, of which the person who waits hears now and then how much there is.
type received struct {
	w, out io.Writer
	saidAt time.Time
	bytes  int64
}

func (r *received) Write(p []byte) (int, error) {
	n, err := r.w.Write(p)
	r.bytes += int64(n)
	if now := time.Now(); now.Sub(r.saidAt) >= sayReceived {
		fmt.Fprintf(r.out, "正在接收文件：已收到%d KiB\n", r.bytes>>10)
		r.saidAt = now
	}
	return n, err
}

// save makes a file of what the API answers with, and says so.
func (b *apiCommands) save(cmd *cobra.Command, path, file string) error {
	if err := b.download(cmd, http.MethodGet, path, file); err != nil {
		return err
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "已写入%s\n", file)
	return err
}
