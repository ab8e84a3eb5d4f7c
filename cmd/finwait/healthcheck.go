package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// healthcheckWithin bounds the wait for the server's answer.
const healthcheckWithin = 3 * time.Second

// healthcheck asks the server of this machine that listens on addr whether it is ready.
func healthcheck(ctx context.Context, addr string) error {
	if err := wrong("FINWAIT_ADDR", addr, listenAddr(addr)); err != nil {
		return err
	}
	host, port, _ := net.SplitHostPort(addr) // listenAddr has read it
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, healthcheckWithin)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("not ready: %w", err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: /readyz answered %s", answer.Status)
	}
	return nil
}
