package wire

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"finwait/engine"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

var update = flag.Bool("update", false, "rewrite the golden files under testdata")

// seen is one packet of a capture, as a reader of pcapng finds it.
type seen struct {
	At        time.Duration // since Epoch
	From      string
	Flags     string
	Seq       uint32
	Payload   string
	Direction pcapgo.NgEpbFlag
	Comment   string
}

// readBack reads a capture with gopacket's reader.
func readBack(t *testing.T, file []byte) (*pcapgo.NgReader, []seen) {
	t.Helper()
	r, err := pcapgo.NewNgReader(bytes.NewReader(file), pcapgo.DefaultNgReaderOptions)
	if err != nil {
		t.Fatal(err)
	}
	var all []seen
	for {
		data, ci, opts, err := r.ReadPacketDataWithOptions()
		if err == io.EOF {
			return r, all
		}
		if err != nil {
			t.Fatal(err)
		}
		p := gopacket.NewPacket(data, layers.LayerTypeIPv4, gopacket.Default)
		ip := p.Layer(layers.LayerTypeIPv4).(*layers.IPv4)
		tcp := p.Layer(layers.LayerTypeTCP).(*layers.TCP)
		all = append(all, seen{
			At: ci.Timestamp.Sub(time.Unix(Epoch, 0)), From: ip.SrcIP.String(), Flags: letters(tcp), Seq: tcp.Seq,
			Payload: string(tcp.Payload), Direction: opts.Flags.Direction, Comment: strings.Join(opts.Comments, "\n"),
		})
	}
}

func letters(tcp *layers.TCP) string {
	var b strings.Builder
	for i, on := range []bool{tcp.SYN, tcp.FIN, tcp.RST, tcp.PSH, tcp.ACK} {
		if on {
			b.WriteByte("SFRPA"[i])
		}
	}
	return b.String()
}

func capture1(t *testing.T, events []engine.Event, host string) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := WritePcapng(&file, events, host); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// TestOneHostsView: the client's lost FIN is in the client's capture alone; the doubled one is there once when sent and
// twice in the server's capture, at its two arrivals.
func TestOneHostsView(t *testing.T) {
	fins := func(host string) []seen {
		_, all := readBack(t, capture1(t, fourWay(), host))
		var of []seen
		for _, s := range all {
			if s.Flags == "FA" && s.From == "10.0.0.1" {
				of = append(of, s)
			}
		}
		return of
	}
	const ms = time.Millisecond
	fin := func(at time.Duration, dir pcapgo.NgEpbFlag, comment string) seen {
		return seen{At: at, From: "10.0.0.1", Flags: "FA", Seq: 4, Direction: dir, Comment: comment}
	}
	const in, out = pcapgo.NgEpbFlagDirectionInbound, pcapgo.NgEpbFlagDirectionOutbound
	if diff := cmp.Diff([]seen{
		fin(60*ms, out, "segment 6, rfc9293/sent"),
		fin(290*ms, out, "segment 7, rfc9293/sent"),
	}, fins("client")); diff != "" {
		t.Errorf("FINs at the client (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]seen{
		fin(300*ms, in, "segment 7, rfc9293/sent"),
		fin(301*ms, in, "segment 7, rfc9293/sent"),
	}, fins("server")); diff != "" {
		t.Errorf("FINs at the server (-want +got):\n%s", diff)
	}
}

// TestWhoseCapture: the file says whose view it is, of which run, and when its clock began.
func TestWhoseCapture(t *testing.T) {
	r, all := readBack(t, capture1(t, fourWay(), "server"))
	section := r.SectionInfo()
	if want := "close/four-way, seed 7, as host server saw it"; section.Comment != want {
		t.Errorf("section comment %q, want %q", section.Comment, want)
	}
	if section.Application != "finwait engine 1" {
		t.Errorf("application %q", section.Application)
	}
	iface, err := r.Interface(0)
	if err != nil {
		t.Fatal(err)
	}
	if iface.Name != "server" || iface.Description != "host server, 10.0.0.2" || iface.TimestampResolution != 9 ||
		iface.LinkType != layers.LinkTypeRaw {
		t.Errorf("interface %+v", iface)
	}
	if got := time.Unix(Epoch, 0).Add(all[0].At).UTC().Format(time.RFC3339Nano); got != "2000-01-01T00:00:00.01Z" {
		t.Errorf("the SYN, sent at 0 over 10 ms, arrives at %s", got)
	}
	if all[0].Seq != clientISN || all[2].Seq != 0xffffffff || all[2].Flags != "A" {
		t.Errorf("absolute numbers: SYN %+v, ACK %+v", all[0], all[2])
	}
}

// TestGoldenCaptures holds the bytes of both hosts' captures; a changed byte breaks links to downloaded files.
func TestGoldenCaptures(t *testing.T) {
	for _, host := range []string{"client", "server"} {
		file := filepath.Join("testdata", "four-way."+host+".pcapng")
		got := capture1(t, fourWay(), host)
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatalf("%v (write it with -update)", err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: the capture has changed; look at both with tshark, then run with -update", file)
		}
	}
}

// TestRefusedCaptures: what can't be written is one clear line.
func TestRefusedCaptures(t *testing.T) {
	orphan := newLog()
	orphan.deliver(5, 77, "client")
	badAddr := newLog()
	badAddr.events[0].Body.(*engine.Meta).Hosts[1].Addr = "10.0.0.999"
	for _, c := range []struct {
		name   string
		events []engine.Event
		host   string
		want   string
	}{
		{"unknown host", fourWay(), "router", `the run has no host "router"`},
		{"no log", nil, "client", "the log is empty"},
		{"half a log", fourWay()[1:], "client", "the log starts with a segment event, not with meta"},
		{"delivery of nothing", orphan.events, "client", "event 1 delivers segment 77, which was never sent"},
		{"bad address", badAddr.events, "client", `host server: "10.0.0.999" is not an IPv4 address`},
	} {
		err := WritePcapng(io.Discard, c.events, c.host)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
	if err := WritePcapng(full{}, fourWay(), "client"); err != io.ErrShortWrite {
		t.Errorf("a full disk: got %v", err)
	}
}

// full is a writer that takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }
