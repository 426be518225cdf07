/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The way out of the kernel for what happens once per thing that a person would name: one ring per probe, and beside
 * it the counters that make every loss a number.
 */
#pragma once

#include "cost.bpf.h"
#include "workload.bpf.h"

/* First member of every record, so that the collector can say whose it is before it knows what it is. */
struct event_header {
	u64 time_ns; /* CLOCK_MONOTONIC */
	u64 cgroup_id;
	char comm[TASK_COMM_LEN];
	u32 tgid;
	u32 kind;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096); /* probes.<name>.ring_bytes; a probe without records keeps this page */
} events SEC(".maps");

/* Fill, in bytes and a power of two, at whose multiples the reader is woken; below it, the reader comes by timer. */
const volatile u64 wakeup_bytes = 1 << 18;

struct ring_counters_value {
	u64 produced; /* records that a hook wanted to write, counted before the reserve */
	u64 reserve_failed; /* of these, found no room */
	u64 map_full; /* updates of a map that had no room for another key */
	u64 taken_over; /* runs that the kernel left out, and another program made good */
	u64 held_back; /* records that a hook left out, because this second has had enough of them; not in produced */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct ring_counters_value);
} ring_counters SEC(".maps");

/*
 * Atomic although per CPU: a hook in process context can be interrupted by the same CPU's softirq, and
 * produced = exported + lost has to hold exactly.
 */
#define ADD(counter, n) __sync_fetch_and_add(&(counter), (n))

/* A load or a store that takes place just here: of what another CPU, or who interrupts, may read or write. */
#define ONCE(x) (*(volatile typeof(x) *)&(x))

static __always_inline struct ring_counters_value *ring_counters_here(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&ring_counters, &zero);
}

static __always_inline void count_map_full(void)
{
	struct ring_counters_value *counters = ring_counters_here();

	if (counters)
		ADD(counters->map_full, 1);
}

/* Room for a record, or NULL; either way it has been counted. Never call bpf_ringbuf_reserve() past this. */
static __always_inline void *event_reserve(u64 size)
{
	struct ring_counters_value *counters = ring_counters_here();
	void *record;

	if (!counters)
		return NULL;
	ADD(counters->produced, 1);
	record = bpf_ringbuf_reserve(&events, size, 0);
	if (!record)
		ADD(counters->reserve_failed, 1);
	return record;
}

/*
 * A wake-up costs the application two orders of magnitude more than the record: it happens only when this record
 * takes the fill past a multiple of wakeup_bytes. Missing one (two CPUs racing past it) costs nothing but delay: the
 * reader's timer comes anyway.
 */
static __always_inline void event_submit(void *record, u64 size)
{
	u64 fill = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);
	bool crossed = (fill ^ (fill - size)) & ~(wakeup_bytes - 1);

	bpf_ringbuf_submit(record, crossed ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
}

static __always_inline void header_set(struct event_header *header, const struct workload_key *who, u32 tgid, u32 kind)
{
	header->time_ns = bpf_ktime_get_ns();
	header->cgroup_id = who->cgroup_id;
	__builtin_memcpy(header->comm, who->comm, sizeof(header->comm));
	header->tgid = tgid;
	header->kind = kind;
}

/* The row of a per-CPU map, made at first sight; NULL when the map is full, which is counted. */
static __always_inline void *row_of(void *map, const void *key, const void *zero)
{
	void *row = bpf_map_lookup_elem(map, key);

	if (row)
		return row;
	bpf_map_update_elem(map, key, zero, BPF_NOEXIST);
	row = bpf_map_lookup_elem(map, key);
	if (!row)
		count_map_full();
	return row;
}
