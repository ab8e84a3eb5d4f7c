package engine

import "testing"

// TestRow lets every second leave, then the others from behind, and asks for each by its number all along.
func TestRow(t *testing.T) {
	const n = 300
	var r row[int]
	left := map[int]bool{}
	check := func() {
		first := n
		for i := n - 1; i >= 0; i-- {
			if !left[i] {
				first = i
			}
			if v := r.at(i); (v == nil) != left[i] || v != nil && *v != i {
				t.Fatalf("at %d: %v, left: %v", i, v, left[i])
			}
		}
		if v := r.first(); (v == nil) != (first == n) || v != nil && *v != first {
			t.Fatalf("first: %v, not %d", v, first)
		}
	}
	for i := range n {
		if got := r.join(&i); got != i {
			t.Fatalf("number %d, not %d", got, i)
		}
	}
	leave := func(i int) {
		r.leave(i)
		left[i] = true
		check()
	}
	for i := 0; i < n; i += 2 {
		leave(i)
	}
	for i := n - 1; i > 0; i -= 2 {
		leave(i)
	}
	if v := n; r.join(&v) != n || r.first() != &v {
		t.Fatal("a row that was empty gives other numbers")
	}
}
