/*
 * One end of TCP connections that does as it is told: a command a line on stdin, an answer a line on stdout. A command
 * is for every connection it has at the time; the answer is a number, and the name of the last error if there was one.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_CONNECTIONS 4096
#define MAX_WORDS 8

static int listener = -1;
static int connections[MAX_CONNECTIONS];
static int count;
static int last_error;
static char buffer[1 << 20];

static void noting(int result)
{
	if (result < 0)
		last_error = errno;
}

static socklen_t address(struct sockaddr_storage *to, const char *host, const char *port)
{
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;
	struct sockaddr_in *v4 = (struct sockaddr_in *)to;

	memset(to, 0, sizeof(*to));
	if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(atoi(port));
		return sizeof(*v4);
	}
	if (inet_pton(AF_INET6, host, &v6->sin6_addr) != 1) {
		fprintf(stderr, "not an address: %s\n", host);
		exit(99);
	}
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(atoi(port));
	return sizeof(*v6);
}

/* listen ADDRESS PORT: "::" takes IPv4 as well */
static long do_listen(char **words)
{
	struct sockaddr_storage at;
	socklen_t length = address(&at, words[0], words[1]);
	int yes = 1, no = 0, fast_open = 64;

	listener = socket(at.ss_family, SOCK_STREAM, 0);
	noting(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)));
	noting(setsockopt(listener, IPPROTO_TCP, TCP_FASTOPEN, &fast_open, sizeof(fast_open)));
	if (at.ss_family == AF_INET6)
		noting(setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no)));
	noting(bind(listener, (struct sockaddr *)&at, length));
	noting(listen(listener, 4096));
	return 0;
}

/* Adds `how_many` connections (or what is on the way to be one); those that fail at once are not kept. */
static long open_connections(char **words, int type)
{
	struct sockaddr_storage to;
	socklen_t length = address(&to, words[0], words[1]);
	int before = count;

	for (int i = atoi(words[2]); i > 0; i--) {
		int fd = socket(to.ss_family, type, 0);

		if (connect(fd, (struct sockaddr *)&to, length) && errno != EINPROGRESS) {
			last_error = errno;
			close(fd);
		} else {
			connections[count++] = fd;
		}
	}
	return count - before;
}

/* connect ADDRESS PORT COUNT: answers how many got connected */
static long do_connect(char **words)
{
	return open_connections(words, SOCK_STREAM);
}

/* dial ADDRESS PORT COUNT: begins to connect, and does not wait */
static long do_dial(char **words)
{
	return open_connections(words, SOCK_STREAM | SOCK_NONBLOCK);
}

/* dialled: waits for what dial began; answers how many got connected, which are kept */
static long do_dialled(char **words)
{
	int dialled = count;

	count = 0;
	for (int i = 0; i < dialled; i++) {
		struct pollfd one = { .fd = connections[i], .events = POLLOUT };
		int error = 0;
		socklen_t length = sizeof(error);

		poll(&one, 1, -1);
		getsockopt(one.fd, SOL_SOCKET, SO_ERROR, &error, &length);
		if (error) {
			last_error = error;
			close(one.fd);
		} else {
			fcntl(one.fd, F_SETFL, 0);
			connections[count++] = one.fd;
		}
	}
	return count;
}

/* meet-itself PORT: a socket that connects to its own address, so that SYN crosses SYN */
static long do_meet_itself(char **words)
{
	struct sockaddr_storage own;
	socklen_t length = address(&own, "127.0.0.1", words[0]);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	noting(bind(fd, (struct sockaddr *)&own, length));
	noting(connect(fd, (struct sockaddr *)&own, length));
	connections[count++] = fd;
	return 1;
}

