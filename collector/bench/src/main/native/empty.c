// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel's statistics count for a program that does nothing: the reading of their own clock.
 *
 *   empty OBJECT   prints nanoseconds a run; needs kernel.bpf_stats_enabled
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CALLS 500000

int main(int argc, char **argv)
{
	struct bpf_prog_info before = {}, after = {};
	__u32 size = sizeof(before);
	struct bpf_program *program, *empty;
	struct bpf_object *object;
	struct bpf_link *link;

	if (argc != 2) {
		fprintf(stderr, "usage: %s OBJECT\n", argv[0]);
		return 2;
	}
	object = bpf_object__open(argv[1]);
	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), "empty"));
	empty = bpf_object__find_program_by_name(object, "empty");
	if (!empty || bpf_object__load(object))
		return 1;
	link = bpf_program__attach(empty);
	if (!link || bpf_obj_get_info_by_fd(bpf_program__fd(empty), &before, &size))
		return 1;
	for (int i = 0; i < CALLS; i++)
		syscall(SYS_getppid);
	size = sizeof(after);
	if (bpf_obj_get_info_by_fd(bpf_program__fd(empty), &after, &size) || after.run_cnt == before.run_cnt)
		return 1;
	printf("%.2f\n", (double)(after.run_time_ns - before.run_time_ns) / (after.run_cnt - before.run_cnt));
	bpf_link__destroy(link);
	bpf_object__close(object);
	return 0;
}
