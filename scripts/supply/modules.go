package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// module is one whose code is linked.
type module struct {
	path, version string
	notices       []notice
	licenses      []string // SPDX
}

// linked lists the modules whose packages a command of this module is made of on any of the platforms, with the standard library as the
// module std, and refuses those that may not be.
func linked(ctx context.Context, command string, platforms ...string) ([]module, error) {
	folders := map[place][]string{}
	for _, platform := range platforms {
		if err := addLinked(ctx, command, platform, folders); err != nil {
			return nil, err
		}
	}
	env, err := exec.CommandContext(ctx, "go", "env", "GOROOT", "GOVERSION").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	goroot, goversion, _ := strings.Cut(strings.TrimSpace(string(env)), "\n")
	var all []module
	var wrong []error
	for at, dirs := range folders {
		m := module{path: at.path, version: at.version}
		if at.path == "std" {
			m.version, at.root = goversion, goroot
		}
		if m.notices, err = noticesIn(filepath.Clean(at.root), dirs); err != nil {
			return nil, fmt.Errorf("%s: %w", at.path, err)
		}
		if m.licenses, err = judge(m.notices); err != nil {
			wrong = append(wrong, fmt.Errorf("%s %s: %w", m.path, m.version, err))
		}
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b module) int { return cmp.Compare(a.path, b.path) })
	return all, errors.Join(wrong...)
}

// place is where the code of a module is.
type place struct{ path, version, root string }

// addLinked adds the folders of the packages that a command is made of on one platform. CGO is off, as in scripts/build.
func addLinked(ctx context.Context, command, platform string, folders map[place][]string) error {
	goos, goarch, _ := strings.Cut(platform, "/")
	cmd := exec.CommandContext(ctx, "go", "list", "-deps", "-json=Dir,Standard,Module", command)
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+goarch)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("go list for %s: %w\n%s", platform, err, &said)
	}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var pkg struct {
			Dir      string
			Standard bool
			Module   *struct {
				Path, Version, Dir string
				Replace            *struct{ Path, Version string }
			}
		}
		if err := dec.Decode(&pkg); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		switch {
		case pkg.Standard:
			folders[place{path: "std"}] = nil
		case pkg.Module != nil && pkg.Module.Replace != nil:
			return fmt.Errorf("%s is replaced by %s: what is replaced has no version that a reader could look up", pkg.Module.Path, pkg.Module.Replace.Path)
		case pkg.Module != nil:
			at := place{pkg.Module.Path, pkg.Module.Version, pkg.Module.Dir}
			folders[at] = append(folders[at], pkg.Dir)
		}
	}
}
