// Package wire gives the engine's segments the bytes that they would have on a real network: an IPv4 datagram with its
// TCP segment, and a pcapng file of what one host of a run saw.
//
// What may enter: header and capture formats. It reads a run's events and decides nothing about TCP; it imports the
// engine and the standard library only.
package wire
