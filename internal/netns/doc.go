// Package netns makes a host on this machine's Linux kernel, for tests that hold the engine to it: a network namespace,
// a TUN device whose other end is in the caller's hand, the first place on the processor.
//
// What may enter: namespaces, devices, settings, scheduling. What may not: what is sent, what is called, how it is
// compared. It is Linux's alone and wants root.
package netns
