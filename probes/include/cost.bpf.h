/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What each program costs, by its own clock. The kernel would measure it as well (BPF_ENABLE_STATS), but each run, which
 * takes as long again as a short program, and for CAP_SYS_ADMIN. Here every run is counted, and one of many is timed.
 */
#pragma once

#include "kernel.bpf.h"

#define PROGRAM_NAME_LENGTH 32
#define PROGRAMS 24

/* A program that seldom runs is timed each time. */
#define TIMED_FIRST 64
/* A prime: hooks are called in patterns (a connection's states), and each step has to have its turn. */
#define TIMED_EVERY 61

/* No run takes longer by itself: it was interrupted, or the CPU was another guest's. */
#define TIMED_MOST_NS 50000

struct program_cost_value {
	char program[PROGRAM_NAME_LENGTH]; /* as in this source; empty: has not run */
	u64 runs;
	u64 run_ns; /* of all runs: each that is timed stands for those since the one before */
	u64 timed; /* the last run that was */
};

/* By the place of its METERED() in the source. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PROGRAMS);
	__type(key, u32);
	__type(value, struct program_cost_value);
} program_costs SEC(".maps");

/*
 * When the run began; 0 if it is not timed. A look at the clock takes as long as some programs, and a run that is not timed
 * does without: so the run begins later by what one took just before. Plain additions: who interrupts a run can cost it a
 * count, which is all.
 */
static __always_inline u64 metering(struct program_cost_value *cost)
{
	u64 run = ++cost->runs;
	u64 looked_ns, began_ns;

	if (run > TIMED_FIRST && run - cost->timed < TIMED_EVERY)
		return 0;
	looked_ns = bpf_ktime_get_ns();
	began_ns = bpf_ktime_get_ns();
	return began_ns + (began_ns - looked_ns);
}

static __always_inline void metered(struct program_cost_value *cost, u64 began_ns, const char *program, u64 length)
{
	s64 took_ns = bpf_ktime_get_ns() - began_ns;

	if (took_ns < 0)
		took_ns = 0; /* interrupted between the first two looks */
	if (took_ns > TIMED_MOST_NS)
		took_ns = TIMED_MOST_NS;
	cost->run_ns += took_ns * (cost->runs - cost->timed);
	cost->timed = cost->runs;
	__builtin_memcpy(cost->program, program, length); /* of a literal: some stores of constants */
}

/* The whole of a program: METERED(its name, what it does). */
#define METERED(name, body)                                                                      \
	({                                                                                       \
		u32 place_ = __COUNTER__;                                                        \
		struct program_cost_value *cost_ = bpf_map_lookup_elem(&program_costs, &place_); \
		u64 began_ = cost_ ? metering(cost_) : 0;                                        \
		int result_ = (body);                                                            \
		_Static_assert(sizeof(#name) <= PROGRAM_NAME_LENGTH, "a program's name");        \
		if (cost_ && began_)                                                             \
			metered(cost_, began_, #name, sizeof(#name));                            \
		result_;                                                                         \
	})
