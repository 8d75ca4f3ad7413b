// Supply tells what the command is made of:
//
//	go run ./scripts/supply platforms                   lists what releases are made for, as linux/amd64
//	go run ./scripts/supply notices FILE                gathers the license and notice files of all modules that are linked on any of these
//	go run ./scripts/supply sbom BINARY VERSION > FILE  writes a software bill of materials, CycloneDX 1.6 in JSON
//
// The last two end with 1, and name the module, when something is linked that a binary under the Apache License 2.0 may not carry.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

const command = "./cmd/towncrier"

// platforms are what releases are made for. The notices hold for all of them, so that they are the same on every machine.
var platforms = []string{"linux/amd64", "linux/arm64"}

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "supply:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, w io.Writer) error {
	switch {
	case len(args) == 1 && args[0] == "platforms":
		_, err := fmt.Fprintln(w, strings.Join(platforms, "\n"))
		return err
	case len(args) == 2 && args[0] == "notices":
		return writeNotices(ctx, args[1])
	case len(args) == 3 && args[0] == "sbom":
		return writeSBOM(ctx, w, args[1], args[2], command)
	}
	return errors.New("usage: supply platforms, supply notices FILE, or supply sbom BINARY VERSION")
}

func writeNotices(ctx context.Context, file string) error {
	modules, err := linked(ctx, command, platforms...)
	if err != nil {
		return err
	}
	text := notices(modules)
	if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, text) {
		return nil // a file that is new would have the command linked anew
	}
	return os.WriteFile(file, text, 0o644)
}

// notices is one text of all of them.
func notices(modules []module) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "towncrier contains code of %d modules. Their licenses and notices follow.\n", len(modules))
	for _, m := range modules {
		for _, n := range m.notices {
			rule := strings.Repeat("=", 80)
			fmt.Fprintf(&b, "\n%s\n%s %s, %s (%s)\n%s\n\n%s\n", rule, m.path, m.version, n.path, strings.Join(m.licenses, ", "), rule, strings.TrimSpace(n.text))
		}
	}
	return b.Bytes()
}
