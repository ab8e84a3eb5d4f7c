package engine

import "fmt"

// Sysctl describes a host setting by its full Linux name.
type Sysctl struct {
	Name              string
	Default, Min, Max int64
	Unit              string // "" for counts and switches
}

// The positions of the sysctls in Sysctls.
const (
	somaxconn = iota
	portRangeLow
	portRangeHigh
	abortOnOverflow
	finTimeout
	keepaliveIntvl
	keepaliveProbes
	keepaliveTime
	maxOrphans
	maxSynBacklog
	maxTwBuckets
	orphanRetries
	retries1
	retries2
	rfc1337
	sackEnabled
	synLinearTimeouts
	synRetries
	synackRetries
	syncookies
	timestamps
	twReuse
	twReuseDelay
	windowScaling
	numSysctls
)

// Sysctls lists the settings that a host knows, sorted by name, with Linux's defaults and ranges (kernel
// net/ipv4/sysctl_net_ipv4.c). ip_local_port_range stands as two numbers.
var Sysctls = [numSysctls]Sysctl{
	somaxconn:         {"net.core.somaxconn", 4096, 0, 1<<31 - 1, "connections"},
	portRangeLow:      {"net.ipv4.ip_local_port_range.low", 32768, 1, 65535, "port"},
	portRangeHigh:     {"net.ipv4.ip_local_port_range.high", 60999, 1, 65535, "port"},
	abortOnOverflow:   {"net.ipv4.tcp_abort_on_overflow", 0, 0, 1, ""},
	finTimeout:        {"net.ipv4.tcp_fin_timeout", 60, 0, 1 << 21, "s"},
	keepaliveIntvl:    {"net.ipv4.tcp_keepalive_intvl", 75, 1, 32767, "s"},
	keepaliveProbes:   {"net.ipv4.tcp_keepalive_probes", 9, 1, 127, ""},
	keepaliveTime:     {"net.ipv4.tcp_keepalive_time", 7200, 1, 32767, "s"},
	maxOrphans:        {"net.ipv4.tcp_max_orphans", 65536, 0, 1<<31 - 1, "sockets"},
	maxSynBacklog:     {"net.ipv4.tcp_max_syn_backlog", 4096, 0, 1<<31 - 1, "requests"},
	maxTwBuckets:      {"net.ipv4.tcp_max_tw_buckets", 262144, 0, 1<<31 - 1, "sockets"},
	orphanRetries:     {"net.ipv4.tcp_orphan_retries", 0, 0, 255, ""},
	retries1:          {"net.ipv4.tcp_retries1", 3, 0, 255, ""},
	retries2:          {"net.ipv4.tcp_retries2", 15, 0, 255, ""},
	rfc1337:           {"net.ipv4.tcp_rfc1337", 0, 0, 1, ""},
	sackEnabled:       {"net.ipv4.tcp_sack", 1, 0, 1, ""},
	synLinearTimeouts: {"net.ipv4.tcp_syn_linear_timeouts", 4, 0, 127, ""},
	synRetries:        {"net.ipv4.tcp_syn_retries", 6, 1, 127, ""},
	synackRetries:     {"net.ipv4.tcp_synack_retries", 5, 0, 255, ""},
	syncookies:        {"net.ipv4.tcp_syncookies", 1, 0, 2, ""},
	timestamps:        {"net.ipv4.tcp_timestamps", 1, 0, 2, ""},
	twReuse:           {"net.ipv4.tcp_tw_reuse", 2, 0, 2, ""},
	twReuseDelay:      {"net.ipv4.tcp_tw_reuse_delay", 1000, 1, 60000, "ms"},
	windowScaling:     {"net.ipv4.tcp_window_scaling", 1, 0, 1, ""},
}

// SysctlError is a setting that a host refuses.
type SysctlError struct {
	Name string
	Why  string
}

func (e *SysctlError) Error() string { return e.Name + ": " + e.Why }

// CheckSysctl says whether a host would take the setting; the error is a *SysctlError.
func CheckSysctl(name string, value int64) error {
	_, err := findSysctl(name, value)
	return err
}

func findSysctl(name string, value int64) (int, error) {
	for i, s := range Sysctls {
		if s.Name != name {
			continue
		}
		if value < s.Min || value > s.Max {
			return 0, &SysctlError{name, fmt.Sprintf("%d is not between %d and %d", value, s.Min, s.Max)}
		}
		return i, nil
	}
	return 0, &SysctlError{name, "there is no such sysctl here"}
}

func defaultSysctls() (v [numSysctls]int64) {
	for i, s := range Sysctls {
		v[i] = s.Default
	}
	return v
}
