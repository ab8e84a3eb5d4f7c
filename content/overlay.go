package content

import (
	"errors"
	"io/fs"
	"os"
	"sort"
)

// overlay is a file system laid over another: a file of top hides the one of the same path in base, and folders merge.
type overlay struct{ top, base fs.FS }

// over lays the folder dir over base.
func over(base fs.FS, dir string) (fs.FS, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &Problem{File: dir, Msg: "is not a folder"}
	}
	return overlay{top: os.DirFS(dir), base: base}, nil
}

// Open implements fs.FS.
func (o overlay) Open(name string) (fs.File, error) {
	f, err := o.top.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return o.base.Open(name)
	}
	return f, err
}

// ReadDir implements fs.ReadDirFS, sorted by name.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	top, topErr := fs.ReadDir(o.top, name)
	base, baseErr := fs.ReadDir(o.base, name)
	for _, err := range []error{topErr, baseErr} {
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	if topErr != nil && baseErr != nil {
		return nil, baseErr
	}
	seen := map[string]bool{}
	var all []fs.DirEntry
	for _, e := range append(top, base...) {
		if !seen[e.Name()] {
			seen[e.Name()] = true
			all = append(all, e)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name() < all[j].Name() })
	return all, nil
}

// entries lists a folder of content, sorted by name; one that is not there is empty.
func entries(fsys fs.FS, dir string, ps *Problems) []fs.DirEntry {
	list, err := fs.ReadDir(fsys, dir)
	if !errors.Is(err, fs.ErrNotExist) {
		ps.add(dir, 0, err)
	}
	return list
}
