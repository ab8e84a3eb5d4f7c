package scenario

import "slices"

// Vocabulary is every name that a scenario's author can use or meet.
func Vocabulary() []string {
	var names []string
	for name := range declarations {
		names = append(names, name)
	}
	for name := range syscalls {
		names = append(names, "os."+name)
	}
	names = append(names, constants...)
	for name := range logMethods {
		names = append(names, "log."+name)
	}
	for code := range refusals {
		names = append(names, string(code))
	}
	names = append(names, "log.end", "os.errno", CodeUnknownScenario, CodeBadRun, CodeBadToken, CodeTokenTooLong, CodeEngineChanged,
		CodeContentChanged, CodeBadVary, CodeBadSeed, CodeScenario, CodeSteps, CodeEvents, CodeDay, CodeMemory, CodeTimeout, CodeBusy)
	slices.Sort(names)
	return names
}
