// SPDX-License-Identifier: GPL-2.0-only
/*
 * sched: how long runnable threads waited for a CPU, how long they had it, and who took it away.
 *
 * Context switches are far too many for records: everything is added up here, per workload and CPU.
 *
 * Best with the kernel's own book-keeping (CONFIG_SCHED_INFO, which Debian, RHEL, Ubuntu and the clouds build in): it has
 * the moment a thread became runnable and the moment it got the CPU, so one hook on the switch is enough. Else the
 * wake-ups are hooked too.
 */
#include "event.bpf.h"
#include "hist.bpf.h"

#define LATENCY_SHIFT 9 /* the first bucket ends at 1,024 ns */
#define LATENCY_BUCKETS 24 /* the last one begins at 4.3 s */

enum sched_preemption_kind {
	SCHED_PREEMPTION_SAME, /* by another thread of the same workload */
	SCHED_PREEMPTION_OTHER, /* by another workload */
	SCHED_PREEMPTION_HOST, /* by the kernel's own threads */
	SCHED_PREEMPTION_CAUSES,
};

struct sched_totals_value {
	u64 cpu_ns;
	u64 preemptions[SCHED_PREEMPTION_CAUSES];
	u64 latency_sum_ns;
	u64 latency_buckets[LATENCY_BUCKETS];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 2048); /* probes.sched.max_workloads */
	__type(key, struct workload_key);
	__type(value, struct sched_totals_value);
} sched_totals SEC(".maps");

/* Who has this CPU, and since when: what a thread that has not been switched out yet has used is added from here. */
struct sched_running_value {
	struct workload_key who;
	u64 since_ns; /* 0: idle */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct sched_running_value);
} sched_running SEC(".maps");

/* By thread, when it became runnable: only where the kernel does not keep it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, u32);
	__type(value, u64);
} sched_runnable SEC(".maps");

static const struct sched_totals_value no_totals;

static __always_inline struct sched_totals_value *totals_of(const struct workload_key *who)
{
	struct workload_key key;

	workload_of(who->cgroup_id, who->comm, &key);
	return row_of(&sched_totals, &key, &no_totals);
}

static __always_inline bool idle(const bool typed, struct task_struct *task)
{
	return FOLLOW(typed, task, pid) == 0;
}

static __always_inline void waited(struct sched_totals_value *totals, u64 ns)
{
	ADD(totals->latency_sum_ns, ns);
	ADD(totals->latency_buckets[hist_bucket(ns, LATENCY_SHIFT, LATENCY_BUCKETS)], 1);
}

/*
 * prev leaves the CPU, next gets it; `waited_ns` is next's time in the run queue, 0 where it is not known.
 * What prev had is told by sched_running, so that a switch is accounted once whatever else was running when we came.
 */
static __always_inline void switched(const bool typed, bool preempted, struct task_struct *prev, struct task_struct *next,
				     u64 now, u64 waited_ns)
{
	u32 zero = 0;
	struct sched_running_value *running = bpf_map_lookup_elem(&sched_running, &zero);
	struct sched_totals_value *totals;

	if (!running)
		return;
	if (running->since_ns && !idle(typed, prev)) {
		totals = totals_of(&running->who);
		if (totals) {
			ADD(totals->cpu_ns, now - running->since_ns);
			if (preempted && !idle(typed, next)) {
				struct workload_key before = running->who;
				u32 cause = SCHED_PREEMPTION_OTHER;

				task_identity(typed, next, &running->who);
				if (FOLLOW(typed, next, flags) & PF_KTHREAD)
					cause = SCHED_PREEMPTION_HOST;
				else if (before.cgroup_id == running->who.cgroup_id)
					cause = SCHED_PREEMPTION_SAME;
				ADD(totals->preemptions[cause], 1);
			}
		}
	}
	if (idle(typed, next)) {
		running->since_ns = 0;
		return;
	}
	task_identity(typed, next, &running->who);
	running->since_ns = now;
	if (!waited_ns)
		return;
	totals = totals_of(&running->who);
	if (totals)
		waited(totals, waited_ns);
}

/*
 * sched_info's stamps are taken from the run queue's clock, so the wait is measured against the same clock. The per-CPU
 * symbol `runqueues` is hidden where CONFIG_KALLSYMS_ALL is off; the thread's own queue leads to it everywhere. The
 * clock can stand still between two looks, hence the 1: a wait too short to be measured is a wait all the same.
 */
static __always_inline int switched_by_sched_info(const bool typed, bool preempted, struct task_struct *prev,
						  struct task_struct *next)
{
	struct cfs_rq *cfs_rq = FOLLOW(typed, next, se.cfs_rq);
	struct rq *rq = FOLLOW(typed, cfs_rq, rq);
	u64 clock = FOLLOW(typed, rq, clock);
	u64 queued = FOLLOW(typed, next, sched_info.last_queued);
	u64 waited_ns = 0;

	if (queued)
		waited_ns = clock > queued ? clock - queued : 1;
	switched(typed, preempted, prev, next, bpf_ktime_get_ns(), waited_ns);
	return 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(switch_info_tp_btf, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	return switched_by_sched_info(true, preempt, prev, next);
}

SEC("raw_tp/sched_switch")
int BPF_PROG(switch_info_raw_tp, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	return switched_by_sched_info(false, preempt, prev, next);
}

/* Without sched_info. */
static __always_inline int runnable(const bool typed, struct task_struct *task)
{
	u32 pid = FOLLOW(typed, task, pid);
	u64 now = bpf_ktime_get_ns();

	if (pid && bpf_map_update_elem(&sched_runnable, &pid, &now, BPF_ANY))
		count_map_full();
	return 0;
}

static __always_inline int switched_by_wakeups(const bool typed, bool preempted, struct task_struct *prev,
					       struct task_struct *next)
{
	u32 pid = FOLLOW(typed, next, pid);
	u64 now = bpf_ktime_get_ns(), waited_ns = 0;
	u64 *since = bpf_map_lookup_elem(&sched_runnable, &pid);

	if (since) {
		waited_ns = now > *since ? now - *since : 1;
		bpf_map_delete_elem(&sched_runnable, &pid);
	}
	/* Who is preempted goes back to the queue without a wake-up. */
	if (preempted)
		runnable(typed, prev);
	switched(typed, preempted, prev, next, now, waited_ns);
	return 0;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(wakeup_tp_btf, struct task_struct *task)
{
	return runnable(true, task);
}

SEC("tp_btf/sched_wakeup_new")
int BPF_PROG(wakeup_new_tp_btf, struct task_struct *task)
{
	return runnable(true, task);
}

SEC("tp_btf/sched_switch")
int BPF_PROG(switch_wakeups_tp_btf, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	return switched_by_wakeups(true, preempt, prev, next);
}

SEC("raw_tp/sched_wakeup")
int BPF_PROG(wakeup_raw_tp, struct task_struct *task)
{
	return runnable(false, task);
}

SEC("raw_tp/sched_wakeup_new")
int BPF_PROG(wakeup_new_raw_tp, struct task_struct *task)
{
	return runnable(false, task);
}

SEC("raw_tp/sched_switch")
int BPF_PROG(switch_wakeups_raw_tp, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	return switched_by_wakeups(false, preempt, prev, next);
}

char LICENSE[] SEC("license") = "GPL";