/* fast-open ADDRESS PORT BYTES: a connection whose SYN carries data */
static long do_fast_open(char **words)
{
	struct sockaddr_storage to;
	socklen_t length = address(&to, words[0], words[1]);
	int fd = socket(to.ss_family, SOCK_STREAM, 0);
	long sent = sendto(fd, buffer, atol(words[2]), MSG_FASTOPEN, (struct sockaddr *)&to, length);

	noting(sent);
	connections[count++] = fd;
	return sent;
}

/* visit ADDRESS PORT COUNT: connects and closes, one after the other */
static long do_visit(char **words)
{
	struct sockaddr_storage to;
	socklen_t length = address(&to, words[0], words[1]);
	long connected = 0;

	for (int i = atoi(words[2]); i > 0; i--) {
		int fd = socket(to.ss_family, SOCK_STREAM, 0);
		int result = connect(fd, (struct sockaddr *)&to, length);

		noting(result);
		connected += result == 0;
		close(fd);
	}
	return connected;
}

/* As most servers do, it asks who calls. */
static int accept_next(void)
{
	struct sockaddr_storage caller;
	socklen_t size = sizeof(caller);

	return accept4(listener, (struct sockaddr *)&caller, &size, SOCK_CLOEXEC);
}

/* host COUNT: accepts, waits for the visitor to leave, closes */
static long do_host(char **words)
{
	long hosted = 0;

	for (int i = atoi(words[0]); i > 0; i--, hosted++) {
		int fd = accept_next();

		noting(fd);
		noting(read(fd, buffer, sizeof(buffer)));
		close(fd);
	}
	return hosted;
}

static long accept_all(long how_many, int (*next)(void))
{
	for (long i = 0; i < how_many; i++) {
		int fd = next();

		noting(fd);
		connections[count++] = fd;
	}
	return how_many;
}

/* accept4 COUNT */
static long do_accept4(char **words)
{
	return accept_all(atol(words[0]), accept_next);
}

static int accept_old(void)
{
	struct sockaddr_storage caller;
	socklen_t size = sizeof(caller);

	return accept(listener, (struct sockaddr *)&caller, &size);
}

/* accept COUNT: by the older system call */
static long do_accept(char **words)
{
	return accept_all(atol(words[0]), accept_old);
}

static int accept_anybody(void)
{
	return accept4(listener, NULL, NULL, SOCK_CLOEXEC);
}

/* accept-anybody COUNT: without asking who calls */
static long do_accept_anybody(char **words)
{
	return accept_all(atol(words[0]), accept_anybody);
}

/* accept-uring COUNT: without the system call */
static long do_accept_uring(char **words)
{
	struct io_uring_params p = { 0 };
	int ring = syscall(SYS_io_uring_setup, 1, &p);
	char *sq = mmap(NULL, p.sq_off.array + p.sq_entries * sizeof(unsigned), PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	char *cq = mmap(NULL, p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe), PROT_READ | PROT_WRITE, MAP_SHARED, ring,
			IORING_OFF_CQ_RING);
	struct io_uring_sqe *sqe = mmap(NULL, sizeof(*sqe), PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
	struct io_uring_cqe *cqes = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
	unsigned *submitted = (unsigned *)(sq + p.sq_off.tail), *completed = (unsigned *)(cq + p.cq_off.head);
	long accepted = 0;

	noting(ring);
	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = IORING_OP_ACCEPT;
	sqe->fd = listener;
	for (long i = atol(words[0]); i > 0; i--, accepted++) {
		__atomic_fetch_add(submitted, 1, __ATOMIC_RELEASE);
		noting(syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0));
		connections[count] = cqes[*completed & (p.cq_entries - 1)].res;
		if (connections[count] < 0)
			last_error = -connections[count];
		count++;
		__atomic_fetch_add(completed, 1, __ATOMIC_RELEASE);
	}
	close(ring);
	return accepted;
}

