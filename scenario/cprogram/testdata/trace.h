/* Put before a program by the compiler: each of its calls notes what it gave, in the file that TRACE names. */
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
#include <unistd.h>

static long traced(const char *call, long ret)
{
    static int fd;
    int saved = errno;
    if (fd == 0) { /* far from the numbers that the program gets */
        int file = open(getenv("TRACE"), O_WRONLY | O_CREAT | O_APPEND, 0600);
        fd = fcntl(file, F_DUPFD_CLOEXEC, 100);
        close(file);
    }
    dprintf(fd, "%s %ld %s\n", call, ret, ret == -1 ? strerrorname_np(saved) : "");
    errno = saved;
    return ret;
}

static int traced_fcntl(int fd, int command, ...)
{
    va_list args;
    va_start(args, command);
    int flags = va_arg(args, int);
    va_end(args);
    int ret = fcntl(fd, command, flags);
    return command == F_SETFL ? traced("fcntl", ret) : ret;
}

#define socket(...) ((int)traced("socket", socket(__VA_ARGS__)))
#define bind(...) ((int)traced("bind", bind(__VA_ARGS__)))
#define listen(...) ((int)traced("listen", listen(__VA_ARGS__)))
#define accept(...) ((int)traced("accept", accept(__VA_ARGS__)))
#define connect(...) ((int)traced("connect", connect(__VA_ARGS__)))
#define read(...) ((ssize_t)traced("read", read(__VA_ARGS__)))
#define recv(...) ((ssize_t)traced("recv", recv(__VA_ARGS__)))
#define write(...) ((ssize_t)traced("write", write(__VA_ARGS__)))
#define send(...) ((ssize_t)traced("send", send(__VA_ARGS__)))
#define close(...) ((int)traced("close", close(__VA_ARGS__)))
#define shutdown(...) ((int)traced("shutdown", shutdown(__VA_ARGS__)))
#define setsockopt(...) ((int)traced("setsockopt", setsockopt(__VA_ARGS__)))
#define getsockopt(...) ((int)traced("getsockopt", getsockopt(__VA_ARGS__)))
#define poll(...) ((int)traced("poll", poll(__VA_ARGS__)))
#define fcntl(...) traced_fcntl(__VA_ARGS__)
