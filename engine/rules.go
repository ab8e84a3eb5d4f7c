package engine

// Rule is the stable id of a reason, e.g. "rfc9293/fin-in-established".
type Rule string
