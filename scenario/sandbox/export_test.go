package sandbox

// Load is how many jobs run or wait.
func (p *Pool) Load() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.running + p.queue.waiting
}
