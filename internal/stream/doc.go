// Package stream gives runs to those who watch them: it computes a run once, keeps its encoded log in a bounded cache by
// token, and speaks the protocol finwait.v1, in which a log goes out in frames as far as the reader's credit reaches.
//
// What may enter: the protocol's types, the state of a connection and of its streams, the cache, and what a session may
// have computed. What may not: HTTP, WebSocket, cookies, and any knowledge of what a scenario or an event means. A
// connection takes frames and yields frames; whoever owns the socket moves them.
//
// The structs of protocol.go are the source of the browser's types; docs/protocol.md and docs/protocol.schema.json are
// tested against them.
package stream
