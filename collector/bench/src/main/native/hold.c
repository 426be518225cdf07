// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holds connections to itself open, over as many processes as the limit of open files asks for, each at an address of its own.
 *
 *   hold COUNT   prints "ready" when they are open; they are closed when its input ends
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST 20000 /* of one address: ephemeral ports are 28,000 by default */

/* Says so on `said` when they are open, and ends when nobody has `until` open for writing any more. */
static int hold(int number, int count, int said, int until)
{
	struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + number) };
	int server = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t length = sizeof(own), size = sizeof(own);
	struct sockaddr_in caller;
	char nothing;

	if (bind(server, (struct sockaddr *)&own, length) || listen(server, 128) || getsockname(server, (struct sockaddr *)&own, &length)) {
		perror("hold: server");
		return 1;
	}
	for (int i = 0; i < count; i++) {
		int peer = socket(AF_INET, SOCK_STREAM, 0);

		if (connect(peer, (struct sockaddr *)&own, sizeof(own)) || accept(server, (struct sockaddr *)&caller, &size) < 0) {
			perror("hold: connection");
			return 1;
		}
	}
	if (write(said, "", 1) != 1)
		return 1;
	return read(until, &nothing, 1) != 0;
}

int main(int argc, char **argv)
{
	int count = argc == 2 ? atoi(argv[1]) : 0, said[2], until[2], children = 0, each;
	struct rlimit files;
	char answer;

	if (count <= 0 || getrlimit(RLIMIT_NOFILE, &files) || pipe(said) || pipe(until)) {
		fprintf(stderr, "usage: %s COUNT\n", argv[0]);
		return 2;
	}
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	each = files.rlim_cur > 2 * MOST + 64 ? MOST : (files.rlim_cur - 64) / 2;
	for (; count > 0; count -= each, children++) {
		if (!fork()) {
			close(until[1]);
			close(said[0]);
			return hold(children, count < each ? count : each, said[1], until[0]);
		}
	}
	close(said[1]);
	for (int ready = 0; ready < children; ready++) {
		if (read(said[0], &answer, 1) != 1) {
			fprintf(stderr, "hold: a process ended before its connections were open\n");
			return 1;
		}
	}
	puts("ready");
	fflush(stdout);
	while (getchar() != EOF)
		;
	close(until[1]);
	while (wait(NULL) > 0)
		;
	return 0;
}
