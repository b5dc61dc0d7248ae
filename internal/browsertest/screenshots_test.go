//go:build browser

package browsertest

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"ironstar.dev/gen/todo/todohttp"
)

// errands is what the list of the screenshots says; those with an x are done.
var errands = []string{
	"x Book the night train to Vienna", "Renew the library card", "Call the dentist about Thursday",
	"x Water the tomatoes", "Return Ana's drill", "Plan Jonas' birthday dinner",
}

// command sends a command to the list "errands" as an API client does.
func (s *server) command(path, field, value string) {
	s.t.Helper()
	resp, err := http.Post(s.URL(path), "application/json", strings.NewReader(`{`+quote(field)+`:`+quote(value)+`}`))
	if err != nil {
		s.t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusAccepted {
		s.t.Fatalf("%s: %s", path, resp.Status)
	}
}

// TestScreenshots takes the pictures of the documents: the todo list in light and dark,
// wide and on a telephone. They are small, and a second run gives the same ones. With
// SCREENSHOTS=<folder> it writes them there (make screenshots).
func TestScreenshots(t *testing.T) {
	s := newServer(t)
	for _, errand := range errands {
		s.command(todohttp.ListAddURL("errands"), "text", strings.TrimPrefix(errand, "x "))
	}
	l := openList(t, s.URL("/todo/board/errands"))
	for i, errand := range errands {
		if strings.HasPrefix(errand, "x ") {
			s.command(todohttp.ListCompleteURL("errands"), "id", eval[string](l.tab, fmt.Sprintf(`document.querySelector(".todo-list > li:nth-child(%d)").id`, i+1)))
		}
	}
	l.AwaitDone("Book the night train to Vienna", "Water the tomatoes")
	for _, screen := range []string{"wide", "narrow"} {
		if screen == "wide" {
			l.size(1280, 760)
			l.Hover(3)
		} else {
			l.do("become a telephone", chromedp.EmulateViewport(360, 800, chromedp.EmulateScale(2), chromedp.EmulateTouch, chromedp.EmulateMobile))
		}
		for _, scheme := range []string{"light", "dark"} {
			l.Scheme(scheme)
			l.keepPicture("todo-" + screen + "-" + scheme)
		}
	}
}

// TestAuctionScreenshots takes those of the auction house, where only the times are
// others in a second run.
func TestAuctionScreenshots(t *testing.T) {
	p := newPerson(t, seededServer(t), "zoe")
	p.BeforeScripts(`{ const at = Date.now(); Date.now = () => at }`) // countdowns stand still
	p.enter("/auction/room/microscope")
	p.fill("#bid", map[string]string{"amount": eval[string](p.tab, `document.querySelector("#least").textContent`)})
	p.Await("the lead", `document.querySelector(".told").innerText === "You lead."`)
	for name, path := range map[string]string{"room": "/auction/room/microscope", "catalogue": "/auction/catalogue"} {
		p.size(1280, 760)
		p.Scheme("light") // and no seconds in countdowns
		p.enter(path)
		p.keepPicture(name + "-wide-light")
		p.do("become a telephone", chromedp.EmulateViewport(360, 800, chromedp.EmulateScale(2), chromedp.EmulateTouch, chromedp.EmulateMobile))
		p.Scheme("dark")
		p.keepPicture(name + "-narrow-dark")
	}
}

// keepPicture writes a picture, if somebody wants to have it. It fails the test if two
// pictures of the page differ, or if one is large.
func (p *tab) keepPicture(name string) {
	p.t.Helper()
	first := p.picture()
	if !bytes.Equal(first, p.picture()) {
		p.t.Errorf("%s: two pictures of the same page differ", name)
	}
	if len(first) > mostOfAPicture {
		p.t.Errorf("%s: %d bytes, at most %d", name, len(first), mostOfAPicture)
	}
	p.t.Logf("%s: %d bytes", name, len(first))
	if dir := os.Getenv("SCREENSHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".png"), first, 0o644); err != nil {
			p.t.Fatal(err)
		}
	}
}

// picture returns the page as a small PNG, without a blinking caret.
func (p *tab) picture() []byte {
	p.t.Helper()
	p.run(`document.activeElement.blur(); await document.fonts.ready; await new Promise(r => setTimeout(r, 300))`)
	raw := must(chromedp.Run(p.ctx, chromedp.CaptureScreenshot()))
	return small(must(png.Decode(bytes.NewReader(raw))))
}

// mostOfAPicture is how many bytes a picture may have.
const mostOfAPicture = 115_000

// small encodes an image. Chromium's gradients have noise, which makes files large, so
// colours are rounded, as little as suffices.
func small(img image.Image) (file []byte) {
	for step := 1; step <= 4; step++ {
		rounded := image.NewRGBA(img.Bounds())
		draw.Draw(rounded, img.Bounds(), img, img.Bounds().Min, draw.Src)
		for i, v := range rounded.Pix {
			rounded.Pix[i] = uint8(min(255, (int(v)+step/2)/step*step))
			if i%4 == 3 {
				rounded.Pix[i] = v // opacity
			}
		}
		var b bytes.Buffer
		_ = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, rounded) // memory takes everything
		if file = b.Bytes(); len(file) <= mostOfAPicture {
			break
		}
	}
	return file
}
