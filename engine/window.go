package engine

import (
	"math/bits"
	"slices"
)

// rcvBuffer is what the receive window is cut from. Linux counts what segments take in memory, headers and rounding
// included, and offers the share of it that has been payload so far (kernel tcp_win_from_space).
type rcvBuffer struct {
	parts  []packet // that hold the unread bytes, oldest first
	limit  int      // bytes of memory (sk_rcvbuf)
	ratio  int      // of 256, the share that is payload (scaling_ratio)
	clamp  int      // the largest window to offer (window_clamp)
	thresh int      // what may be offered now: it grows with what came (rcv_ssthresh)
}

// packet is a piece of memory in the receive queue.
type packet struct {
	end  uint32 // sequence number after its last byte
	size int    // bytes of memory
	room int    // that a next small segment can be copied to
}

// Linux's receive buffer (kernel tcp_rmem, TCP_DEFAULT_SCALING_RATIO).
const (
	defaultRcvBuf = 131072
	maxRcvBuf     = 6291456
	defaultRatio  = 128
)

// memory gives what a segment of n bytes takes, and the room behind it: headroom, headers and the shared info are rounded
// up to a power of two, the descriptor comes on top (kernel SKB_TRUESIZE). Over loopback it is the sender's own, in pages.
func (sk *socket) memory(n int) (size, room int) {
	const headroom, sharedInfo, descriptor = 64, 320, 256
	if loopback(sk.local.addr) {
		return n + 1024 + descriptor, 0
	}
	used := headroom + 40 + n
	if sk.tsOK {
		used += tsOptionBytes
	}
	size = 1 << bits.Len(uint(used+sharedInfo-1))
	return size + descriptor, size - sharedInfo - used
}

// start sets the buffer up for a new connection; buf is SO_RCVBUF, 0 for the default.
func (b *rcvBuffer) start(buf int) {
	*b = rcvBuffer{limit: defaultRcvBuf, ratio: defaultRatio, parts: b.parts[:0]}
	if buf > 0 {
		b.limit = 2 * buf // as socket(7) says
	}
}

func (b *rcvBuffer) window(memory int) int { return memory * b.ratio >> 8 }

func (b *rcvBuffer) full() int { return b.window(b.limit) }

// initialWindow is the window of a SYN or SYN-ACK: whole segments (kernel tcp_select_initial_window).
func (sk *socket) initialWindow(mss int) int {
	w := sk.buf.full()
	if w > mss {
		w -= w % mss
	}
	return min(w, 65535)
}

// wantedScale is the window scale that the largest possible receive buffer needs.
func (sk *socket) wantedScale() uint8 {
	space := maxRcvBuf
	if sk.opts.rcvBuf > 0 {
		space = min(space, sk.buf.full())
	}
	return uint8(min(max(bits.Len(uint(space))-16, 0), 14))
}

// startWindow keeps one segment of the buffer back once the connection stands (kernel tcp_init_buffer_space).
func (sk *socket) startWindow(mss int) {
	b := &sk.buf
	b.clamp = b.full()
	if !sk.wscaleOK {
		b.clamp = min(b.clamp, 65535)
	}
	if b.clamp > 2*mss && b.clamp+mss > b.full() {
		b.clamp = max(2*mss, b.full()-mss)
	}
	b.thresh = min(int(sk.rcvWnd), b.clamp)
	sk.startTuning(mss)
}

// queued is the memory that received data takes.
func (sk *socket) queued() int {
	sum := 0
	for _, p := range sk.buf.parts {
		sum += p.size
	}
	for i := range sk.ofo {
		size, _ := sk.memory(len(sk.ofo[i].data))
		sum += size
	}
	return sum
}

func (sk *socket) space() int { return sk.buf.window(sk.buf.limit - sk.queued()) }

// keep notes the memory of n bytes that end at RCV.NXT; a small segment is copied behind the last (kernel
// tcp_try_coalesce).
func (sk *socket) keep(n int) {
	b := &sk.buf
	if last := len(b.parts) - 1; last >= 0 && b.parts[last].room >= n {
		b.parts[last].room -= n
		b.parts[last].end += uint32(n)
		return
	}
	size, room := sk.memory(n)
	b.parts = append(b.parts, packet{sk.rcvNxt, size, room})
}

// free gives back the memory of what the program has read.
func (sk *socket) free() {
	b := &sk.buf
	n := 0
	for n < len(b.parts) && seqLEQ(b.parts[n].end, sk.copied) {
		n++
	}
	b.parts = slices.Delete(b.parts, 0, n)
}

