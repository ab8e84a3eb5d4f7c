package wire

import (
	"bytes"
	"encoding/hex"
	"net"
	"strings"
	"testing"

	"finwait/engine"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"pgregory.net/rapid"
)

var (
	clientAddr = must(engine.ParseAddr("10.0.0.1"))
	serverAddr = must(engine.ParseAddr("10.0.0.2"))
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestOptionBytes holds the layout of the options against what a Linux host puts on the wire.
func TestOptionBytes(t *testing.T) {
	shift := 7
	stamp := &engine.Timestamps{Val: 0x01020304, Ecr: 0x05060708}
	const stampHex = "08 0a 01020304 05060708"
	two := []engine.SACKBlock{{Left: 1001, Right: 2001}, {Left: -1, Right: 5}}
	const twoHex = "05 12 000003f1 000007d9 00000007 0000000d" // on an ISN of 8
	for _, c := range []struct {
		name string
		opts engine.Options
		want string
	}{
		{"SYN of a Linux host", engine.Options{MSS: 1460, SACKOK: true, TS: stamp, WScale: &shift},
			"02 04 05b4  04 02 " + stampHex + " 01 03 03 07"},
		{"SYN without timestamps", engine.Options{MSS: 1460, SACKOK: true, WScale: &shift},
			"02 04 05b4  01 01 04 02  01 03 03 07"},
		{"SYN without SACK", engine.Options{MSS: 1460, TS: stamp}, "02 04 05b4  01 01 " + stampHex},
		{"SYN with nothing but the MSS", engine.Options{MSS: 536}, "02 04 0218"},
		{"timestamps", engine.Options{TS: stamp}, "01 01 " + stampHex},
		{"timestamps and SACK", engine.Options{TS: stamp, SACK: two}, "01 01 " + stampHex + " 01 01 " + twoHex},
		{"SACK alone", engine.Options{SACK: two}, "01 01 " + twoHex},
		{"none", engine.Options{}, ""},
	} {
		s := &engine.SegmentSent{Flags: engine.ACK, Ackno: 100, Abs: engine.SeqAck{Ack: 108}, Opts: c.opts}
		b, err := Segment(s, clientAddr, serverAddr)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		want := must(hex.DecodeString(strings.ReplaceAll(c.want, " ", "")))
		if got := b[40:]; !bytes.Equal(got, want) {
			t.Errorf("%s:\n got % x\nwant % x", c.name, got, want)
		}
		if offset := int(b[32] >> 4); offset*4 != 20+len(want) {
			t.Errorf("%s: the data offset says %d words for %d bytes of options", c.name, offset, len(want))
		}
	}
}

// TestSegmentAgainstGopacket compares any segment with what another implementation writes for the same fields.
func TestSegmentAgainstGopacket(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSegment(t)
		src := engine.Addr(rapid.Uint32().Draw(t, "src"))
		dst := engine.Addr(rapid.Uint32().Draw(t, "dst"))
		got, err := Segment(s, src, dst)
		if err != nil {
			t.Fatal(err)
		}
		if want := byGopacket(t, s, src, dst); !bytes.Equal(got, want) {
			t.Fatalf("bytes differ\n%s", cmp.Diff(hex.Dump(want), hex.Dump(got)))
		}
		packet := gopacket.NewPacket(got, layers.LayerTypeIPv4, gopacket.DecodeOptions{Lazy: false})
		if fail := packet.ErrorLayer(); fail != nil {
			t.Fatalf("gopacket can't read it: %v", fail.Error())
		}
		ip, tcp := packet.Layer(layers.LayerTypeIPv4).(*layers.IPv4), packet.Layer(layers.LayerTypeTCP).(*layers.TCP)
		if err := tcp.SetNetworkLayerForChecksum(ip); err != nil {
			t.Fatal(err)
		}
		if err, wrong := packet.VerifyChecksums(); err != nil || len(wrong) > 0 {
			t.Fatalf("checksums: %v %v", err, wrong)
		}
	})
}

