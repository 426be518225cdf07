// SPDX-License-Identifier: GPL-2.0-only
/*
 * sched: how long runnable threads waited for a CPU, how long they had it, and who took it away.
 *
 * Context switches are far too many for records: everything is added up here, per workload and CPU. Only a wait that somebody
 * may have felt is told of by itself.
 *
 * Best with the kernel's own book-keeping (CONFIG_SCHED_INFO, which Debian, RHEL, Ubuntu and the clouds build in): it has
 * the moment a thread became runnable and the moment it got the CPU, so one hook on the switch is enough. Else the
 * wake-ups are hooked too.
 */
#include "compat.bpf.h"
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

/* A wait as long as this has a record of its own; 0: none has. */
const volatile u64 long_wait_ms = 50;
/* Of such records, so many a second and CPU; the others are counted only. */
const volatile u64 long_waits_per_second = 20;

enum sched_event_kind { SCHED_EVENT_WAITED = 1 };

struct sched_wait_event {
	struct event_header header; /* who waited; the time is when it got the CPU */
	u64 waited_ns;
	struct workload_key instead; /* who had that CPU meanwhile, the longest at a time */
	u64 instead_ns; /* for so long; 0: nobody had it */
	u32 instead_tgid;
	u32 instead_thread;
	u32 thread;
	u32 cpu;
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

/*
 * Who has this CPU. A thread's turn is accounted in one go when it leaves, the wait before it included; what a thread
 * that has not left yet has used so far is added by user space, from here.
 */
struct sched_running_value {
	struct workload_key who; /* as the key of sched_totals */
	u64 pid;
	u64 seen_ns; /* the last switch here, on the run queue's clock; 0: none yet */
	u64 since_ns; /* on the run queue's clock; 0: idle */
	u64 runtime_ns; /* that the thread had had in its life by then */
	u64 waited_ns; /* in the queue before; 0: not known */
	u64 clock_offset_ns; /* CLOCK_MONOTONIC minus the run queue's clock, modulo 2^64 */
	u64 switches;
	u64 second_began_ns; /* of the records made here */
	u64 records; /* in that second */
	u64 longest_ns; /* the longest turn of late: who may be asked for, if somebody had to wait long */
	u64 longest_ended_ns;
	struct workload_key longest_who; /* with the command in any case */
	u32 longest_tgid;
	u32 longest_thread;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct sched_running_value);
} sched_running SEC(".maps");

/*
 * By thread, what it had waited in its life when it got a CPU last. One that is moved to another CPU while it waits is
 * queued there anew, and what it had waited until then is found in its total only (sched_info_dequeue()). Indexed by the
 * low bits of the number: who meets another's entry goes without that part.
 */
struct sched_waited {
	u64 total_ns;
	u64 pid;
};

#define WAITED_ENTRIES 16384

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, WAITED_ENTRIES);
	__type(key, u32);
	__type(value, struct sched_waited);
} sched_waited SEC(".maps");

/* By thread, when it became runnable: only where the kernel does not keep it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, u32);
	__type(value, u64);
} sched_runnable SEC(".maps");

static const struct sched_totals_value no_totals;

/* How often the two clocks are compared: they drift apart by parts per million. */
#define CLOCK_CHECK_SWITCHES 256

static __always_inline bool idle(const bool typed, struct task_struct *task)
{
	return FOLLOW(typed, task, pid) == 0;
}

static __always_inline bool same_workload(const struct workload_key *a, const struct workload_key *b)
{
	const u64 *x = (const u64 *)a, *y = (const u64 *)b;

	return x[0] == y[0] && x[1] == y[1] && x[2] == y[2];
}

/* Its length is what the kernel charges to the thread and its cgroup: less than since_ns says by what interrupts took,
 * and other guests of the host. */
static __always_inline void turn_ended(struct sched_running_value *running, u64 runtime_ns, bool preempted,
				       enum sched_preemption_kind by)
{
	struct sched_totals_value *totals = row_of(&sched_totals, &running->who, &no_totals);

	if (!totals)
		return;
	/* Plain additions: the run queue's lock is held and interrupts are off, so this CPU's row has no other writer. */
	totals->cpu_ns += runtime_ns - running->runtime_ns;
	if (preempted)
		totals->preemptions[by]++;
	if (running->waited_ns) {
		totals->latency_sum_ns += running->waited_ns;
		totals->latency_buckets[hist_bucket(running->waited_ns, LATENCY_SHIFT, LATENCY_BUCKETS)]++;
	}
}

/*
 * What a thread's account of its waits has grown by since its last turn, all but the last `here_ns` that are not in it
 * yet. Two CPUs may write one entry at once, hence the limit: never more than there was time for.
 */
static __always_inline u64 waited_before(const bool typed, struct task_struct *task, bool first_turn, u64 here_ns, u64 most_ns)
{
	u64 total = FOLLOW(typed, task, sched_info.run_delay), pid = FOLLOW(typed, task, pid), grown = 0;
	u32 slot = pid & (WAITED_ENTRIES - 1);
	struct sched_waited *before = bpf_map_lookup_elem(&sched_waited, &slot);

	if (first_turn)
		grown = total;
	else if (before && before->pid == pid && total > before->total_ns)
		grown = total - before->total_ns;
	if (before) {
		before->total_ns = total + here_ns;
		before->pid = pid;
	}
	return grown < most_ns ? grown : 0;
}

