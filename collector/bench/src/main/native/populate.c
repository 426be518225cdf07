// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes containers' cgroups and has a process live in each: it connects, is answered, becomes another program and ends.
 *
 *   populate PORT < DIRECTORIES   a line each; prints "ready" when all have lived, and removes them at the end of a second input line "-"
 *
 * PORT is its own server's, on 127.0.0.1.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_in address = { .sin_family = AF_INET };

static int serve(void)
{
	int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
	struct timeval patience = { .tv_sec = 30 };

	setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)); /* for accept(): a child may fail before it connects */
	if (server < 0 || bind(server, (struct sockaddr *)&address, sizeof(address)) || listen(server, 128)) {
		perror("populate: listen");
		exit(1);
	}
	return server;
}

static void live_in(const char *directory)
{
	char path[PATH_MAX + 16], answer[16];
	int procs, peer = socket(AF_INET, SOCK_STREAM, 0);

	snprintf(path, sizeof(path), "%s/cgroup.procs", directory);
	procs = open(path, O_WRONLY);
	if (procs < 0 || write(procs, "0", 1) != 1 || connect(peer, (struct sockaddr *)&address, sizeof(address)) ||
	    write(peer, "hello", 5) != 5 || read(peer, answer, sizeof(answer)) <= 0) {
		perror(directory);
		_exit(1);
	}
	close(peer);
	execl("/bin/true", "true", NULL);
	_exit(1);
}

int main(int argc, char **argv)
{
	char **made = NULL, line[PATH_MAX], hello[16];
	size_t count = 0;
	int server, status;

	if (argc != 2) {
		fprintf(stderr, "usage: %s PORT < DIRECTORIES\n", argv[0]);
		return 2;
	}
	address.sin_port = htons(atoi(argv[1]));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server = serve();
	while (fgets(line, sizeof(line), stdin) && strcmp(line, "-\n")) {
		struct sockaddr_in caller;
		socklen_t size = sizeof(caller);
		pid_t child;
		int peer;

		line[strcspn(line, "\n")] = 0;
		if (mkdir(line, 0755)) {
			perror(line);
			return 1;
		}
		made = realloc(made, (count + 1) * sizeof(*made));
		made[count++] = strdup(line);
		child = fork();
		if (!child)
			live_in(line);
		peer = accept(server, (struct sockaddr *)&caller, &size);
		if (peer < 0)
			fprintf(stderr, "populate: nobody connected: directory=%s\n", line);
		else if (read(peer, hello, sizeof(hello)) > 0 && write(peer, "hi", 2) != 2)
			perror("populate: answer");
		waitpid(child, &status, 0);
		close(peer);
		if (status) {
			fprintf(stderr, "populate: a process failed: directory=%s, status=%d\n", line, status);
			return 1;
		}
	}
	puts("ready");
	fflush(stdout);
	(void)!fgets(line, sizeof(line), stdin);
	while (count > 0)
		rmdir(made[--count]);
	return 0;
}
