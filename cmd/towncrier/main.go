// Towncrier (邻里通) answers a city's residents in WeChat from its published notices, and carries its broadcasts to them.
package main

import (
	"context"
	"os"
	_ "time/tzdata" // people see Asia/Shanghai, also in a container without zone files

	"towncrier/cmd/towncrier/app"
	"towncrier/cmd/towncrier/cli"
)

// version is set by the build: -ldflags "-X main.version=…".
var version = "dev"

func main() {
	app.HideMemory()
	os.Exit(cli.Execute(context.Background(), version, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}
