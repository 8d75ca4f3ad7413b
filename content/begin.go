package content

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing/fstest"

	"towncrier/problem"
)

//go:embed begin
var begin embed.FS

// cityName is what a city and what it serves may be called: nothing that would end a text between quotes.
var cityName = regexp.MustCompile(`^[\p{Han}A-Za-z0-9]([\p{Han}A-Za-z0-9 ·（）()、.&—-]*[\p{Han}A-Za-z0-9）)])?$`)

const maxCityName = 30 // characters

// Begin is the smallest folder of a city: it answers what residents ask of any such service (for a person, of their own data, to stop), says how
// their data are used, and has no notice. name is what it calls itself, area what it serves.
func Begin(name, area string) (fs.FS, error) {
	for field, value := range map[string]string{"name": name, "area": area} {
		if !cityName.MatchString(value) || len([]rune(value)) > maxCityName {
			return nil, &problem.Invalid{Field: field, Reason: fmt.Sprintf("请写1到%d个字的名称：汉字、字母和数字，中间可以有空格、·、（）、-", maxCityName)}
		}
	}
	fill := strings.NewReplacer("{name}", name, "{area}", area)
	files := fstest.MapFS{} // the standard library's fs.FS in memory
	err := fs.WalkDir(begin, "begin", func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := begin.ReadFile(file)
		files[strings.TrimPrefix(path.Clean(file), "begin/")] = &fstest.MapFile{Data: []byte(fill.Replace(string(text))), Mode: 0o644}
		return err
	})
	return files, err
}
