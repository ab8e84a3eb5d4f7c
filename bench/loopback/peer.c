// peer N: N lifecycles over the Linux loopback, one after the other, between a client and a server process. The work is that
// of the other peers (work.go): a request of 100 bytes, a response of 1000; the client closes first.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { request = 100, response = 1000 };

static char buf[4096];

static void check(int ok, const char *what) {
	if (!ok) {
		perror(what);
		exit(1);
	}
}

static void take(int fd, int bytes) {
	for (int got = 0; got < bytes;) {
		ssize_t n = read(fd, buf, sizeof buf);
		check(n > 0, "read");
		got += n;
	}
}

static void serve(int listener, int lifecycles) {
	for (int i = 0; i < lifecycles; i++) {
		int c = accept(listener, NULL, NULL);
		check(c >= 0, "accept");
		take(c, request);
		check(write(c, buf, response) == response, "write");
		check(read(c, buf, sizeof buf) == 0, "end of file");
		close(c);
	}
}

static void ask(struct sockaddr_in *server) {
	int s = socket(AF_INET, SOCK_STREAM, 0);
	check(connect(s, (struct sockaddr *)server, sizeof *server) == 0, "connect");
	check(write(s, buf, request) == request, "write");
	take(s, response);
	check(shutdown(s, SHUT_WR) == 0, "shutdown");
	check(read(s, buf, sizeof buf) == 0, "end of file");
	close(s);
}

static void stay_on_this_core(void) {
	cpu_set_t one;
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	check(sched_setaffinity(0, sizeof one, &one) == 0, "sched_setaffinity");
}

int main(int argc, char **argv) {
	stay_on_this_core();
	int lifecycles = argc > 1 ? atoi(argv[1]) : 1;
	struct sockaddr_in server = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof server;
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	check(bind(listener, (struct sockaddr *)&server, size) == 0, "bind");
	check(listen(listener, 128) == 0, "listen");
	check(getsockname(listener, (struct sockaddr *)&server, &size) == 0, "getsockname");
	pid_t child = fork();
	check(child >= 0, "fork");
	if (child == 0) {
		serve(listener, lifecycles);
		return 0;
	}
	for (int i = 0; i < lifecycles; i++)
		ask(&server);
	int status;
	check(wait(&status) == child && status == 0, "server");
	return 0;
}
