/* Put before a program by the compiler. Each call asks the test for leave before it is made, and tells it what it gave; the
 * test gives leave when all has happened that happens before the call in the engine's log. GATE is the test's socket. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static _Thread_local int gate_fd, gate_thread;
static int gate_threads;

/* What the test has open is not the program's: its first socket is 3. */
__attribute__((constructor)) static void gate_alone(void)
{
    close_range(3, ~0u, 0);
}

static void gate_tell(const char *format, ...)
{
    char line[100];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (gate_fd == 0) {
        struct sockaddr_un at = {.sun_family = AF_UNIX};
        strncpy(at.sun_path, getenv("GATE"), sizeof at.sun_path - 1);
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        if (connect(fd, (struct sockaddr *)&at, sizeof at) == -1)
            abort();
        gate_fd = fcntl(fd, F_DUPFD_CLOEXEC, 100); /* far from the numbers that the program gets */
        close(fd);
        dprintf(gate_fd, "%s %d\n", getenv("PROGRAM"), gate_thread);
    }
    send(gate_fd, line, n, MSG_NOSIGNAL);
}

static void gate_ask(const char *call)
{
    int saved = errno;
    char leave;
    gate_tell("call %s\n", call);
    while (recv(gate_fd, &leave, 1, 0) != 1) /* the test has seen enough, and will kill this */
        pause();
    errno = saved;
}

static long gate_note(const char *call, long ret)
{
    int saved = errno;
    gate_tell("return %s %ld %s\n", call, ret, ret == -1 ? strerrorname_np(saved) : "");
    errno = saved;
    return ret;
}

static int gate_fcntl(int fd, int command, ...)
{
    va_list args;
    va_start(args, command);
    int flags = va_arg(args, int);
    va_end(args);
    if (command != F_SETFL)
        return fcntl(fd, command, flags);
    gate_ask("fcntl");
    return gate_note("fcntl", fcntl(fd, command, flags));
}

/* The congestion control is the engine's: a machine's default may be another. */
static int gate_socket(int domain, int type, int protocol)
{
    gate_ask("socket");
    int fd = socket(domain, type, protocol), saved = errno;
    if (fd >= 0 && setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "cubic", 5) == -1)
        abort();
    errno = saved;
    return gate_note("socket", fd);
}

struct gate_start {
    void *(*run)(void *);
    void *arg;
    int number;
};

static void *gate_run(void *p)
{
    struct gate_start start = *(struct gate_start *)p;
    free(p);
    gate_thread = start.number;
    return start.run(start.arg);
}

static int gate_spawn(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *), void *arg)
{
    gate_ask("spawn");
    struct gate_start *start = malloc(sizeof *start);
    *start = (struct gate_start){run, arg, ++gate_threads};
    int number = start->number, failed = pthread_create(thread, attr, gate_run, start);
    gate_note("spawn", failed ? -1 : number);
    return failed;
}

#define gated(call, type, ...) (gate_ask(#call), (type)gate_note(#call, call(__VA_ARGS__)))
#define socket(...) gate_socket(__VA_ARGS__)
#define bind(...) gated(bind, int, __VA_ARGS__)
#define listen(...) gated(listen, int, __VA_ARGS__)
#define accept(...) gated(accept, int, __VA_ARGS__)
#define connect(...) gated(connect, int, __VA_ARGS__)
#define read(...) gated(read, ssize_t, __VA_ARGS__)
#define recv(...) gated(recv, ssize_t, __VA_ARGS__)
#define write(...) gated(write, ssize_t, __VA_ARGS__)
#define send(...) gated(send, ssize_t, __VA_ARGS__)
#define close(...) gated(close, int, __VA_ARGS__)
#define shutdown(...) gated(shutdown, int, __VA_ARGS__)
#define setsockopt(...) gated(setsockopt, int, __VA_ARGS__)
#define getsockopt(...) gated(getsockopt, int, __VA_ARGS__)
#define getsockname(...) gated(getsockname, int, __VA_ARGS__)
#define getpeername(...) gated(getpeername, int, __VA_ARGS__)
#define poll(...) gated(poll, int, __VA_ARGS__)
#define fcntl(...) gate_fcntl(__VA_ARGS__)
#define pthread_create(...) gate_spawn(__VA_ARGS__)
#define sleep(seconds) (gate_ask("sleep"), 0) /* the leave comes when it is over */
#define usleep(micros) (gate_ask("sleep"), 0)
#define exit(status) (gate_ask("exit"), exit(status))
