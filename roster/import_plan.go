package roster

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Plan is what an import of residents would do: the outcome of a dry run, which writes nothing.
type Plan struct {
	Judged
	// Places are communities that good rows name and their committee does not have, by committee and name. They are imported as
	// written. A committee without any community registered is not looked at.
	Places     []UnknownPlace
	PlacesMore int // rows with such communities beyond the first maxPlaces

	reader rowReader
	twice  map[int]int // the first row with the number of a row
	own    string      // as in WholeSheet
	digest [32]byte
}

// maxPlaces is far more than anybody checks; a wrong column is another one in each row.
const maxPlaces = 1000

// UnknownPlace is a community that its committee does not have.
type UnknownPlace struct {
	Committee Committee
	Community string
	Rows      int
}

// Repeated is how many rows have a number that an earlier row has.
func (p *Plan) Repeated() int { return len(p.twice) }

// PlanImport reads the whole sheet against the committees that there are, and reports every problem as it finds it. whole holds
// for every row. The error, in Chinese, is for what makes the file unreadable as a whole. Problems come by row and column. The numbers that it
// has seen take about 25 bytes each while it reads.
func PlanImport(ctx context.Context, sheet Table, committees []Committee, whole WholeSheet, now time.Time, report func(RowProblem)) (*Plan, error) {
	p := &Plan{
		Judged: Judged{Kinds: map[string]int{}, sheet: sheet},
		twice:  map[int]int{},
		own:    whole.Own,
	}
	p.reader = rowReader{directory: newDirectory(committees, whole.Own), whole: whole.texts(), now: now, date1904: sheet.Date1904()}
	if err := whole.check(p.reader.directory, now); err != nil {
		return nil, err
	}
	heading, err := whole.find(sheet)
	if err != nil {
		return nil, err
	}
	p.heading, p.reader.columns, p.reader.wishes = heading, heading, WishesOf(heading.headings)
	p.Unknown = slices.DeleteFunc(slices.Clone(heading.unknown), func(name string) bool {
		return slices.ContainsFunc(p.reader.wishes, func(w wish) bool { return heading.headings[w.column] == name })
	})
	if whole.Committee == "" && heading.at[committeeField] < 0 && heading.at[committeeNameField] < 0 {
		p.reader.whole[committeeField] = whole.Own
	}
	seen := map[uint64]int32{}
	places := map[[2]string]int{}
	err = p.Judged.read(ctx, func(row Row) ([]RowProblem, error) {
		out, _, problems := p.reader.read(row)
		if out.Phone != "" {
			key := digits(string(out.Phone))
			if first, ok := seen[key]; ok {
				p.twice[row.Number] = int(first)
				problems = append(problems, p.duplicate(row.Number))
			} else {
				seen[key] = int32(row.Number)
			}
		}
		if key := [2]string{out.Committee, out.Community}; len(problems) == 0 && p.reader.lacks(key[0], key[1]) {
			if _, listed := places[key]; listed || len(places) < maxPlaces {
				places[key]++
			} else {
				p.PlacesMore++
			}
		}
		return problems, nil
	}, report)
	if err != nil {
		return nil, err
	}
	for key, rows := range places {
		p.Places = append(p.Places, UnknownPlace{p.reader.codes[key[0]], key[1], rows})
	}
	slices.SortFunc(p.Places, func(a, b UnknownPlace) int {
		return cmp.Or(strings.Compare(a.Committee.Code, b.Committee.Code), strings.Compare(a.Community, b.Community))
	})
	return p, p.sign()
}

func (p *Plan) duplicate(row int) RowProblem {
	return p.heading.problem(row, p.heading.at[phoneField], badDuplicate, fmt.Sprintf("与第%d行的号码相同：请删去其中一行", p.twice[row]))
}

// sign makes the digest of what is imported: the file's bytes, which rows are left out, and how they are sliced. When
// committees were added meanwhile, other rows are good, and going on in the middle would pass them over.
func (p *Plan) sign() error {
	h := sha256.New()
	if _, err := io.Copy(h, p.sheet.Bytes()); err != nil {
		return err
	}
	if err := binary.Write(h, binary.LittleEndian, append([]uint64{importSlice}, p.bad...)); err != nil {
		return err
	}
	for _, text := range append(p.reader.whole[:], p.own) {
		if text != "" { // files that need none keep the digest that they had
			fmt.Fprintf(h, "\x00%s", text)
		}
	}
	p.digest = [32]byte(h.Sum(nil))
	return nil
}

// problems are those of a row that was found bad.
func (p *Plan) problems(row Row) []RowProblem {
	_, _, problems := p.reader.read(row)
	if _, ok := p.twice[row.Number]; ok {
		problems = append(problems, p.duplicate(row.Number))
	}
	return problems
}
