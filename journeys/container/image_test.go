//go:build journeys

package container

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"finwait/journeys/server"
)

// maxImage bounds the image: the binary and its certificates, and no room for a distribution beside them.
const maxImage = 64 << 20

func TestMain(m *testing.M) {
	code := m.Run()
	if err := server.Cleanup(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func TestImage(t *testing.T) {
	daemon(t)
	name := fmt.Sprintf("finwait-test-%d", os.Getpid())
	buildImage(t, name)

	t.Run("is small, unprivileged and healthy by its own word", func(t *testing.T) { inspect(t, name) })

	volumes := name + "-"
	t.Cleanup(func() { exec.Command("docker", "volume", "rm", "--force", volumes+"data").Run() })
	port := server.FreePort(t)
	url := "http://127.0.0.1:" + port
	run(t, name, port, volumes)

	t.Run("becomes healthy with compose.yaml's settings", func(t *testing.T) { healthy(t, name) })
	t.Run("serves the pages", func(t *testing.T) {
		for path, want := range map[string]string{
			"/en/": `lang="en"`, "/zh/": `lang="zh-Hans"`, "/en/lessons/four-way": "tcp-stage", "/zh/lessons/four-way": "tcp-stage",
		} {
			if page := get(t, url+path); !strings.Contains(string(page), want) {
				t.Errorf("%s has no %s", path, want)
			}
		}
	})
	t.Run("prints the same bytes as the binary outside", func(t *testing.T) {
		token := server.TokenOn(t, get(t, url+"/en/lessons/four-way"))
		for _, args := range [][]string{
			{"run", "--token", token, "--format", "jsonl"},
			{"run", "close/four-way", "--seed", "8", "--format", "pcapng"},
			{"scenarios", "--format", "json"},
		} {
			inside := docker(t, append([]string{"exec", name, "/finwait"}, args...)...)
			outside := strings.TrimSuffix(string(server.Command(t, args...)), "\n")
			if inside != outside || inside == "" {
				t.Errorf("finwait %s: %d bytes inside, %d outside, and they differ", strings.Join(args, " "), len(inside), len(outside))
			}
		}
	})
	t.Run("keeps what it wrote when the container is replaced, and stops when asked", func(t *testing.T) {
		learner := answer(t, url)
		docker(t, "stop", "-t", "20", name)
		if code := docker(t, "inspect", "--format", "{{.State.ExitCode}}", name); code != "0" {
			t.Errorf("docker stop: exit code %s; want 0", code)
		}
		docker(t, "rm", "--force", name)
		run(t, name, port, volumes)
		healthy(t, name)
		if kept := keptOf(t, url, learner); kept != 1 {
			t.Errorf("the new container knows %d answers of the learner; want 1", kept)
		}
	})
}

// buildImage builds the Dockerfile in the stand-in and tags the image.
func buildImage(t *testing.T, tag string) {
	t.Helper()
	standIn(t, tag+"-go")
	t.Cleanup(func() { exec.Command("docker", "rmi", "--force", tag, tag+"-go").Run() })
	start := time.Now()
	docker(t, "build", "--network=host", "--force-rm", "--build-arg", "GO_IMAGE="+tag+"-go",
		"--build-arg", "GOPROXY="+strings.TrimSpace(output(t, "go", "env", "GOPROXY")), "--tag", tag, "../..")
	t.Logf("docker build took %v", time.Since(start).Round(time.Second))
}

// inspect holds the image's own settings.
func inspect(t *testing.T, image string) {
	size, err := strconv.ParseInt(docker(t, "image", "inspect", "--format", "{{.Size}}", image), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the image has %.1f MB", float64(size)/1e6)
	if size > maxImage {
		t.Errorf("the image has %d bytes, more than %d", size, maxImage)
	}
	var config struct {
		User        string
		Env         []string
		Volumes     map[string]struct{}
		Healthcheck struct{ Test []string }
	}
	if err := json.Unmarshal([]byte(docker(t, "image", "inspect", "--format", "{{json .Config}}", image)), &config); err != nil {
		t.Fatal(err)
	}
	if config.User == "" || strings.HasPrefix(config.User, "0") || strings.HasPrefix(config.User, "root") {
		t.Errorf("the image runs as %q", config.User)
	}
	if got, want := strings.Join(config.Healthcheck.Test, " "), "CMD /finwait healthcheck"; got != want {
		t.Errorf("healthcheck is %q; want %q", got, want)
	}
	if _, ok := config.Volumes["/data"]; !ok {
		t.Errorf("volumes are %v; want /data", config.Volumes)
	}
}

// run starts a container with compose.yaml's settings, on the machine's network, under the image's own name.
func run(t *testing.T, name, port, volumes string) {
	t.Helper()
	args := []string{"run", "--detach", "--name", name, "--network=host", "--health-interval=1s", "--env", "FINWAIT_ADDR=127.0.0.1:" + port}
	args = append(args, composed(t).flags(volumes)...)
	docker(t, append(args, name)...)
	t.Cleanup(func() {
		if t.Failed() {
			log, _ := exec.Command("docker", "logs", name).CombinedOutput()
			t.Logf("log of the container:\n%s", tail(string(log), 30))
		}
		exec.Command("docker", "rm", "--force", name).Run()
	})
}

// healthy waits until Docker calls the container healthy.
func healthy(t *testing.T, name string) {
	t.Helper()
	status := ""
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		status = docker(t, "inspect", "--format", "{{.State.Status}} {{.State.Health.Status}}", name)
		if status == "running healthy" {
			return
		}
	}
	t.Fatalf("the container is %s", status)
}

// answer saves an answer to a question and gives the learner's cookies.
func answer(t *testing.T, url string) []*http.Cookie {
	t.Helper()
	const quiz = "/api/v1/quizzes/four-way-states/1"
	var variant struct {
		Fields []struct {
			Name    string
			Options []struct{ Value string }
		}
	}
	if err := json.Unmarshal(get(t, url+quiz), &variant); err != nil {
		t.Fatal(err)
	}
	choices := map[string]string{}
	for _, field := range variant.Fields {
		choices[field.Name] = field.Options[0].Value
	}
	body, err := json.Marshal(map[string]any{"id": "8d3bba6c-0d8f-4f5e-9d1c-5a6f2f7e0001", "answer": choices})
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post(url+quiz+"/answers", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		text, _ := io.ReadAll(res.Body)
		t.Fatalf("saving an answer: %s\n%s", res.Status, text)
	}
	return res.Cookies()
}

// keptOf is how many answers the service keeps of the learner.
func keptOf(t *testing.T, url string, learner []*http.Cookie) int {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url+"/api/v1/me", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range learner {
		req.AddCookie(cookie)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var me struct{ Answers []json.RawMessage }
	if err := json.NewDecoder(res.Body).Decode(&me); err != nil {
		t.Fatal(err)
	}
	return len(me.Answers)
}

// get fetches a page that must be there.
func get(t *testing.T, url string) []byte {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var body bytes.Buffer
	if _, err := io.Copy(&body, res.Body); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, res.Status, err)
	}
	return body.Bytes()
}
