package main

import (
	"context"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// component is one of CycloneDX 1.6: https://cyclonedx.org/docs/1.6/json/
type component struct {
	Type     string          `json:"type"`
	Ref      string          `json:"bom-ref,omitempty"`
	Name     string          `json:"name"`
	Version  string          `json:"version"`
	PURL     string          `json:"purl,omitempty"`
	Licenses []licenseChoice `json:"licenses,omitempty"`
	Extra    []property      `json:"properties,omitempty"`
}

type licenseChoice struct {
	License struct {
		ID   string `json:"id,omitempty"`
		Name string `json:"name,omitempty"`
	} `json:"license"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type sbom struct {
	Format   string `json:"bomFormat"`
	Spec     string `json:"specVersion"`
	Version  int    `json:"version"`
	Metadata struct {
		Component component `json:"component"`
	} `json:"metadata"`
	Components []component `json:"components"`
}

// writeSBOM writes what a binary of a version says of itself, with the licenses of the modules that its command links. It is the same for
// the same binary: it holds no time and no serial number.
func writeSBOM(ctx context.Context, w io.Writer, binary, version, command string) error {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return fmt.Errorf("read %s: %w", binary, err)
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	modules, err := linked(ctx, command, settings["GOOS"]+"/"+settings["GOARCH"])
	if err != nil {
		return err
	}
	known := map[string]module{}
	for _, m := range modules {
		known[m.path] = m
	}
	out := sbom{Format: "CycloneDX", Spec: "1.6", Version: 1}
	out.Metadata.Component = componentOf("application", info.Main.Path, version, known[info.Main.Path])
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		out.Metadata.Component.Extra = append(out.Metadata.Component.Extra, property{"go:build:" + key, settings[key]})
	}
	out.Components = append(out.Components, componentOf("library", "std", strings.TrimPrefix(info.GoVersion, "go"), known["std"]))
	for _, d := range info.Deps {
		m, ok := known[d.Path]
		if !ok || m.version != d.Version {
			return fmt.Errorf("%s was built with %s %s, which this source does not link: build it anew", binary, d.Path, d.Version)
		}
		c := componentOf("library", d.Path, d.Version, m)
		c.Extra = []property{{"go:sum", d.Sum}}
		out.Components = append(out.Components, c)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

func componentOf(kind, path, version string, m module) component {
	purl := "pkg:golang/" + (&url.URL{Path: path}).EscapedPath() + "@" + url.PathEscape(version)
	c := component{Type: kind, Ref: purl, Name: path, Version: version, PURL: purl}
	for _, id := range m.licenses {
		var l licenseChoice
		if l.License.ID = id; id == "blessing" {
			l.License.ID, l.License.Name = "", "public domain"
		}
		c.Licenses = append(c.Licenses, l)
	}
	return c
}
