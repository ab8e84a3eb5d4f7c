// Package journeys walks through finwait as a learner does: a real browser, the real binary, a fresh database. Each test
// is one thing that a person can do, and asserts what that person sees.
//
// The tests carry the build tag "journeys", because they need Chromium; `make journeys` runs them and `make screenshot`
// takes the README's picture by the same hands. Those with the tag "snapshots" beside it take pictures of every component and
// compare them with what package likeness keeps of earlier ones: `make snapshots`, a sample of it in `make test`. What may
// enter: ways that cross the whole product. What a package can prove alone stays with that package.
package journeys
