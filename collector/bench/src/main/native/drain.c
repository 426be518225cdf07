// SPDX-License-Identifier: GPL-2.0-only
/*
 * The yardsticks of the drain benchmark: libbpf's own consumer, and the bound, a bare loop over the same mapping that
 * publishes its position once.
 *
 *   drain OBJECT PROGRAM RECORD_BYTES RING_BYTES ROUNDS   prints "libbpf NS" and "bound NS", nanoseconds of CPU time a record, a
 * line a round
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define HEADER 8
#define BUSY (1u << 31)

static uint64_t seen, sum;
static uint32_t ring_bytes;

static int on_record(void *context, void *data, size_t size)
{
	seen++;
	sum += *(uint64_t *)data;
	return 0;
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void fill(unsigned int records)
{
	for (unsigned int i = 0; i < records; i++)
		syscall(SYS_getppid);
}

static uint64_t drain_bare(uint64_t *consumer, uint64_t *producer, unsigned char *data)
{
	uint64_t position = *consumer, end = __atomic_load_n(producer, __ATOMIC_ACQUIRE), records = 0;

	while (position < end) {
		unsigned char *record = data + (position & (ring_bytes - 1));
		uint32_t length = __atomic_load_n((uint32_t *)record, __ATOMIC_ACQUIRE);

		if (length & BUSY)
			break;
		sum += *(uint64_t *)(record + HEADER);
		position += (length + HEADER + 7) & ~7u;
		records++;
	}
	__atomic_store_n(consumer, position, __ATOMIC_RELEASE);
	return records;
}

int main(int argc, char **argv)
{
	if (argc != 6) {
		fprintf(stderr, "usage: %s OBJECT PROGRAM RECORD_BYTES RING_BYTES ROUNDS\n", argv[0]);
		return 2;
	}
	unsigned int bytes = atoi(argv[3]), records;
	struct bpf_object *object = bpf_object__open(argv[1]);
	struct bpf_program *program;
	uint32_t thread = syscall(SYS_gettid);
	size_t size;

	ring_bytes = atoi(argv[4]);
	records = ring_bytes / (bytes + HEADER) * 9 / 10;
	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), argv[2]));
	struct bpf_map *constants = bpf_object__find_map_by_name(object, ".rodata");

	memcpy((void *)bpf_map__initial_value(constants, &size), &thread, sizeof(thread));
	bpf_map__set_max_entries(bpf_object__find_map_by_name(object, "events"), ring_bytes);
	if (bpf_object__load(object))
		return 1;
	struct bpf_link *link = bpf_program__attach(bpf_object__find_program_by_name(object, argv[2]));
	int ring = bpf_object__find_map_fd_by_name(object, "events");
	struct ring_buffer *libbpf = ring_buffer__new(ring, on_record, NULL, NULL);
	long page = sysconf(_SC_PAGESIZE);
	uint64_t *consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, ring, 0);
	unsigned char *rest = mmap(NULL, page + 2ul * ring_bytes, PROT_READ, MAP_SHARED, ring, page);

	if (!link || !libbpf || consumer == MAP_FAILED || rest == MAP_FAILED)
		return 1;
	for (int round = 0; round < atoi(argv[5]); round++) {
		fill(records);
		seen = 0;
		uint64_t start = now();

		ring_buffer__consume(libbpf);
		printf("libbpf %.2f\n", (double)(now() - start) / (seen ? seen : 1));
		fill(records);
		start = now();
		uint64_t drained = drain_bare(consumer, (uint64_t *)rest, rest + page);

		printf("bound %.2f\n", (double)(now() - start) / (drained ? drained : 1));
		fflush(stdout);
	}
	fprintf(stderr, "checksum %lu\n", sum);
	bpf_link__destroy(link);
	ring_buffer__free(libbpf);
	bpf_object__close(object);
	return 0;
}
