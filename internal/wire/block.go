package wire

import (
	"encoding/binary"
	"io"
)

// The parts of the pcapng format that a capture needs (draft-ietf-opsawg-pcapng). Files are little-endian.
const (
	blockSection   = 0x0A0D0D0A
	blockInterface = 1
	blockNames     = 4
	blockPacket    = 6

	byteOrderMagic       = 0x1A2B3C4D
	sectionLengthUnknown = 1<<64 - 1
	linkTypeRaw          = 101 // LINKTYPE_RAW: the packet starts with its IP header

	optComment       = 1 // in every block
	optUserAppl      = 4 // in the section header
	optIfName        = 2 // in an interface description
	optIfDescription = 3
	optIfIPv4Addr    = 4
	optIfTsResol     = 9
	optFlags         = 2 // in a packet: its direction in the lowest two bits
	recordIPv4       = 1 // in name resolution

	inbound  = 1
	outbound = 2
)

// begin starts a block in the capture's buffer; its length is filled in by end.
func (c *capture) begin(kind uint32) []byte {
	b := binary.LittleEndian.AppendUint32(c.buf[:0], kind)
	return append(b, 0, 0, 0, 0)
}

// end closes the options of the block b, fills in its length at both ends and writes it.
func (c *capture) end(w io.Writer, b []byte) error {
	if binary.LittleEndian.Uint32(b) != blockNames {
		b = append(b, 0, 0, 0, 0) // opt_endofopt
	}
	n := uint32(len(b) + 4)
	b = binary.LittleEndian.AppendUint32(b, n)
	binary.LittleEndian.PutUint32(b[4:], n)
	c.buf = b
	_, err := w.Write(b)
	return err
}

// option appends an option, or a record of the same form: code, length, value, padding to a word. Values are shortened to
// what the length field can say.
func option(b []byte, code uint16, value []byte) []byte {
	value = value[:min(len(value), 0xffff)]
	b = binary.LittleEndian.AppendUint16(b, code)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(value)))
	return pad(append(b, value...))
}

// pad appends zeros up to a whole word; blocks start on words and their parts are whole words.
func pad(b []byte) []byte {
	return append(b, 0, 0, 0)[:(len(b)+3)&^3]
}
