// SPDX-License-Identifier: GPL-2.0-only
/*
 * Connections over the loopback at a steady rate, both ends in this process: each is opened, and closed by its server.
 *
 *   connect             reads lines "RATE MILLISECONDS" and answers each, when it is done, with the connections made
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void *serve(void *listener)
{
	struct sockaddr_in caller;
	socklen_t size = sizeof(caller);
	int end;

	while ((end = accept(*(int *)listener, (struct sockaddr *)&caller, &size)) >= 0)
		close(end);
	fail("accept");
	return NULL;
}

static void visit(const struct sockaddr_in *server)
{
	int end = socket(AF_INET, SOCK_STREAM, 0);
	char byte;

	if (end < 0 || connect(end, (const struct sockaddr *)server, sizeof(*server)))
		fail("connect");
	if (read(end, &byte, 1) != 0)
		fail("read");
	close(end);
}

int main(void)
{
	struct sockaddr_in server = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(server);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	uint64_t rate, millis;
	pthread_t thread;

	if (listener < 0 || bind(listener, (struct sockaddr *)&server, length) || listen(listener, 4096) ||
	    getsockname(listener, (struct sockaddr *)&server, &length))
		fail("listen");
	if (pthread_create(&thread, NULL, serve, &listener))
		fail("pthread_create");
	while (scanf("%lu %lu", &rate, &millis) == 2) {
		uint64_t start = now(), end = start + millis * 1000000, made = 0, t;

		while ((t = now()) < end) {
			/* What is due by now, and then a rest: the CPU is wanted by others. */
			for (uint64_t due = (t - start) * rate / 1000000000; made < due && now() < end; made++)
				visit(&server);
			usleep(500);
		}
		printf("%lu\n", made);
		fflush(stdout);
	}
	return 0;
}
