package roster

// Heading is the row of a table in a file that names its columns.
type Heading struct {
	Row      int      // its number
	At       []int    // by field, where it is; -1 when nowhere
	Headings []string // by column, what stands there
}

// FindHeading finds the row of a sheet that names fields, the first of whose names messages use. Fields that must be there are needed. What
// stands above the row, such as a title, is passed over. The error is in Chinese.
func FindHeading(sheet Table, names [][]string, needed []int) (Heading, error) {
	f := form{names: names}
	for _, field := range needed {
		f.needs = append(f.needs, []int{field})
	}
	c, err := f.find(sheet)
	return Heading{c.row, c.at, c.headings}, err
}

// CommitteeFinder finds the code of a committee as files name it, by its code or its name; wrong says in Chinese why there is none.
func CommitteeFinder(all []Committee) func(said string) (code, wrong string) {
	return newDirectory(all, "").findAny
}
