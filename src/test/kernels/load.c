// Makes a known load in a guest: `load COMMAND ARGUMENT...`, each command a thing to be counted. It is called through
// links, one per check, so that each check has a command name, and with it a workload, of its own.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static _Noreturn void fail(const char *what)
{
	perror(what);
	exit(99);
}

static int number(const char *text)
{
	return atoi(text);
}

struct address {
	struct sockaddr_storage storage;
	socklen_t length;
};

/* The loopback address, port 0, as "v4", "v6" or "mapped" (IPv4 through an IPv6 socket, as the JVM does it). */
static struct address loopback(const char *family)
{
	struct address a = {};
	struct sockaddr_in *v4 = (struct sockaddr_in *)&a.storage;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&a.storage;

	if (!strcmp(family, "v4")) {
		v4->sin_family = AF_INET;
		v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		a.length = sizeof(*v4);
	} else {
		v6->sin6_family = AF_INET6;
		inet_pton(AF_INET6, !strcmp(family, "mapped") ? "::ffff:127.0.0.1" : "::1", &v6->sin6_addr);
		a.length = sizeof(*v6);
	}
	return a;
}

static int new_socket(const struct address *a, int flags)
{
	int fd = socket(a->storage.ss_family, SOCK_STREAM | flags, 0);

	if (fd < 0)
		fail("socket");
	return fd;
}

/* Binds to a free port and leaves the whole address in `a`. */
static int bound(struct address *a)
{
	int fd = new_socket(a, 0);

	if (bind(fd, (struct sockaddr *)&a->storage, a->length))
		fail("bind");
	if (getsockname(fd, (struct sockaddr *)&a->storage, &a->length))
		fail("getsockname");
	return fd;
}

static int listening(struct address *a)
{
	int fd = bound(a);

	if (listen(fd, 64))
		fail("listen");
	return fd;
}

struct pair {
	int client, server;
};

static struct pair connected(int listener, const struct address *a)
{
	struct pair p = { .client = new_socket(a, 0) };
	struct sockaddr_storage caller;
	socklen_t size = sizeof(caller);

	if (connect(p.client, (struct sockaddr *)&a->storage, a->length))
		fail("connect");
	p.server = accept(listener, (struct sockaddr *)&caller, &size);
	if (p.server < 0)
		fail("accept");
	return p;
}

static void carry(struct pair p, int bytes)
{
	static char data[16384];

	while (bytes > 0) {
		int size = bytes < (int)sizeof(data) ? bytes : (int)sizeof(data), got = 0;

		if (write(p.client, data, size) != size)
			fail("write");
		while (got < size) {
			int n = read(p.server, data, sizeof(data));

			if (n <= 0)
				fail("read");
			got += n;
		}
		bytes -= size;
	}
}

/* FAMILY COUNT BYTES: connections one after the other, each carrying BYTES from client to server. */
static void do_connect(char **args)
{
	struct address a = loopback(args[0]);
	int listener = listening(&a);

	for (int i = 0; i < number(args[1]); i++) {
		struct pair p = connected(listener, &a);
		char end;

		carry(p, number(args[2]));
		close(p.client);
		if (read(p.server, &end, 1) != 0)
			fail("end of connection");
		close(p.server);
	}
}

/* FAMILY COUNT BYTES: as connect, but the connections stay open until SIGTERM. */
static void do_hold(char **args)
{
	struct address a = loopback(args[0]);
	int listener = listening(&a), signal;
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	for (int i = 0; i < number(args[1]); i++)
		carry(connected(listener, &a), number(args[2]));
	puts("holding");
	fflush(stdout);
	sigwait(&term, &signal);
}

/* COUNT: connections to a port where nobody listens. */
static void do_refuse(char **args)
{
	struct address a = loopback("v4");

	bound(&a);
	for (int i = 0; i < number(args[0]); i++) {
		int fd = new_socket(&a, 0);

		if (!connect(fd, (struct sockaddr *)&a.storage, a.length) || errno != ECONNREFUSED)
			fail("not refused");
		close(fd);
	}
}

