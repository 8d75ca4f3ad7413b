package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestWhatIsLinkedMayBe reads the licenses of everything that the command is made of.
func TestWhatIsLinkedMayBe(t *testing.T) {
	modules, err := linked(t.Context(), "towncrier/cmd/towncrier", platforms...)
	if err != nil {
		t.Fatal(err)
	}
	text := string(notices(modules))
	for path, id := range map[string]string{"std": "BSD-3-Clause", "towncrier": "Apache-2.0", "github.com/spf13/cobra": "Apache-2.0", "github.com/redis/go-redis/v9": "BSD-2-Clause"} {
		i := slices.IndexFunc(modules, func(m module) bool { return m.path == path })
		if i < 0 || !slices.Contains(modules[i].licenses, id) {
			t.Errorf("%s is not known to be under %s", path, id)
			continue
		}
		if license := strings.TrimSpace(modules[i].notices[0].text); !strings.Contains(text, license) {
			t.Errorf("the notices lack the license of %s", path)
		}
	}
	if !strings.Contains(text, "UNICODE LICENSE V3") {
		t.Error("the notices lack the license of Unihan's data")
	}
}

// TestLicensesAreToldApart has texts that may be carried, and others that may not.
func TestLicensesAreToldApart(t *testing.T) {
	const mit = "MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a\ncopy of this software"
	for name, c := range map[string]struct {
		text, want string
		refused    bool
	}{
		"MIT":            {mit, "MIT", false},
		"BSD, three":     {"Redistribution and use in source and binary forms, with or without\nmodification …\n * Neither the name of Google Inc. nor the names", "BSD-3-Clause", false},
		"BSD, two":       {"Redistribution and use in source and binary forms, with or without modification, are permitted", "BSD-2-Clause", false},
		"Apache":         {"                                 Apache License\n                           Version 2.0, January 2004", "Apache-2.0", false},
		"MPL, names GPL": {"Mozilla Public License Version 2.0\n … \"Secondary License\" means either the GNU General Public License, Version 2.0, the GNU Lesser …", "MPL-2.0", false},
		"ISC":            {"Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee", "ISC", false},
		"GPL":            {"                    GNU GENERAL PUBLIC LICENSE\n                       Version 2, June 1991", "GPL", true},
		"GPL, in a word": {"This code is released under GPL v2.", "GPL", true},
		"GPLv3":          {"License: GPLv3", "GPL", true},
		"LGPL":           {"GNU LESSER GENERAL PUBLIC LICENSE Version 3", "LGPL", true},
		"AGPL":           {"GNU AFFERO GENERAL PUBLIC LICENSE\nVersion 3 … under version 3 of the GNU General Public License", "AGPL", true},
		"SSPL":           {"Server Side Public License\nVERSION 1, OCTOBER 16, 2018", "SSPL-1.0", true},
		"BUSL":           {"Business Source License 1.1", "BUSL-1.1", true},
		"MIT beside GPL": {mit + "\n\nParts: GNU General Public License, version 2", "GPL", true},
		"nothing known":  {"You may use this on Tuesdays.", "", true},
		"an empty file":  {"", "", true},
	} {
		ids, err := judge([]notice{{"LICENSE", c.text}})
		if (err != nil) != c.refused || c.want != "" && !slices.Contains(ids, c.want) {
			t.Errorf("%s: %s, %v", name, ids, err)
		}
	}
	if _, err := judge(nil); err == nil {
		t.Error("a module without a license is not refused")
	}
}

// TestNoticesOfFolders finds licenses of folders that are linked, and of no others.
func TestNoticesOfFolders(t *testing.T) {
	root := t.TempDir()
	for _, file := range []string{"LICENSE", "NOTICE.txt", "license.go", "inner/deep/COPYING", "other/LICENSE.md", "inner/README.md"} {
		path := filepath.Join(root, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found, err := noticesIn(root, []string{filepath.Join(root, "inner", "deep", "er"[:0])})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, n := range found {
		names = append(names, n.path)
	}
	if want := []string{"LICENSE", "NOTICE.txt", "inner/deep/COPYING"}; !slices.Equal(names, want) {
		t.Errorf("found %s, want %s", names, want)
	}
}

// TestBillOfMaterials is written of this test's own binary, which Go stamps as any other.
func TestBillOfMaterials(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "supply")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var out, again bytes.Buffer
	for _, to := range []*bytes.Buffer{&out, &again} {
		if err := writeSBOM(t.Context(), to, binary, "v1.2.3", "."); err != nil {
			t.Fatal(err)
		}
	}
	var bom struct {
		BOMFormat, SpecVersion string
		Components             []struct {
			Name, PURL string
			Licenses   []struct{ License struct{ ID string } }
		}
	}
	if err := json.Unmarshal(out.Bytes(), &bom); err != nil {
		t.Fatal(err)
	}
	if bom.BOMFormat != "CycloneDX" || len(bom.Components) == 0 || bom.Components[0].Name != "std" || bom.Components[0].Licenses[0].License.ID != "BSD-3-Clause" {
		t.Errorf("%s", &out)
	}
	if !bytes.Equal(out.Bytes(), again.Bytes()) {
		t.Error("one binary has two bills")
	}
}