func drawSegment(t *rapid.T) *engine.SegmentSent {
	payload := rapid.SliceOfN(rapid.Byte(), 0, 1460).Draw(t, "payload")
	s := &engine.SegmentSent{
		ID:    rapid.IntRange(1, 200_000).Draw(t, "id"),
		Sport: rapid.Uint16().Draw(t, "sport"), Dport: rapid.Uint16().Draw(t, "dport"),
		Flags: engine.Flags(rapid.IntRange(0, 31).Draw(t, "flags")),
		Ackno: rapid.Int64Range(-1<<20, 1<<32).Draw(t, "ackno"),
		Abs:   engine.SeqAck{Seq: rapid.Uint32().Draw(t, "seq"), Ack: rapid.Uint32().Draw(t, "ack")},
		Win:   rapid.Uint16().Draw(t, "win"),
		Len:   len(payload), Payload: payload,
	}
	if rapid.Bool().Draw(t, "ts") {
		s.Opts.TS = &engine.Timestamps{Val: rapid.Uint32().Draw(t, "tsval"), Ecr: rapid.Uint32().Draw(t, "tsecr")}
	}
	if s.Flags&engine.SYN != 0 {
		shift := rapid.IntRange(0, 14).Draw(t, "wscale")
		s.Opts.MSS, s.Opts.SACKOK, s.Opts.WScale = rapid.IntRange(1, 65535).Draw(t, "mss"), true, &shift
	} else {
		for range rapid.IntRange(0, 3).Draw(t, "blocks") {
			left := rapid.Int64Range(-10, 1<<31).Draw(t, "left")
			s.Opts.SACK = append(s.Opts.SACK, engine.SACKBlock{Left: left, Right: left + 100})
		}
	}
	return s
}

// byGopacket serializes the segment with gopacket's layers.
func byGopacket(t *rapid.T, s *engine.SegmentSent, src, dst engine.Addr) []byte {
	ip := &layers.IPv4{
		Version: 4, IHL: 5, Id: uint16(s.ID), Flags: layers.IPv4DontFragment, TTL: 64, Protocol: layers.IPProtocolTCP,
		SrcIP: netIP(src), DstIP: netIP(dst),
	}
	tcp := &layers.TCP{
		SrcPort: layers.TCPPort(s.Sport), DstPort: layers.TCPPort(s.Dport), Seq: s.Abs.Seq, Ack: s.Abs.Ack, Window: s.Win,
		SYN: s.Flags&engine.SYN != 0, FIN: s.Flags&engine.FIN != 0, RST: s.Flags&engine.RST != 0,
		PSH: s.Flags&engine.PSH != 0, ACK: s.Flags&engine.ACK != 0,
	}
	if b := appendOptions(nil, s); len(b) > 0 {
		tcp.Options = decodeOptions(b)
	}
	if err := tcp.SetNetworkLayerForChecksum(ip); err != nil {
		t.Fatal(err)
	}
	out := gopacket.NewSerializeBuffer()
	how := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	if err := gopacket.SerializeLayers(out, how, ip, tcp, gopacket.Payload(s.Payload)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// decodeOptions splits option bytes (TestOptionBytes holds them) into gopacket's form.
func decodeOptions(b []byte) []layers.TCPOption {
	var opts []layers.TCPOption
	for len(b) > 0 {
		if b[0] == optNop {
			opts, b = append(opts, layers.TCPOption{OptionType: layers.TCPOptionKindNop, OptionLength: 1}), b[1:]
			continue
		}
		n := b[1]
		opts = append(opts, layers.TCPOption{OptionType: layers.TCPOptionKind(b[0]), OptionLength: n, OptionData: b[2:n]})
		b = b[n:]
	}
	return opts
}

func netIP(a engine.Addr) net.IP {
	return net.IPv4(byte(a>>24), byte(a>>16), byte(a>>8), byte(a)).To4()
}

// TestPayloadOfALogReadBack: the log has a payload's length and not its bytes; the segment keeps its length.
func TestPayloadOfALogReadBack(t *testing.T) {
	s := &engine.SegmentSent{ID: 3, Flags: engine.PSH | engine.ACK, Len: 5}
	b, err := Segment(s, clientAddr, serverAddr)
	if err != nil {
		t.Fatal(err)
	}
	if got := b[40:]; !bytes.Equal(got, make([]byte, 5)) {
		t.Errorf("payload % x, want five zeros", got)
	}
}

// TestImpossibleSegments: what a header can't say is an error that names the segment.
func TestImpossibleSegments(t *testing.T) {
	five := make([]engine.SACKBlock, 5)
	for name, s := range map[string]*engine.SegmentSent{
		"42 bytes of SACK":          {ID: 9, Opts: engine.Options{SACK: five}},
		"a payload of 64 KiB":       {ID: 9, Len: 65536},
		"a payload of less than no": {ID: 9, Len: -1},
	} {
		if b, err := Segment(s, clientAddr, serverAddr); err == nil || !strings.Contains(err.Error(), "segment 9:") {
			t.Errorf("%s: got %d bytes and %v", name, len(b), err)
		}
	}
}
