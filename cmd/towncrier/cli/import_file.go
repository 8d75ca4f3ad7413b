package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/plaintext"
)

const (
	// maxUpload is what the API takes.
	maxUpload = 64 << 20
	// askImportEvery is how often an import is looked at: often at first, when small files are done at once.
	askImportFirst, askImportEvery = 50 * time.Millisecond, time.Second
)

// fileImport is the import of a file over the API.
type fileImport struct {
	client    *client.Client
	path      string
	out, errs io.Writer // for people
	json      io.Writer // for what became of it, as the API says it; nil without --json
}

// fileImport is the import of path by a command. With --json what it says to people goes where no program reads it.
func (b *apiCommands) fileImport(cmd *cobra.Command, c *client.Client, path string) fileImport {
	f := fileImport{client: c, path: path, out: cmd.OutOrStdout(), errs: cmd.ErrOrStderr()}
	if b.asJSON {
		f.json, f.out = f.out, f.errs
	}
	return f
}

// forgetShown forgets the import, and prints what it was with --json.
func (f fileImport) forgetShown(ctx context.Context, i wire.Import) error {
	f.forget(ctx, i)
	if f.json == nil {
		return nil
	}
	return writeJSON(f.json, i)
}

// judged uploads the file, and waits until it is judged, or goes on with an import of it that is under way.
func (f fileImport) judged(ctx context.Context, about map[string]string) (wire.Import, error) {
	i, err := f.upload(ctx, about)
	if err != nil {
		return i, f.interrupted(ctx, err)
	}
	if i, err = f.await(ctx, i, nil, "judged", "starting", "importing", "done"); ctx.Err() != nil {
		f.forget(ctx, i)
	}
	return i, f.interrupted(ctx, err)
}

// interrupted says that nothing was written, when it was Ctrl-C that ended it.
func (f fileImport) interrupted(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	fmt.Fprintln(f.out, "已中断，未写入任何内容。")
	return errInterrupted
}

func (f fileImport) upload(ctx context.Context, about map[string]string) (i wire.Import, err error) {
	info, err := os.Stat(f.path) // before it is opened: a pipe would wait for its writer
	if err != nil {
		return i, fileError(f.path, err)
	}
	switch {
	case !info.Mode().IsRegular():
		return i, fmt.Errorf("%s：不是普通文件：文件可能要发送两遍，不能是管道或文件夹", f.path)
	case info.Size() > maxUpload:
		return i, fmt.Errorf("%s：文件有%d MiB，最多%d MiB：请分成几个文件", f.path, info.Size()>>20, maxUpload>>20)
	}
	file, err := os.Open(f.path)
	if err != nil {
		return i, fileError(f.path, err)
	}
	defer file.Close()
	about["name"] = string([]rune(filepath.Base(f.path))[:min(200, len([]rune(filepath.Base(f.path))))])
	bar := newProgress(f.errs, "上传", "KiB")
	sent := func(bytes int64) { bar.at(int(bytes>>10), int(info.Size()>>10)) }
	if info.Size() < 1<<20 { // there is nothing to wait for
		sent = nil
	}
	return i, f.client.Upload(ctx, "/imports"+queryOf(about), file, info.Size(), sent, &i)
}

// await looks at an import until it is in one of states, or failed. A server that is away for a while is waited for.
func (f fileImport) await(ctx context.Context, i wire.Import, each func(wire.Import), states ...string) (wire.Import, error) {
	pause, answered, ahead := askImportFirst, time.Now(), 0
	for {
		if each != nil {
			each(i)
		}
		for _, state := range states {
			if i.State == state {
				return i, nil
			}
		}
		if i.State == "failed" {
			return i, fmt.Errorf("%s：%s", f.path, i.Problem)
		}
		if i.Ahead != ahead && i.Ahead > 0 {
			fmt.Fprintf(f.errs, "服务器一次处理一个文件，前面还有%d个，请稍候。\n", i.Ahead)
		}
		ahead = i.Ahead
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return i, ctx.Err()
		}
		pause = min(2*pause, askImportEvery)
		var now wire.Import
		_, err := f.client.GetOnce(ctx, importPath(i, ""), &now)
		switch refused, ok := errors.AsType[*client.RefusedError](err); {
		case err == nil:
			i, answered = now, time.Now()
		case ok && refused.Problem.Status == http.StatusNotFound:
			return i, fmt.Errorf("%s：服务器重新启动过，文件已不在那里：请再运行一次同一命令", f.path)
		case !client.Temporary(err) || time.Since(answered) > maxAway:
			return i, err
		}
	}
}

func importPath(i wire.Import, operation string) string { return pathOf("imports", i.ID, operation) }

