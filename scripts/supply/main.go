// Supply tells what the command is made of:
//
//	go run ./scripts/supply notices FILE         gathers the license and notice files of all linked modules
//	go run ./scripts/supply sbom BINARY > FILE   writes a software bill of materials, CycloneDX 1.6 in JSON
//
// Both end with 1, and name the module, when something is linked that a binary under the Apache License 2.0 may not carry.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
)

const command = "./cmd/towncrier"

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "supply:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 2 || args[0] != "notices" && args[0] != "sbom" {
		return errors.New("usage: supply notices FILE, or supply sbom BINARY")
	}
	modules, err := linked(ctx, command)
	if err != nil {
		return err
	}
	if args[0] == "sbom" {
		return writeSBOM(os.Stdout, args[1], modules)
	}
	text := notices(modules)
	if old, err := os.ReadFile(args[1]); err == nil && bytes.Equal(old, text) {
		return nil // a file that is new would have the command linked anew
	}
	return os.WriteFile(args[1], text, 0o644)
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