// measure learns from a segment of n bytes how much of the memory is payload, when it is larger than those before (kernel
// tcp_measure_rcv_mss).
func (sk *socket) measure(n int) {
	b := &sk.buf
	size, _ := sk.memory(n)
	b.ratio = max(n<<8/size, 1)
	was := b.clamp
	if b.clamp = b.full(); b.clamp < was {
		b.thresh = min(b.thresh, b.clamp)
	} else {
		b.thresh = max(b.thresh, min(int(sk.rcvWnd), b.clamp))
	}
	sk.tuning.space = min(sk.tuning.space, b.clamp)
}

// growWindow lets the offer grow by two segments, for a segment of n bytes that is worth its memory (kernel
// tcp_grow_window).
func (sk *socket) growWindow(n int) {
	b := &sk.buf
	room := min(b.clamp, sk.space()) - b.thresh
	if n < 128 || room <= 0 {
		return
	}
	size, _ := sk.memory(n)
	grow := 2 * sk.ackedMSS()
	if b.window(size) > n {
		grow = 0
		most := b.window(maxRcvBuf) / 2
		for cost := b.window(size) / 2; b.thresh <= most; cost, most = cost/2, most/2 {
			if cost <= n {
				grow = max(2*sk.ackState.rcvMSS, 2*n)
				break
			}
		}
	}
	if grow > 0 {
		b.thresh += min(room, grow)
		sk.ackState.quick |= 1
	}
}

// selectWindow is the window to offer, 0 where less than a segment or a sixteenth of the buffer is free (silly window
// avoidance, RFC 9293 section 3.8.6.2.2; kernel __tcp_select_window).
func (sk *socket) selectWindow() int {
	b, mss := &sk.buf, sk.ackState.rcvMSS
	full, free := min(b.clamp, b.full()), sk.space()
	mss = min(mss, full)
	if free < full/2 {
		sk.ackState.quick = 0
		free -= free & (1<<sk.rcvScale - 1)
		if free < b.full()>>4 || free < mss {
			return 0
		}
	}
	free = min(free, b.thresh)
	if sk.rcvScale > 0 {
		return alignUp(free, sk.rcvScale)
	}
	window := int(sk.rcvWnd)
	if window <= free-mss || window > free {
		return free - free%mss
	}
	if mss == full && free > window+full/2 {
		return free
	}
	return window
}

func alignUp(w int, scale uint8) int { return (w + 1<<scale - 1) &^ (1<<scale - 1) }

// setWindow advertises the receive window. It never shrinks (RFC 9293 section 3.8.6), and the windows of SYNs are not scaled.
func (sk *socket) setWindow(seg *Segment) {
	if seg.has(SYN) {
		mss := sk.advertisedMSS()
		if sk.listener != nil && sk.tsOK || sk.listener == nil && sk.followsISN != 0 {
			mss -= tsOptionBytes // the peer is known to use timestamps
		}
		w := sk.initialWindow(mss)
		sk.rcvWnd = uint32(w)
		sk.buf.clamp, sk.buf.thresh = sk.buf.full(), w
		seg.Win, seg.winBytes = uint16(w), w
		return
	}
	if seg.Flags == RST {
		return
	}
	if sk.listener != nil && sk.state == SynReceived { // kernel tcp_v4_reqsk_send_ack: what the SYN-ACK said, scaled
		seg.Win = uint16(sk.rcvWnd >> sk.rcvScale)
		seg.winBytes = int(seg.Win) << sk.rcvScale
		return
	}
	w := sk.selectWindow()
	if cur := int(sk.receiveWindow()); w < cur {
		w = alignUp(cur, sk.rcvScale)
	}
	w = min(w, 65535<<sk.rcvScale)
	sk.rcvWnd, sk.rcvWup = uint32(w), sk.rcvNxt
	seg.Win, seg.winBytes = uint16(w>>sk.rcvScale), w
}

// receiveWindow is what is left of the window advertised last (RCV.WND at this moment).
func (sk *socket) receiveWindow() uint32 {
	if w := int32(sk.rcvWup + sk.rcvWnd - sk.rcvNxt); w > 0 {
		return uint32(w)
	}
	return 0
}

// ackedMSS is the same less what timestamps take (kernel advmss).
func (sk *socket) ackedMSS() int {
	if sk.tsOK {
		return sk.advertisedMSS() - tsOptionBytes
	}
	return sk.advertisedMSS()
}

// advertisedMSS is the segment size that we tell the peer.
func (sk *socket) advertisedMSS() int {
	if loopback(sk.local.addr) {
		return loopbackMSS
	}
	return ourMSS
}
