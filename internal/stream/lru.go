package stream

import "container/list"

// lru is a map that holds values up to a total cost and forgets the least recently used ones. It is not safe for
// concurrent use.
type lru[K comparable, V any] struct {
	limit, cost int
	order       *list.List // of *lruEntry, the most recently used first
	entries     map[K]*list.Element
}

type lruEntry[K comparable, V any] struct {
	key   K
	value V
	cost  int
}

func newLRU[K comparable, V any](limit int) *lru[K, V] {
	return &lru[K, V]{limit: limit, order: list.New(), entries: map[K]*list.Element{}}
}

// get finds a value and counts as its use.
func (l *lru[K, V]) get(key K) (V, bool) {
	e, ok := l.entries[key]
	if !ok {
		var none V
		return none, false
	}
	l.order.MoveToFront(e)
	return e.Value.(*lruEntry[K, V]).value, true
}

// put keeps a value, unless it alone costs more than all may.
func (l *lru[K, V]) put(key K, value V, cost int) {
	if e, ok := l.entries[key]; ok {
		l.drop(e)
	}
	if cost > l.limit {
		return
	}
	l.entries[key] = l.order.PushFront(&lruEntry[K, V]{key, value, cost})
	for l.cost += cost; l.cost > l.limit; {
		l.drop(l.order.Back())
	}
}

func (l *lru[K, V]) drop(e *list.Element) {
	entry := l.order.Remove(e).(*lruEntry[K, V])
	delete(l.entries, entry.key)
	l.cost -= entry.cost
}
