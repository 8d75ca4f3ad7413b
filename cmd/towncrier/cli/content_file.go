package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/revision"
)

// draftFile is the path of a file of a draft; was is the digest of the text that was looked at.
func draftFile(draft, path, was string) string {
	return pathOf("content/drafts", draft, "file") + queryOf(map[string]string{"path": path, "was": was})
}

func (b contentCommands) get() *cobra.Command {
	return &cobra.Command{
		Use: "get [DRAFT] PATH", Short: "输出稿件里的一个文件；不写稿件时，输出生效的", Args: cobra.RangeArgs(1, 2),
		Example: "  towncrier content get D1 notices/N2.md > N2.md\n  towncrier content get notices/N2.md",
		RunE: func(cmd *cobra.Command, args []string) error {
			path := "/content/revisions/0/file" + queryOf(map[string]string{"path": args[len(args)-1]})
			if len(args) == 2 {
				path = draftFile(args[0], args[1], "")
			}
			return answered(b.apiCommands, cmd, http.MethodGet, path, nil, func(w io.Writer, f wire.ContentText) error {
				if len(args) == 2 {
					fmt.Fprintf(cmd.ErrOrStderr(), "写回时加：--was %s\n", shortHash(f.Digest))
				}
				_, err := io.WriteString(w, f.Text)
				return err
			})
		},
	}
}

func (b contentCommands) put() *cobra.Command {
	var was string
	cmd := &cobra.Command{
		Use: "put DRAFT PATH FILE", Short: "把文件写进稿件", Args: cobra.ExactArgs(3),
		Long:    "把本机的文件写进稿件。FILE 写 - 时从标准输入读。稿件里已有这个文件的，用 --was 写明您取出的是哪一份，这样不会盖掉同事此后的改动；没有人改过的可以不写。",
		Example: "  towncrier content put D1 notices/N9.md N9.md",
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := readBytes(args[2], cmd.InOrStdin(), revision.MaxFile)
			if err != nil {
				return err
			}
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				seen, err := seenDigest(ctx, c, args[0], args[1], was)
				if err != nil {
					return err
				}
				var d wire.ContentDraft
				err = c.UploadTo(ctx, http.MethodPut, draftFile(args[0], args[1], seen), bytes.NewReader(text), int64(len(text)), nil, &d)
				if err != nil {
					return withTheirs(cmd, err)
				}
				return printContentDraft(cmd.OutOrStdout(), d)
			})
		},
	}
	cmd.Flags().StringVar(&was, "was", "", "取出时的校验值，见 get")
	return cmd
}

func (b contentCommands) remove() *cobra.Command {
	var was string
	cmd := &cobra.Command{
		Use: "remove DRAFT PATH", Short: "在稿件里删去一个文件", Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				seen, err := seenDigest(ctx, c, args[0], args[1], was)
				if err != nil {
					return err
				}
				var d wire.ContentDraft
				if _, err := c.Call(ctx, http.MethodDelete, draftFile(args[0], args[1], seen), nil, &d); err != nil {
					return withTheirs(cmd, err)
				}
				return printContentDraft(cmd.OutOrStdout(), d)
			})
		},
	}
	cmd.Flags().StringVar(&was, "was", "", "取出时的校验值，见 get")
	return cmd
}

// seenDigest is the whole digest of the text that the official looked at: the one that begins as was does; without was that of the folder in
// force, which nobody has changed in this draft. "" is for a file that is not there.
func seenDigest(ctx context.Context, c *client.Client, draft, path, was string) (string, error) {
	var changes wire.Page[wire.ContentChange]
	if _, err := c.Call(ctx, http.MethodGet, pathOf("content/drafts", draft, "changes"), nil, &changes); err != nil {
		return "", err
	}
	for _, change := range changes.Items {
		switch {
		case change.Path != path:
		case was == "":
			return "", errors.New("稿件已改过这个文件：请先用 get 取出，再用 --was 写明取出的是哪一份")
		case len(was) >= revision.MinHash && len(was) <= len(change.Digest) && change.Digest[:len(was)] == was:
			return change.Digest, nil
		default:
			return was, nil // another by now: the server says so, with both texts
		}
	}
	var f wire.ContentText
	_, err := c.Call(ctx, http.MethodGet, draftFile(draft, path, ""), nil, &f)
	if refused, ok := errors.AsType[*client.RefusedError](err); ok && refused.Problem.Status == http.StatusNotFound {
		return "", nil
	}
	if err == nil && was != "" && (len(was) > len(f.Digest) || f.Digest[:len(was)] != was) {
		return was, nil
	}
	return f.Digest, err
}

// withTheirs shows what somebody else wrote meanwhile.
func withTheirs(cmd *cobra.Command, err error) error {
	if refused, ok := errors.AsType[*client.RefusedError](err); ok && refused.Problem.Name() == "conflict" {
		fmt.Fprintf(cmd.ErrOrStderr(), "同事写的是：\n%s\n", refused.Problem.Theirs)
	}
	return err
}

// readBytes reads a file of at most so many bytes, or in for "-", as it is.
func readBytes(path string, in io.Reader, most int64) ([]byte, error) {
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, fileError(path, err)
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, most+1))
	if err == nil && int64(len(text)) > most {
		err = fmt.Errorf("%s：超过%d MiB，请删去用不到的内容，或者拆成几个文件", path, most>>20)
	}
	return text, err
}