/*
 * prev got this CPU by a switch that no tracepoint told of: there are kernels that keep back those away from the threads
 * of a sandbox's init. Since when prev has had it, and how long it had waited, is in its own account.
 */
static __always_inline void came_unseen(const bool typed, struct sched_running_value *running, struct task_struct *prev, u64 now)
{
	struct workload_key who;
	u64 arrived;

	arrived = FOLLOW(typed, prev, sched_info.last_arrival);
	if (arrived < running->seen_ns)
		arrived = running->seen_ns;
	task_identity(typed, prev, &who);
	workload_of(who.cgroup_id, who.comm, &running->who);
	running->waited_ns = waited_before(typed, prev, FOLLOW(typed, prev, sched_info.pcount) == 1, 0, now);
	running->waited_ns += !running->waited_ns;
	running->runtime_ns = FOLLOW(typed, prev, se.sum_exec_runtime) - (now - arrived);
	running->since_ns = arrived;
}

/* Plain counting, as in turn_ended(). */
static __always_inline bool enough_records(struct sched_running_value *running, u64 now)
{
	struct ring_counters_value *counters;

	if (now - running->second_began_ns >= 1000000000) {
		running->second_began_ns = now;
		running->records = 0;
	}
	if (running->records < long_waits_per_second) {
		running->records++;
		return false;
	}
	counters = ring_counters_here();
	if (counters)
		ADD(counters->held_back, 1);
	return true;
}

/* Of the turns of the time that makes a long wait, the longest one is remembered; a comparison or two for all others. */
static __always_inline void remember_turn(const bool typed, struct sched_running_value *running, struct task_struct *prev,
					  u64 now, u64 turn_ns)
{
	struct workload_key who;

	if (turn_ns < running->longest_ns && now - running->longest_ended_ns < long_wait_ms * 1000000)
		return;
	running->longest_ns = turn_ns;
	running->longest_ended_ns = now;
	task_identity(typed, prev, &who);
	running->longest_who = who;
	running->longest_tgid = FOLLOW(typed, prev, tgid);
	running->longest_thread = FOLLOW(typed, prev, pid);
}

/* A wait that somebody may have felt: `next` gets this CPU now. */
static __always_inline void waited_long(const bool typed, struct sched_running_value *running, struct task_struct *next, u64 now,
					u64 waited_ns)
{
	struct sched_wait_event *e = event_reserve(sizeof(*e));
	bool meanwhile = now - running->longest_ended_ns <= waited_ns;
	struct workload_key who;

	if (!e)
		return;
	task_identity(typed, next, &who);
	header_set(&e->header, &who, FOLLOW(typed, next, tgid), SCHED_EVENT_WAITED);
	e->waited_ns = waited_ns;
	e->thread = FOLLOW(typed, next, pid);
	e->cpu = bpf_get_smp_processor_id();
	e->instead = running->longest_who;
	e->instead_ns = meanwhile ? running->longest_ns : 0;
	e->instead_tgid = running->longest_tgid;
	e->instead_thread = running->longest_thread;
	event_submit(e, sizeof(*e));
}

/*
 * prev leaves the CPU, next gets it at `now`; `waited_ns` is next's time in the run queue, 0 where it is not known.
 * `sched_info`: whether the kernel keeps account of them, by the clock that `now` is of.
 */
static __always_inline void switched(const bool typed, const bool sched_info, bool preempted, struct task_struct *prev,
				     struct task_struct *next, u64 now, u64 waited_ns)
{
	enum sched_preemption_kind by = SCHED_PREEMPTION_OTHER;
	bool next_idle = idle(typed, next);
	struct workload_key who = {}; /* read only if it was set; but Linux 5.10's verifier does not see that */
	u64 runtime_ns;
	u32 zero = 0;
	struct sched_running_value *running = bpf_map_lookup_elem(&sched_running, &zero);

	if (!running)
		return;
	if (!next_idle) {
		task_identity(typed, next, &who);
		workload_of(who.cgroup_id, who.comm, &who);
	}
	if (running->pid != FOLLOW(typed, prev, pid)) {
		running->since_ns = 0;
		if (sched_info && running->seen_ns && !idle(typed, prev))
			came_unseen(typed, running, prev, now);
	}
	if (running->since_ns && !idle(typed, prev)) {
		if (preempted && !next_idle) {
			if (FOLLOW(typed, next, flags) & PF_KTHREAD)
				by = SCHED_PREEMPTION_HOST;
			else if (same_workload(&running->who, &who))
				by = SCHED_PREEMPTION_SAME;
		}
		runtime_ns = FOLLOW(typed, prev, se.sum_exec_runtime);
		if (long_wait_ms)
			remember_turn(typed, running, prev, now, runtime_ns - running->runtime_ns);
		turn_ended(running, runtime_ns, preempted && !next_idle, by);
	}
	if (running->switches++ % CLOCK_CHECK_SWITCHES == 0)
		running->clock_offset_ns = bpf_ktime_get_ns() - now;
	running->since_ns = 0; /* no reader on another CPU may take the old moment for the new thread's */
	running->seen_ns = now;
	running->pid = FOLLOW(typed, next, pid);
	if (next_idle)
		return;
	running->who = who;
	running->runtime_ns = FOLLOW(typed, next, se.sum_exec_runtime);
	running->waited_ns = waited_ns;
	running->since_ns = now;
	if (long_wait_ms && waited_ns >= long_wait_ms * 1000000 && !enough_records(running, now))
		waited_long(typed, running, next, now, waited_ns);
}

