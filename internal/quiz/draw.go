package quiz

import "slices"

// Draw picks one question of each lesson, in no telling order, so that each kind comes up, and none much more often than
// another. The same seed gives the same.
func Draw(all []Info, seed int64) []Info {
	c := newChance(seed, "draw")
	byLesson := map[string][]Info{}
	var lessons []string
	for _, q := range all {
		if byLesson[q.Lesson] == nil {
			lessons = append(lessons, q.Lesson)
		}
		byLesson[q.Lesson] = append(byLesson[q.Lesson], q)
	}
	shuffle(c, lessons)
	for _, l := range lessons {
		shuffle(c, byLesson[l])
	}
	taken := oneOfEachKind(c, lessons, byLesson)
	used := map[string]int{}
	for _, q := range taken {
		used[q.Kind]++
	}
	var drawn []Info
	for _, l := range lessons {
		q, ok := taken[l]
		if !ok {
			q = slices.MinFunc(byLesson[l], func(a, b Info) int { return used[a.Kind] - used[b.Kind] })
			used[q.Kind]++
		}
		drawn = append(drawn, q)
	}
	return drawn
}

// oneOfEachKind gives as many kinds as can be a lesson of their own (augmenting paths): the question by lesson.
func oneOfEachKind(c *chance, lessons []string, byLesson map[string][]Info) map[string]Info {
	var kinds []string
	for _, l := range lessons {
		for _, q := range byLesson[l] {
			if !slices.Contains(kinds, q.Kind) {
				kinds = append(kinds, q.Kind)
			}
		}
	}
	shuffle(c, kinds)
	taken := map[string]Info{}
	var place func(kind string, tried map[string]bool) bool
	place = func(kind string, tried map[string]bool) bool {
		for _, l := range lessons {
			i := slices.IndexFunc(byLesson[l], func(q Info) bool { return q.Kind == kind })
			if i < 0 || tried[l] {
				continue
			}
			tried[l] = true
			if other, ok := taken[l]; !ok || place(other.Kind, tried) {
				taken[l] = byLesson[l][i]
				return true
			}
		}
		return false
	}
	for _, k := range kinds {
		place(k, map[string]bool{})
	}
	return taken
}
