// Package handlers is the service's HTTP: routes, pages, the WebSocket, the API, embedding, health and metrics.
//
// A handler returns an error instead of writing one; fail (errors.go) alone maps errors to a status, a page or JSON, and
// a language, with an id that the log has too. HTML is rendered to a buffer first, so that no reader gets half a page.
//
// What may enter: reading requests, asking the other packages, choosing a page or a status. What may not: protocol
// logic, SQL, the look of pages.
package handlers
