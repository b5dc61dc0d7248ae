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
			first := l.picture()
			if !bytes.Equal(first, l.picture()) {
				t.Errorf("%s, %s: two pictures of the same page differ", screen, scheme)
			}
			if len(first) > mostOfAPicture {
				t.Errorf("%s, %s: %d bytes, at most %d", screen, scheme, len(first), mostOfAPicture)
			}
			t.Logf("%s, %s: %d bytes", screen, scheme, len(first))
			if dir := os.Getenv("SCREENSHOTS"); dir != "" {
				if err := os.WriteFile(filepath.Join(dir, "todo-"+screen+"-"+scheme+".png"), first, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// picture returns the page as a small PNG, without a blinking caret.
func (l *list) picture() []byte {
	l.t.Helper()
	l.run(`document.activeElement.blur(); await document.fonts.ready; await new Promise(r => setTimeout(r, 300))`)
	raw := must(chromedp.Run(l.ctx, chromedp.CaptureScreenshot()))
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
