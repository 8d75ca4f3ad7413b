package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// license is one license that a file grants.
type license struct {
	id   string // SPDX
	text *regexp.Regexp
	// carried says whether a binary under the Apache License 2.0 may contain code under it.
	carried bool
}

// licenses are tried in this order. Texts are compared in lower case with single spaces.
var licenses = []license{
	{"SSPL-1.0", regexp.MustCompile(`server side public license`), false},
	{"BUSL-1.1", regexp.MustCompile(`business source license`), false},
	{"MPL-2.0", regexp.MustCompile(`mozilla public license,? v(ersion|\.) ?2\.0`), true}, // its files stay under it, and their source is public
	{"AGPL", regexp.MustCompile(`gnu affero general public license|\bagpl(v| ?-?[0-9]|\b)`), false},
	{"LGPL", regexp.MustCompile(`gnu lesser general public license|gnu library general public license|\blgpl(v| ?-?[0-9]|\b)`), false},
	{"GPL", regexp.MustCompile(`gnu general public license|\bgpl(v| ?-?[0-9]|\b)`), false},
	{"CC-BY-SA", regexp.MustCompile(`attribution-sharealike`), false},
	{"CC-BY-NC", regexp.MustCompile(`attribution-noncommercial`), false},
	{"Apache-2.0", regexp.MustCompile(`apache license,? version 2\.0|licensed under the apache license`), true},
	{"Unicode-3.0", regexp.MustCompile(`unicode license v3|unicode, inc\. license agreement`), true},
	{"BSD-3-Clause", regexp.MustCompile(`redistribution and use in source and binary forms.*(neither the names? of|may (not )?be used to endorse)`), true},
	{"BSD-2-Clause", regexp.MustCompile(`redistribution and use in source and binary forms`), true},
	{"ISC", regexp.MustCompile(`permission to use, copy, modify,? (and/or|and) distribute this software for any purpose`), true},
	{"MIT", regexp.MustCompile(`permission is hereby granted, free of charge, to any person obtaining a copy`), true},
	{"Unlicense", regexp.MustCompile(`this is free and unencumbered software released into the public domain`), true},
	{"CC0-1.0", regexp.MustCompile(`cc0 1\.0 universal`), true},
	{"blessing", regexp.MustCompile(`the author disclaims copyright to this source code|in the public domain`), true},
}

// including are licenses whose text holds another's words: MPL names the GNU licenses, and so on.
var including = map[string][]string{
	"MPL-2.0": {"AGPL", "LGPL", "GPL"}, "AGPL": {"GPL"}, "LGPL": {"GPL"}, "BSD-3-Clause": {"BSD-2-Clause"}, "Unicode-3.0": {"MIT"},
}

var spaces = regexp.MustCompile(`\s+`)

// classify names the licenses that a text grants; none when it is not known.
func classify(text string) (found []license) {
	text = spaces.ReplaceAllString(strings.ToLower(text), " ")
	skip := map[string]bool{}
	for _, l := range licenses {
		if !skip[l.id] && l.text.MatchString(text) {
			found = append(found, l)
			for _, id := range including[l.id] {
				skip[id] = true
			}
		}
	}
	return found
}

// licenseFile is how a file of a license, or of notices that it wants kept, is called.
var licenseFile = regexp.MustCompile(`(?i)^(un)?(licen[cs]e|copying|copyright|notice|patents)([-._].*)?$`)

// notice is such a file.
type notice struct{ path, text string }

// noticesIn are the notices of a module that hold for some of its folders: each folder's own, and those above it.
func noticesIn(root string, folders []string) (notices []notice, err error) {
	seen := map[string]bool{}
	for _, folder := range append([]string{root}, folders...) {
		for ; !seen[folder] && strings.HasPrefix(folder, root); folder = filepath.Dir(folder) {
			seen[folder] = true
			entries, err := os.ReadDir(folder)
			if err != nil {
				return nil, err
			}
			for _, e := range entries {
				if !e.Type().IsRegular() || !licenseFile.MatchString(e.Name()) || strings.HasSuffix(e.Name(), ".go") {
					continue
				}
				text, err := os.ReadFile(filepath.Join(folder, e.Name()))
				if err != nil {
					return nil, err
				}
				rel, err := filepath.Rel(root, filepath.Join(folder, e.Name()))
				if err != nil {
					return nil, err
				}
				notices = append(notices, notice{filepath.ToSlash(rel), string(text)})
			}
		}
	}
	return notices, nil
}

// judge names the licenses of a module, and refuses what a binary under the Apache License may not carry, or nobody knows.
func judge(notices []notice) (ids []string, err error) {
	var wrong []error
	seen := map[string]bool{}
	for _, n := range notices {
		for _, l := range classify(n.text) {
			if !l.carried {
				wrong = append(wrong, fmt.Errorf("%s grants %s, which a binary under the Apache License 2.0 may not carry", n.path, l.id))
			}
			if !seen[l.id] {
				seen[l.id] = true
				ids = append(ids, l.id)
			}
		}
	}
	if len(ids) == 0 {
		wrong = append(wrong, errors.New("no license that is known"))
	}
	return ids, errors.Join(wrong...)
}
