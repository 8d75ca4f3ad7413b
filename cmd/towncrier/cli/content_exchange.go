package cli

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/revision"
)

func (b contentCommands) export() *cobra.Command {
	number := 0
	cmd := &cobra.Command{
		Use: "export DIR", Short: "把生效的一版或旧版导出成文件夹", Args: cobra.ExactArgs(1), Example: "  towncrier content export city\n  towncrier content export city-3 --revision 3",
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := args[0]
			if _, err := os.Lstat(dir); err == nil {
				return fmt.Errorf("%s：已经有了。请换一个名称，或者先把它移走", dir)
			}
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				var archive bytes.Buffer
				if err := c.Download(ctx, http.MethodGet, fmt.Sprintf("/content/revisions/%d/archive", number), &archive); err != nil {
					return err
				}
				f, err := revision.ReadTar(&archive)
				if err != nil {
					return err
				}
				if err := writeFolder(dir, f); err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "已写入%s，%d个文件\n", dir, len(f))
				return err
			})
		},
	}
	cmd.Flags().IntVar(&number, "revision", 0, "第几版，不写是生效的一版")
	return cmd
}

// writeFolder makes a folder whole or not at all.
func writeFolder(dir string, f revision.Folder) error {
	part, err := os.MkdirTemp(filepath.Dir(dir), ".towncrier-*")
	if err != nil {
		return fileError(dir, err)
	}
	defer os.RemoveAll(part)
	if err := os.Chmod(part, 0o755); err != nil {
		return fileError(dir, err)
	}
	if err := os.CopyFS(part, f.FS()); err != nil {
		return fileError(dir, err)
	}
	return fileError(dir, os.Rename(part, dir))
}

func (b contentCommands) importFolder() *cobra.Command {
	var title string
	cmd := &cobra.Command{
		Use: "import DIR", Short: "把文件夹导入成一份稿件", Args: cobra.ExactArgs(1), Example: "  towncrier content import city --title 换用新内容",
		RunE: func(cmd *cobra.Command, args []string) error {
			info, err := os.Stat(args[0])
			if err == nil && !info.IsDir() {
				err = fmt.Errorf("%s：应为内容文件夹", args[0])
			}
			if err != nil {
				return fileError(args[0], err)
			}
			f, err := revision.Read(os.DirFS(args[0]))
			if err != nil {
				return fileError(args[0], err)
			}
			var archive bytes.Buffer
			if err := f.WriteTar(&archive); err != nil {
				return err
			}
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				var d wire.ContentDraft
				path := "/content/drafts/import" + queryOf(map[string]string{"title": title})
				if err := c.UploadTo(ctx, http.MethodPost, path, bytes.NewReader(archive.Bytes()), int64(archive.Len()), nil, &d); err != nil {
					return err
				}
				if err := printContentDraft(cmd.OutOrStdout(), d); err != nil || len(d.Files) > 0 {
					return err
				}
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "文件夹与生效的内容完全相同，没有可以送审的改动。不要这份稿件：towncrier content drop %s\n", d.ID)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&title, "title", "", "稿件的标题")
	required(cmd, "title")
	return cmd
}
