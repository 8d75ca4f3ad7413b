// Package scripts holds what builds, checks and gives away the program; its tests run the scripts.
package scripts

import (
	"bytes"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// copyTo copies files of the repository into a folder.
func copyTo(t *testing.T, folder string, files ...string) {
	t.Helper()
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join("..", file))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(folder, file), string(text))
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil { //nolint:gosec // scripts are run
		t.Fatal(err)
	}
}

// run runs a command in a folder, with more environment.
func run(t *testing.T, folder string, env []string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Dir, cmd.Env = folder, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestBuildsAreTheSameAnywhere builds a small command by the script that all builds go through: in two folders, one of them a git
// repository with changes, for both processors. The whole command takes minutes: `make twofolders`.
func TestBuildsAreTheSameAnywhere(t *testing.T) {
	folders := []string{filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "another", "and", "deeper")}
	for _, folder := range folders {
		copyTo(t, folder, "scripts/build")
		write(t, filepath.Join(folder, "go.mod"), "module towncrier\n\ngo 1.26.0\n")
		write(t, filepath.Join(folder, "cmd/towncrier/main.go"), "package main\n\nvar version = \"dev\"\n\nfunc main() { println(version) }\n")
	}
	if out, err := run(t, folders[0], nil, "git", "init", "-q"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for arch, machine := range map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64} {
		var built [][]byte
		for _, folder := range folders {
			if out, err := run(t, folder, []string{"GOOS=linux", "GOARCH=" + arch, "GOFLAGS="}, "scripts/build", "made", "v1.2.3"); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			b, err := os.ReadFile(filepath.Join(folder, "made"))
			if err != nil {
				t.Fatal(err)
			}
			built = append(built, b)
		}
		if !bytes.Equal(built[0], built[1]) {
			t.Errorf("%s: two folders make different bytes", arch)
		}
		if !bytes.Contains(built[0], []byte("v1.2.3")) {
			t.Errorf("%s: the version is not in the binary", arch)
		}
		if bytes.Contains(built[0], []byte(folders[0])) {
			t.Errorf("%s: the folder is in the binary", arch)
		}
		binary, err := elf.NewFile(bytes.NewReader(built[0]))
		if err != nil {
			t.Fatal(err)
		}
		if binary.Machine != machine {
			t.Errorf("%s: made for %s", arch, binary.Machine)
		}
		for _, p := range binary.Progs {
			if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
				t.Errorf("%s: not static: %s", arch, p.Type)
			}
		}
	}
}

// TestEveryBuildIsTheSame holds the Makefile, the Dockerfile and the release to the one script.
func TestEveryBuildIsTheSame(t *testing.T) {
	for _, file := range []string{"../Makefile", "../Dockerfile", "release"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "scripts/build ") || strings.Contains(string(text), "ldflags") {
			t.Errorf("%s builds by itself: want scripts/build", file)
		}
	}
}

// TestReleaseIsRefused has folders of which no release can be made, and one of which it can, as far as the check.
func TestReleaseIsRefused(t *testing.T) {
	goversion, err := run(t, ".", nil, "go", "env", "GOVERSION")
	if err != nil {
		t.Fatal(err)
	}
	pinned := strings.TrimPrefix(strings.TrimSpace(goversion), "go")
	for name, c := range map[string]struct{ dockerfile, steps, want string }{
		"no repository": {pinned, "rm -rf .git", "no git repository, so the version would be dev"},
		"no tag":        {pinned, "git tag -d v1.2.0", "no tag"},
		"a change":      {pinned, "echo >> Dockerfile", "not committed"},
		"another Go":    {"1.2.3", "true", "use go1.2.3"},
		"vulnerable":    {pinned, "git config test.vulnerable 1", "vulnerabilities were found"},
		"nothing":       {pinned, "true", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			copyTo(t, folder, "scripts/releasecheck")
			write(t, filepath.Join(folder, "scripts/vulncheck"), "#!/bin/sh\n! git config test.vulnerable\n")
			write(t, filepath.Join(folder, "Dockerfile"), "ARG BUILD_IMAGE=golang:"+c.dockerfile+"-bookworm\n")
			git := "git -c user.name=a -c user.email=a@example.com "
			if out, err := run(t, folder, nil, "sh", "-ec", "git init -q; git add .; "+git+"commit -qm first; git tag v1.2.0; "+c.steps); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			out, err := run(t, folder, []string{"GIT_CEILING_DIRECTORIES=" + filepath.Dir(folder)}, "scripts/releasecheck")
			if (err != nil) != (c.want != "") || !strings.Contains(out, c.want) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// TestImageDemandsDigests has images by tag, by digest, and by argument.
func TestImageDemandsDigests(t *testing.T) {
	digest := "@sha256:" + strings.Repeat("0a", 32)
	for _, c := range []struct {
		dockerfile, image string
		refused           bool
	}{
		{"FROM golang:1.26.8-bookworm AS build\nFROM scratch\n", "", true},
		{"FROM golang:1.26.8-bookworm" + digest + " AS build\nFROM scratch\n", "", false},
		{"FROM --platform=linux/amd64 golang:1.26.8\nFROM scratch\n", "", true},
		{"FROM a" + digest + " AS build\nFROM debian:12\n", "", true},
		{"FROM golang@sha256:abc AS build\nFROM scratch\n", "", true},
		{"ARG BUILD_IMAGE=golang:1.26.8\nFROM ${BUILD_IMAGE} AS build\nFROM scratch\n", "", true},
		{"ARG BUILD_IMAGE=golang:1.26.8\nFROM ${BUILD_IMAGE} AS build\nFROM scratch\n", "mirror.example.com/library/golang:1.26.8", true},
		{"ARG BUILD_IMAGE=golang:1.26.8\nFROM ${BUILD_IMAGE} AS build\nFROM scratch\n", "mirror.example.com/library/golang:1.26.8" + digest, false},
		{"ARG BUILD_IMAGE=golang:1.26.8" + digest + "\nFROM ${BUILD_IMAGE} AS build\nFROM scratch\n", "", false},
	} {
		file := filepath.Join(t.TempDir(), "Dockerfile")
		write(t, file, c.dockerfile)
		out, err := run(t, "..", []string{"BUILD_IMAGE=" + c.image}, "scripts/releasecheck", "image", file)
		if says := strings.Contains(out, "by a tag"); says != c.refused || (err != nil) != c.refused {
			t.Errorf("%q with %q: %v\n%s", c.dockerfile, c.image, err, out)
		}
	}
	if out, err := run(t, "..", []string{"BUILD_IMAGE="}, "make", "-s", "image"); err == nil || !strings.Contains(out, "by a tag") {
		t.Errorf("make image takes a tag: %v\n%s", err, out)
	}
}
