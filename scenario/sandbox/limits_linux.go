package sandbox

import (
	"fmt"
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"

	"finwait/scenario"
)

// limitProcess bounds memory and CPU time of this process for good. Go's runtime reserves address space before it uses any,
// so the limit of RLIMIT_AS counts from what is reserved now. RLIMIT_DATA would not do: Linux does not check it where a
// mapping replaces a reservation, which is how Go's heap grows.
func limitProcess() error {
	reserved, _, err := memoryOf("self")
	if err != nil {
		return err
	}
	for _, limit := range []struct {
		resource int
		most     uint64
	}{
		{unix.RLIMIT_AS, reserved + hardMemory},
		{unix.RLIMIT_CPU, maxCPU},
		{unix.RLIMIT_CORE, 0},
	} {
		if err := unix.Setrlimit(limit.resource, &unix.Rlimit{Cur: limit.most, Max: limit.most}); err != nil {
			return err
		}
	}
	return nil
}

// memoryOf gives the address space and the resident memory of a process in bytes; pid may be "self".
func memoryOf(pid string) (space, resident uint64, err error) {
	b, err := os.ReadFile("/proc/" + pid + "/statm")
	if err != nil {
		return 0, 0, err
	}
	_, err = fmt.Sscan(string(b), &space, &resident)
	page := uint64(os.Getpagesize())
	return space * page, resident * page, err
}

// cpuSeconds is the CPU time that this process has used.
func cpuSeconds() int64 {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return u.Utime.Sec + u.Stime.Sec
}

// place is a page of memory that parent and child share: the line and the column that the child is in, and after them
// whether it has passed the soft limit of memory.
type place struct {
	page []byte
	file *os.File
}

const pageSize = 4096

// placeFD is where the child finds the page.
const placeFD = 3

// newPlace makes the parent's side; its file goes to the child as placeFD.
func newPlace() (*place, error) {
	fd, err := unix.MemfdCreate("finwait-place", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	p := &place{file: os.NewFile(uintptr(fd), "place")}
	if err := p.file.Truncate(pageSize); err != nil {
		p.file.Close()
		return nil, err
	}
	if p.page, err = mapPage(fd); err != nil {
		p.file.Close()
		return nil, err
	}
	return p, nil
}

// openPlace is the child's side; without a page it notes nothing.
func openPlace() *place {
	page, err := mapPage(placeFD)
	if err != nil {
		return &place{}
	}
	return &place{page: page}
}

func mapPage(fd int) ([]byte, error) {
	return unix.Mmap(fd, 0, pageSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
}

func (p *place) close() {
	if p.page != nil {
		unix.Munmap(p.page)
	}
	if p.file != nil {
		p.file.Close()
	}
}

func (p *place) word(i int) *uint64 { return (*uint64)(unsafe.Pointer(&p.page[8*i])) }

func (p *place) set(line, col int) {
	if p.page != nil {
		atomic.StoreUint64(p.word(0), uint64(uint32(line))<<32|uint64(uint32(col)))
	}
}

// blame notes why the run is stopped.
func (p *place) blame(code string) {
	if p.page != nil && code == scenario.CodeMemory {
		atomic.StoreUint64(p.word(1), 1)
	}
}

// code is why: memory where the child has said so, else time.
func (p *place) code() string {
	if p.page != nil && atomic.LoadUint64(p.word(1)) == 1 {
		return scenario.CodeMemory
	}
	return scenario.CodeTimeout
}

func (p *place) get() (line, col int) {
	if p.page == nil {
		return 0, 0
	}
	w := atomic.LoadUint64(p.word(0))
	return int(w >> 32), int(uint32(w))
}

// files are what the child gets beside its standard streams.
func (p *place) files() []*os.File { return []*os.File{p.file} }