// forget removes the import and its file from the server, whatever became of ctx. It goes by itself in half an hour, too.
func (f fileImport) forget(ctx context.Context, i wire.Import) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	f.client.Call(ctx, http.MethodDelete, importPath(i, ""), nil, nil)
}

// printHead says how the file is written, and what of it is not read.
func (f fileImport) printHead(out io.Writer, i wire.Import) {
	fmt.Fprintf(out, "%s（%s）\n", f.path, i.Format)
	for _, note := range i.Notes {
		fmt.Fprintf(out, "注意：%s\n", plaintext.OneLine(note, 300))
	}
}

func printUnknownColumns(out io.Writer, i wire.Import) {
	if len(i.UnknownColumns) > 0 {
		fmt.Fprintf(out, "注意：以下列不认识，不会导入：%s\n", plaintext.OneLine(strings.Join(i.UnknownColumns, "、"), 200))
	}
}

// printFaults prints at most so many, by row and column, and says how many more there are.
func (f fileImport) printFaults(ctx context.Context, out *bufio.Writer, i wire.Import, most int) error {
	printed, after := 0, ""
	alike := newAlike(most == math.MaxInt)
	for printed < most && printed < i.FaultsListed {
		var page wire.Page[wire.ImportFault]
		query := url.Values{"limit": {strconv.Itoa(min(1000, most-printed))}}
		if after != "" {
			query.Set("after", after)
		}
		if _, err := f.client.Call(ctx, http.MethodGet, importPath(i, "faults")+"?"+query.Encode(), nil, &page); err != nil {
			return err
		}
		for _, fault := range page.Items {
			if alike.prints(fault) {
				fmt.Fprintln(out, faultLine(fault))
			}
		}
		printed += len(page.Items)
		if after = page.Next; after == "" {
			break
		}
	}
	alike.printRest(out)
	switch left := i.Faults - printed; {
	case left > 0 && i.FaultsListed > printed:
		fmt.Fprintf(out, "……另有%d个问题未列出，加 --all 全部列出。\n", left)
	case left > 0:
		fmt.Fprintf(out, "……另有%d个问题，不逐一列出。\n", left)
	}
	return nil
}

// shownAlike is how many faults in the same words are printed: a file whose numbers are masked has one in every row, in which others would be
// overlooked.
const shownAlike = 10

// alikeFaults counts faults in the same words about the same column.
type alikeFaults struct {
	all   bool // every one is printed
	texts []string
	n     map[string]int
}

func newAlike(all bool) *alikeFaults { return &alikeFaults{all: all, n: map[string]int{}} }

// prints counts a fault, and says whether it is printed.
func (a *alikeFaults) prints(fault wire.ImportFault) bool {
	text := cmp.Or(plaintext.OneLine(fault.Column, 40), "整行") + "：" + fault.Text
	if a.n[text]++; a.n[text] == 1 {
		a.texts = append(a.texts, text)
	}
	return a.all || a.n[text] <= shownAlike
}

// printRest says how many more there were of each.
func (a *alikeFaults) printRest(out io.Writer) {
	for _, text := range a.texts {
		if left := a.n[text] - shownAlike; left > 0 && !a.all {
			fmt.Fprintf(out, "……同样的问题另有%d处：%s（加 --all 全部列出）\n", left, text)
		}
	}
}

func faultLine(fault wire.ImportFault) string {
	place := fmt.Sprintf("第%d行", fault.Row)
	if fault.Cell != "" {
		place += fmt.Sprintf(" %s（%s）", plaintext.OneLine(fault.Column, 40), fault.Cell)
	}
	return place + "：" + fault.Text
}

// start imports rows, all or good, and follows that to its end.
func (f fileImport) start(ctx context.Context, i wire.Import, rows string) (wire.Import, error) {
	if _, err := f.client.Call(ctx, http.MethodPost, importPath(i, "start"), wire.StartImport{Rows: rows}, &i); err != nil {
		return i, f.interrupted(ctx, err)
	}
	return f.follow(ctx, i)
}

// follow shows how far an import is until it has ended. It goes on when nobody looks.
func (f fileImport) follow(ctx context.Context, i wire.Import) (wire.Import, error) {
	bar, told := newProgress(f.errs, "导入", "行"), false
	i, err := f.await(ctx, i, func(i wire.Import) {
		if i.Resumed > 0 && !told {
			told = true
			fmt.Fprintf(f.out, "接着上次中断的导入继续：已写入%d行。\n", i.Resumed)
		}
		if i.Written > 0 {
			bar.at(i.Written, i.Good)
		}
	}, "done")
	if ctx.Err() != nil {
		fmt.Fprintf(f.out, "已停止查看。导入在服务器上继续进行，不会停下（%d行中已写入%d行）；再次运行同一命令可以查看进度和结果。\n", i.Good, i.Written)
		return i, errInterrupted
	}
	return i, err
}
