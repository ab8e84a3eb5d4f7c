package export

// What tests see of the package.
var (
	SSNames = ssNames
	SSSpan  = ssSpan
)