/* send BYTES CHUNK: chunks leave as they are, one by one */
static long do_send(char **words)
{
	long chunk = atol(words[1]), total = 0;
	int yes = 1;

	for (int i = 0; i < count; i++) {
		setsockopt(connections[i], IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
		for (long left = atol(words[0]); left > 0; ) {
			long sent = send(connections[i], buffer, left < chunk ? left : chunk, MSG_NOSIGNAL);

			noting(sent);
			if (sent < 0)
				break;
			left -= sent;
			total += sent;
		}
	}
	return total;
}

static long receive_on_each(long wanted, int flags)
{
	long total = 0;

	for (int i = 0; i < count; i++) {
		for (long left = wanted; left > 0; ) {
			long got = recv(connections[i], buffer, left < (long)sizeof(buffer) ? left : (long)sizeof(buffer), flags);

			noting(got);
			if (got <= 0)
				break;
			left -= got;
			total += got;
		}
	}
	return total;
}

/* receive BYTES: waits for as many, or the end */
static long do_receive(char **words)
{
	return receive_on_each(atol(words[0]), 0);
}

/* arrived BYTES: waits until as many can be read, but leaves them unread */
static long do_arrived(char **words)
{
	return receive_on_each(atol(words[0]), MSG_PEEK | MSG_WAITALL);
}

/* shutdown: nothing more to send */
static long do_shutdown(char **words)
{
	for (int i = 0; i < count; i++)
		noting(shutdown(connections[i], SHUT_WR));
	return count;
}

static long close_all(void)
{
	long closed = count;

	while (count > 0)
		close(connections[--count]);
	return closed;
}

/* close */
static long do_close(char **words)
{
	return close_all();
}

/* reset: closes with SO_LINGER 0 */
static long do_reset(char **words)
{
	struct linger now = { .l_onoff = 1 };

	for (int i = 0; i < count; i++)
		noting(setsockopt(connections[i], SOL_SOCKET, SO_LINGER, &now, sizeof(now)));
	return close_all();
}

/* fork NAME: from here on it is a child of this name that listens to the commands, until it is told to exit */
static long do_fork(char **words)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		prctl(PR_SET_NAME, words[0]);
		return 0;
	}
	close_all(); /* they are the child's now */
	waitpid(child, &status, 0);
	return status;
}

/* exit */
static long do_exit(char **words)
{
	exit(0);
}

static const struct {
	const char *word;
	long (*carry_out)(char **words);
} commands[] = {
	{ "listen", do_listen }, { "connect", do_connect }, { "dial", do_dial }, { "dialled", do_dialled },
	{ "meet-itself", do_meet_itself }, { "fast-open", do_fast_open }, { "visit", do_visit }, { "host", do_host },
	{ "accept4", do_accept4 }, { "accept", do_accept }, { "accept-anybody", do_accept_anybody },
	{ "accept-uring", do_accept_uring }, { "send", do_send }, { "receive", do_receive }, { "arrived", do_arrived },
	{ "shutdown", do_shutdown }, { "close", do_close }, { "reset", do_reset }, { "fork", do_fork }, { "exit", do_exit },
};

/* Byte by byte: what stands behind the line may be for a child. */
static int read_line(char *line, int size)
{
	int length = 0;

	while (length < size - 1 && read(0, line + length, 1) == 1) {
		if (line[length] == '\n') {
			line[length] = 0;
			return 1;
		}
		length++;
	}
	return 0;
}

static void obey(char *line)
{
	char *words[MAX_WORDS] = { 0 };

	for (int i = 0; i < MAX_WORDS && (words[i] = strsep(&line, " ")); i++)
		;
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (strcmp(commands[i].word, words[0]) == 0) {
			last_error = 0;
			long result = commands[i].carry_out(words + 1);
			printf(last_error ? "%ld %s\n" : "%ld\n", result, last_error ? strerrorname_np(last_error) : "");
			fflush(stdout);
			return;
		}
	}
	fprintf(stderr, "no such command: %s\n", words[0]);
	exit(99);
}

int main(void)
{
	char line[256];

	while (read_line(line, sizeof(line)))
		obey(line);
	return 0;
}
