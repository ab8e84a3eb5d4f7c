// Package container proves the image: that the Dockerfile builds with the classic builder, that compose.yaml's settings
// are enough to run it (read-only, no capability, not root), and that what runs inside is the same finwait.
//
// No registry is asked. The build image is a stand-in made of this machine's own Go, and the Docker daemon is the one that
// runs, or one of the test's own. The tests carry the build tag "journeys"; `make docker-test` runs them.
package container