/* COUNT: connections that the client ends by a reset. */
static void do_reset(char **args)
{
	struct address a = loopback("v4");
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	int listener = listening(&a);

	for (int i = 0; i < number(args[0]); i++) {
		struct pair p = connected(listener, &a);
		char end;

		setsockopt(p.client, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
		close(p.client);
		if (read(p.server, &end, 1) != -1 || errno != ECONNRESET)
			fail("not reset");
		close(p.server);
	}
}

/* COUNT timeout|abort: connections that nothing answers, waited for until they time out, or given up at once. */
static void do_unanswered(char **args)
{
	struct address a = loopback("v4");
	int count = number(args[0]), fds[count], error;
	socklen_t length = sizeof(error);

	bound(&a);
	for (int i = 0; i < count; i++) {
		fds[i] = new_socket(&a, SOCK_NONBLOCK);
		if (!connect(fds[i], (struct sockaddr *)&a.storage, a.length) || errno != EINPROGRESS)
			fail("answered");
	}
	for (int i = 0; i < count; i++) {
		if (!strcmp(args[1], "timeout")) {
			/* Blocking, the second call waits for the first one's end. */
			fcntl(fds[i], F_SETFL, 0);
			if (!connect(fds[i], (struct sockaddr *)&a.storage, a.length))
				fail("answered");
			getsockopt(fds[i], SOL_SOCKET, SO_ERROR, &error, &length);
		}
		close(fds[i]);
	}
}

static void wait_for(pid_t child)
{
	if (child < 0 || waitpid(child, NULL, 0) != child)
		fail("child");
}

/* COUNT FILE: starts the program. */
static void do_exec(char **args)
{
	for (int i = 0; i < number(args[0]); i++) {
		pid_t child = fork();

		if (!child) {
			execl(args[1], args[1], NULL);
			fail(args[1]);
		}
		wait_for(child);
	}
}

/* COUNT CODE: processes that exit. */
static void do_exit(char **args)
{
	for (int i = 0; i < number(args[0]); i++) {
		pid_t child = fork();

		if (!child)
			_exit(number(args[1]));
		wait_for(child);
	}
}

/* COUNT SIGNAL: processes that a signal ends. */
static void do_kill(char **args)
{
	for (int i = 0; i < number(args[0]); i++) {
		pid_t child = fork();

		if (!child) {
			kill(getpid(), number(args[1]));
			pause();
		}
		wait_for(child);
	}
}

/* A child that is in the cgroup from its first moment: one that is moved there takes what is left of a turn along. */
static pid_t fork_into(const char *cgroup)
{
	struct clone_args args = { .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD };
	int fd = open(cgroup, O_RDONLY | O_DIRECTORY);
	pid_t child;

	if (fd < 0)
		fail(cgroup);
	args.cgroup = fd;
	child = syscall(SYS_clone3, &args, sizeof(args));
	if (child < 0)
		fail("clone3");
	close(fd);
	return child;
}

static _Noreturn void spin(int milliseconds)
{
	struct timespec used;
	cpu_set_t first;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	sched_setaffinity(0, sizeof(first), &first);
	do {
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	} while (used.tv_sec * 1000 + used.tv_nsec / 1000000 < milliseconds);
	_exit(0);
}

/* Waits for a child's end, then says what the kernel says of its whole life: the three numbers of /proc/PID/schedstat
 * (nanoseconds on a CPU, nanoseconds waited, turns), and involuntary switches. */
static void account_for(pid_t child)
{
	unsigned long long cpu, waited, turns;
	char path[64];
	struct rusage usage;
	siginfo_t end;
	FILE *schedstat;

	if (waitid(P_PID, child, &end, WEXITED | WNOWAIT))
		fail("waitid");
	snprintf(path, sizeof(path), "/proc/%d/schedstat", child);
	schedstat = fopen(path, "r");
	if (!schedstat || fscanf(schedstat, "%llu %llu %llu", &cpu, &waited, &turns) != 3)
		fail(path);
	fclose(schedstat);
	if (wait4(child, NULL, 0, &usage) != child)
		fail("wait4");
	printf("%llu %llu %llu %ld\n", cpu, waited, turns, usage.ru_nivcsw);
}

/* COUNT MILLISECONDS CGROUP: processes in that cgroup that all keep the same CPU busy for so long. */
static void do_spin(char **args)
{
	int count = number(args[0]);
	pid_t children[count];

	for (int i = 0; i < count; i++) {
		children[i] = fork_into(args[2]);
		if (!children[i])
			spin(number(args[1]));
	}
	for (int i = 0; i < count; i++)
		account_for(children[i]);
}

/* No arguments: takes memory until it is killed. */
static void do_hog(char **args)
{
	static char *volatile memory; /* volatile: what nobody reads need not be written either */

	(void)args;
	for (;;) {
		memory = malloc(1 << 20);
		if (!memory)
			fail("memory");
		memset(memory, 1, 1 << 20);
	}
}

/* CAPABILITY COMMAND ARGUMENT...: runs it without that capability, which is a number here. */
static void do_without(char **args)
{
	if (prctl(PR_CAPBSET_DROP, number(args[0]), 0, 0, 0))
		fail("prctl");
	execvp(args[1], args + 1);
	fail(args[1]);
}

static long long nanoseconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static void print_wall_clock(void)
{
	char date[32];
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", gmtime(&t.tv_sec));
	printf("%s.%09ld\n", date, t.tv_nsec);
}

/* FAMILY COUNT: as connect, between two looks at the wall clock, which it prints. */
static void do_stamped(char **args)
{
	char *words[] = { args[0], args[1], "100" };

	print_wall_clock();
	do_connect(words);
	print_wall_clock();
}

/* NANOSECONDS: by how many of them this is not what the wall clock is ahead of CLOCK_MONOTONIC, and how far off that may be. */
static void do_clock(char **args)
{
	long long closest = 1ll << 62, ahead = 0;

	for (int tries = 0; tries < 10000; tries++) {
		long long before = nanoseconds(CLOCK_MONOTONIC), now = nanoseconds(CLOCK_REALTIME);
		long long gap = nanoseconds(CLOCK_MONOTONIC) - before;

		if (gap < closest) {
			closest = gap;
			ahead = now - before - gap / 2;
		}
	}
	printf("%lld %lld\n", llabs(ahead - atoll(args[0])), closest / 2 + 1);
}

/* TICK: from now on a second is TICK / 10000 of one, as NTP does it only much less. Prints how many thousandths fast the
 * clocks have run since, by the hardware's. */
static void do_slew(char **args)
{
	struct timex slew = { .modes = ADJ_TICK, .tick = number(args[0]) };
	long long began, raw;

	if (adjtimex(&slew) < 0)
		fail("adjtimex");
	usleep(200000); /* the next tick takes it over */
	began = nanoseconds(CLOCK_MONOTONIC), raw = nanoseconds(CLOCK_MONOTONIC_RAW);
	usleep(500000);
	printf("%lld\n", (nanoseconds(CLOCK_MONOTONIC) - began) * 1000 / (nanoseconds(CLOCK_MONOTONIC_RAW) - raw) - 1000);
}

#define ANY -1

static const struct command {
	const char *name;
	int arguments;
	void (*run)(char **args);
} commands[] = {
	{ "connect", 3, do_connect }, { "hold", 3, do_hold }, { "refuse", 1, do_refuse }, { "reset", 1, do_reset },
	{ "unanswered", 2, do_unanswered }, { "exec", 2, do_exec }, { "exit", 2, do_exit }, { "kill", 2, do_kill },
	{ "spin", 3, do_spin }, { "hog", 0, do_hog },
	{ "without", ANY, do_without }, { "stamped", 2, do_stamped }, { "clock", 1, do_clock }, { "slew", 1, do_slew },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(*commands); i++) {
		if (!strcmp(argv[1], commands[i].name) && (argc - 2 == commands[i].arguments || commands[i].arguments == ANY)) {
			commands[i].run(argv + 2);
			return 0;
		}
	}
	fprintf(stderr, "load: no such command, or not its number of arguments: %s\n", argc > 1 ? argv[1] : "");
	return 98;
}