/* The run queue's own clock. The per-CPU symbol `runqueues` is hidden where CONFIG_KALLSYMS_ALL is off; a thread's queue
 * leads to it everywhere. */
static __always_inline u64 queue_clock(const bool typed, struct task_struct *task)
{
	struct cfs_rq *cfs_rq = FOLLOW(typed, task, se.cfs_rq);
	struct rq *rq = FOLLOW(typed, cfs_rq, rq);

	return FOLLOW(typed, rq, clock);
}

/*
 * sched_info's stamps are taken from the run queue's clock. It can stand still between two looks, hence the 1: a wait
 * too short to be measured is a wait all the same.
 */
static __always_inline int switched_by_sched_info(const bool typed, bool preempted, struct task_struct *prev,
						  struct task_struct *next)
{
	u64 queued = FOLLOW(typed, next, sched_info.last_queued);
	u64 now = queue_clock(typed, next);
	u64 arrived, waited_ns = 0;

	if (queued) {
		waited_ns = now > queued ? now - queued : 0;
		/* A thread that was moved here while it waited has waited longer than it has been here. */
		arrived = FOLLOW(typed, next, sched_info.last_arrival);
		waited_ns += waited_before(typed, next, !arrived, waited_ns, now - arrived);
		waited_ns += !waited_ns;
	}
	switched(typed, true, preempted || can_run(typed, prev), prev, next, now, waited_ns);
	return 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(switch_info_tp_btf, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	return METERED(switch_info_tp_btf, switched_by_sched_info(true, preempt, prev, next));
}

SEC("raw_tp/sched_switch")
int BPF_PROG(switch_info_raw_tp, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	return METERED(switch_info_raw_tp, switched_by_sched_info(false, preempt, prev, next));
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
	u64 now = bpf_ktime_get_ns(), waited_ns = 0; /* here, a clock for all: wake-ups come from other CPUs */
	u64 *since = bpf_map_lookup_elem(&sched_runnable, &pid);

	if (since) {
		waited_ns = now > *since ? now - *since : 1;
		bpf_map_delete_elem(&sched_runnable, &pid);
	}
	/* Who is preempted goes back to the queue without a wake-up. */
	preempted |= can_run(typed, prev);
	if (preempted)
		runnable(typed, prev);
	switched(typed, false, preempted, prev, next, now, waited_ns);
	return 0;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(wakeup_tp_btf, struct task_struct *task)
{
	return METERED(wakeup_tp_btf, runnable(true, task));
}

SEC("tp_btf/sched_wakeup_new")
int BPF_PROG(wakeup_new_tp_btf, struct task_struct *task)
{
	return METERED(wakeup_new_tp_btf, runnable(true, task));
}

SEC("tp_btf/sched_switch")
int BPF_PROG(switch_wakeups_tp_btf, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	return METERED(switch_wakeups_tp_btf, switched_by_wakeups(true, preempt, prev, next));
}

SEC("raw_tp/sched_wakeup")
int BPF_PROG(wakeup_raw_tp, struct task_struct *task)
{
	return METERED(wakeup_raw_tp, runnable(false, task));
}

SEC("raw_tp/sched_wakeup_new")
int BPF_PROG(wakeup_new_raw_tp, struct task_struct *task)
{
	return METERED(wakeup_new_raw_tp, runnable(false, task));
}

SEC("raw_tp/sched_switch")
int BPF_PROG(switch_wakeups_raw_tp, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	return METERED(switch_wakeups_raw_tp, switched_by_wakeups(false, preempt, prev, next));
}

/*
 * A program's turn is its own from the start: one that is never switched out would stay its starter's for ever. Only
 * the name changes here; what little the starter had of the turn goes with it.
 */
static __always_inline int executed(const bool typed, struct task_struct *task)
{
	struct workload_key who;
	u32 zero = 0;
	struct sched_running_value *running = bpf_map_lookup_elem(&sched_running, &zero);

	if (!running || !running->since_ns)
		return 0;
	task_identity(typed, task, &who);
	workload_of(who.cgroup_id, who.comm, &running->who);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(exec_tp_btf, struct task_struct *task)
{
	return METERED(exec_tp_btf, executed(true, task));
}

SEC("raw_tp/sched_process_exec")
int BPF_PROG(exec_raw_tp, struct task_struct *task)
{
	return METERED(exec_raw_tp, executed(false, task));
}

char LICENSE[] SEC("license") = "GPL";
