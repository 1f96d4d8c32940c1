package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
)

//go:embed page
var pageFiles embed.FS

// pageTypes are those of the page's files. The system's own list is not asked: it may say
// anything.
var pageTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2",
}

type pageFile struct {
	kind, tag string
	content   []byte
}

// page is the files of the page by their paths.
type page map[string]pageFile

func newPage() page {
	p := make(page)
	root, _ := fs.Sub(pageFiles, "page") // it is there, or this would not have been built
	_ = fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(root, name)
		kind, ok := pageTypes[path.Ext(name)]
		if !ok {
			kind = "text/plain; charset=utf-8"
		}
		digest := sha256.Sum256(content)
		p["/"+name] = pageFile{kind, `"` + hex.EncodeToString(digest[:8]) + `"`, content}
		return err
	})
	p["/"] = p["/index.html"]
	return p
}

// ServeHTTP answers with a file, as it was built in.
func (p page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := p[r.URL.Path]
	if !ok {
		line(w, http.StatusNotFound, "there is no such page\n")
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-cache") // asked for anew, and mostly not sent
	h.Set("ETag", f.tag)
	h.Set("Content-Type", f.kind)
	if r.Header.Get("If-None-Match") == f.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(f.content)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(f.content) // who has gone does not read it
	}
}
