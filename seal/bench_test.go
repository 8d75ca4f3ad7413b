package seal

import "testing"

// What a row of an import costs, per value.

func BenchmarkSeal(b *testing.B) {
	sealer := newBox(b)
	b.ReportAllocs()
	for b.Loop() {
		sealer.Seal("resident.phone", "19900001234")
	}
}

func BenchmarkFind(b *testing.B) {
	sealer := newBox(b)
	b.ReportAllocs()
	for b.Loop() {
		sealer.Find("phone", "19900001234")
	}
}

func BenchmarkOpen(b *testing.B) {
	sealer := newBox(b)
	sealed := sealer.Seal("resident.phone", "19900001234")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sealer.Open("resident.phone", sealed); err != nil {
			b.Fatal(err)
		}
	}
}
