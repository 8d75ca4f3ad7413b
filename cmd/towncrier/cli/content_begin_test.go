package cli

import (
	"os"
	"path/filepath"
	"testing"
)

// TestContentBegin: from nothing, or from an empty folder, to one that passes its check; what is there already stays.
func TestContentBegin(t *testing.T) {
	made, empty := filepath.Join(t.TempDir(), "mycity"), t.TempDir()
	names := []string{"--name", "示例通", "--area", "示例市示例区"}
	for _, dir := range []string{made, empty} {
		wantIn(t, ok(t, nil, append([]string{"content", "begin", dir}, names...)...), dir, "towncrier content check")
		wantIn(t, ok(t, nil, "content", "check", dir), "没有错误，0份公告", "还没有公告")
	}
	refuses(t, nil, 1, "里面已经有文件", append([]string{"content", "begin", made}, names...)...)
	refuses(t, nil, exitUsage, "--area", "content", "begin", filepath.Join(empty, "x"), "--name", "示例通")
	refuses(t, nil, exitUsage, "--name：请写", "content", "begin", filepath.Join(empty, "x"), "--name", "名: 称", "--area", "示例区")
	if _, err := os.Stat(filepath.Join(empty, "x")); !os.IsNotExist(err) {
		t.Errorf("a refused name left %v", err)
	}
}
