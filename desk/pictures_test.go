package desk_test

import (
	"cmp"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"towncrier/api/wire"
	"towncrier/cmd/towncrier/rehearsal"
	"towncrier/desk/desktest"
)

var picturesTo = flag.String("pictures", "", "folder that gets the pictures of the documentation: scripts/pictures")

// TestPictures takes the pictures that the documentation shows, of the city that a rehearsal makes up.
func TestPictures(t *testing.T) {
	desktest.InFull(t)
	if *picturesTo == "" {
		t.Skip("takes pictures for the documentation: scripts/pictures")
	}
	d := desktest.OpenDesk(t, desktest.WithHistory, func(cfg *rehearsal.Config) {
		cfg.Residents, cfg.SMS.Rate, cfg.WeChat.Rate = rehearsal.DefaultResidents, 20, 20
	})
	first := func(who, query string) string {
		var all wire.Page[wire.Broadcast]
		d.Call(t, who, http.MethodGet, "/broadcasts?"+query, nil, &all)
		if len(all.Items) == 0 {
			t.Fatalf("no broadcast is there with %s", query)
		}
		return "/desk/sends/" + all.Items[0].ID
	}
	take := func(name, who string, width int64, path string, sees ...string) {
		tab := d.Tab(t, who, desktest.View{Width: width}).Open(path)
		if name == "composer" {
			tab.Click("清点人数")
		}
		for _, fault := range tab.Sees(sees...).Looks() {
			t.Errorf("%s: %s", name, fault)
		}
		tab.Picture(*picturesTo, name)
		shrink(t, filepath.Join(*picturesTo, name+".png"))
	}
	take("home", "approver", desktest.Desktop, "/desk/", "今天要办")
	take("composer", "author", desktest.Desktop, first("author", "status=draft&author=rehearsal-author")+"/edit", "清点结果")
	take("approval", "approver", desktest.Phone, first("author", "status=submitted")+"/approve", "签批内容")
	take("report", "author", desktest.Desktop, first("author", "status=done&text=老旧小区改造进展")+"/report", "什么时候收到")
	take("inbox", "author", desktest.Desktop, "/desk/inbox", "待办")
	take("progress", "approver2", desktest.Phone, underWay(t, d), "平台已收下")
}

// underWay is the page of a broadcast of which some hundred messages are out, and some hundred are not.
func underWay(t *testing.T, d *desktest.Desk) string {
	t.Helper()
	var b wire.Broadcast
	d.Call(t, "author", http.MethodPost, "/broadcasts", wire.CreateBroadcast{Draft: "civility", Proposal: wire.Proposal{Window: "00:00-24:00"}}, &b)
	b = submit(t, d, b)
	approval := wire.Approval{Hash: b.Hash, Accept: b.Accepted}
	d.Call(t, "approver", http.MethodPost, "/broadcasts/"+b.ID+"/approve", approval, &b)
	d.Call(t, "author", http.MethodPost, "/broadcasts/"+b.ID+"/schedule", nil, &b)
	for {
		var p wire.Progress
		d.Call(t, "author", http.MethodGet, "/broadcasts/"+b.ID+"/progress", nil, &p)
		if p.Given != nil && *p.Given > 200 {
			return "/desk/sends/" + b.ID
		}
		time.Sleep(time.Second)
	}
}

// shrink writes a picture with the 256 colours that it has most of.
func shrink(t *testing.T, path string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	from, err := png.Decode(file)
	file.Close()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[color.Color]int{}
	for y := from.Bounds().Min.Y; y < from.Bounds().Max.Y; y++ {
		for x := from.Bounds().Min.X; x < from.Bounds().Max.X; x++ {
			seen[from.At(x, y)]++
		}
	}
	most := slices.SortedFunc(maps.Keys(seen), func(a, b color.Color) int { return cmp.Compare(seen[b], seen[a]) })
	to := image.NewPaletted(from.Bounds(), most[:min(256, len(most))])
	draw.Draw(to, to.Bounds(), from, from.Bounds().Min, draw.Src)
	if file, err = os.Create(path); err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(file, to); err != nil {
		t.Fatal(err)
	}
	if info, err := file.Stat(); err != nil || info.Size() > 120<<10 {
		t.Errorf("%s has %d bytes, %v", path, info.Size(), err)
	}
}
