// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls getppid() at a steady rate, as flood.bpf.c counts it.
 *
 *   pace                reads lines "RATE MILLISECONDS" and answers each, when it is done, with the calls made
 */
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

int main(void)
{
	uint64_t rate, millis;

	while (scanf("%lu %lu", &rate, &millis) == 2) {
		uint64_t start = now(), end = start + millis * 1000000, made = 0, t;

		/* Whatever is due by now: at most 100 in one go, so that one late tick is no burst of its own. */
		while ((t = now()) < end) {
			uint64_t due = (t - start) * rate / 1000000000;

			if (due > made + 100)
				start += (due - made - 100) * 1000000000 / rate;
			for (; made < due; made++)
				syscall(SYS_getppid);
		}
		printf("%lu\n", made);
		fflush(stdout);
	}
	return 0;
}
