/* Some of this works on every kernel and some on none. */
#include "event.bpf.h"

struct partly_totals_value {
	u64 one, other;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 8);
	__type(key, struct workload_key);
	__type(value, struct partly_totals_value);
} totals SEC(".maps");

struct partly_event {
	struct event_header header;
};

SEC("raw_tp/sched_process_exit")
int works(void *ctx)
{
	struct partly_event *e = event_reserve(sizeof(*e));
	struct workload_key who;

	if (!e)
		return 0;
	kernel_workload(&who);
	header_set(&e->header, &who, 1, 1);
	event_submit(e, sizeof(*e));
	return 0;
}

SEC("tp_btf/ringside_no_such_hook")
int gone_tp_btf(void *ctx)
{
	return 0;
}

SEC("raw_tp/ringside_no_such_hook")
int gone_raw_tp(void *ctx)
{
	return 0;
}

SEC("tp/sched/ringside_no_such_hook")
int gone_tp(void *ctx)
{
	return 0;
}

SEC("raw_tp/sched_process_exit")
int trusts_a_number(u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0]; /* of no type, here */

	return *(volatile int *)&task->pid;
}

char LICENSE[] SEC("license") = "GPL";
