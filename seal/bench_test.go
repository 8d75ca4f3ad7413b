package seal

import "testing"

// What a row of an import costs, per value.

func BenchmarkSeal(b *testing.B) {
	box := newBox(b)
	b.ReportAllocs()
	for b.Loop() {
		box.Seal("resident.phone", "19900001234")
	}
}

func BenchmarkFind(b *testing.B) {
	box := newBox(b)
	b.ReportAllocs()
	for b.Loop() {
		box.Find("phone", "19900001234")
	}
}

func BenchmarkOpen(b *testing.B) {
	box := newBox(b)
	sealed := box.Seal("resident.phone", "19900001234")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := box.Open("resident.phone", sealed); err != nil {
			b.Fatal(err)
		}
	}
}
