// SPDX-License-Identifier: GPL-2.0-only
/*
 * process: what was started, and how it ended. One record each; neither happens often enough to be aggregated here.
 */
#include <linux/errno.h>

#include "event.bpf.h"

/* probes.process.arguments: command lines may carry secrets, so they are read only when asked for. */
const volatile bool arguments = false;

enum process_event_kind {
	PROCESS_EVENT_EXEC = 1,
	PROCESS_EVENT_EXIT,
};

/* A shell's copy of itself executes nothing, so no record tells of it before its end; its children's do. */
struct process_parent {
	u32 tgid;
	u32 program_tgid; /* the nearest ancestor that has executed a program: the parent itself, unless that is such a copy; 0 if it is too far */
	u64 start_ns; /* when the parent was forked */
};

struct process_exec_event {
	struct event_header header;
	struct process_parent parent;
	u32 arguments_length; /* of the whole command line, which may not be here in full */
	u32 reserved;
	char file_name[128];
	char arguments[256]; /* NUL between arguments; there only if asked for: the record is shorter without */
};

#define EXEC_EVENT_WITHOUT_ARGUMENTS __builtin_offsetof(struct process_exec_event, arguments)

struct process_exit_event {
	struct event_header header;
	struct process_parent parent;
	u32 exit_code;
	u32 signal; /* 0: it exited by itself */
	u32 oom; /* chosen by the out-of-memory killer */
	u32 reserved;
	u64 lifetime_ns;
};

/* Copies of copies, before it is too far to a program. */
#define MAX_COPIES 8

static __always_inline void parent_set(struct process_parent *parent, struct task_struct *task)
{
	struct task_struct *ancestor = BPF_CORE_READ(task, real_parent, group_leader);

	parent->tgid = BPF_CORE_READ(ancestor, tgid);
	parent->start_ns = BPF_CORE_READ(ancestor, start_time);
	parent->program_tgid = 0;
	for (int i = 0; i < MAX_COPIES; i++) {
		if (!(BPF_CORE_READ(ancestor, flags) & PF_FORKNOEXEC)) {
			parent->program_tgid = BPF_CORE_READ(ancestor, tgid);
			break;
		}
		ancestor = BPF_CORE_READ(ancestor, real_parent, group_leader);
	}
}

static __always_inline int executed(struct task_struct *task, const char *file_name)
{
	struct process_exec_event *e;
	struct workload_key who;
	u32 tgid = BPF_CORE_READ(task, tgid);

	task_identity(false, task, &who);
	if (arguments)
		e = event_reserve(sizeof(*e));
	else
		e = event_reserve(EXEC_EVENT_WITHOUT_ARGUMENTS);
	if (!e)
		return 0;
	header_set(&e->header, &who, tgid, PROCESS_EVENT_EXEC);
	parent_set(&e->parent, task);
	e->arguments_length = 0;
	e->reserved = 0;
	bpf_probe_read_kernel_str(e->file_name, sizeof(e->file_name), file_name);
	if (arguments) {
		unsigned long start = BPF_CORE_READ(task, mm, arg_start);
		unsigned long length = BPF_CORE_READ(task, mm, arg_end) - start;
		unsigned long kept = length < sizeof(e->arguments) ? length : sizeof(e->arguments);

		if (!bpf_probe_read_user(e->arguments, kept, (void *)start))
			e->arguments_length = length;
		event_submit(e, sizeof(*e));
	} else {
		event_submit(e, EXEC_EVENT_WITHOUT_ARGUMENTS);
	}
	return 0;
}

/* A process, whatever becomes of its number. */
struct process_identity {
	u64 start_ns;
	u64 tgid;
};

/* Of threads that end at the same moment each may find that nobody is left: the first one here speaks for them. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct process_identity);
	__type(value, u8);
} ended SEC(".maps");

/* Whether the process ends with this thread, which has been taken off the count of those that live. */
static __always_inline bool ends_with(struct task_struct *task)
{
	struct process_identity process = {};
	u8 yes = 1;

	if (BPF_CORE_READ(task, signal, live.counter) != 0)
		return false;
	process.start_ns = BPF_CORE_READ(task, group_leader, start_time);
	process.tgid = BPF_CORE_READ(task, tgid);
	return bpf_map_update_elem(&ended, &process, &yes, BPF_NOEXIST) != -EEXIST;
}

/* Called for each thread. */
static __always_inline int exited(struct task_struct *task)
{
	struct process_exit_event *e;
	struct workload_key who;
	u32 code;

	if (!ends_with(task))
		return 0;
	task_identity(false, task, &who);
	e = event_reserve(sizeof(*e));
	if (!e)
		return 0;
	header_set(&e->header, &who, BPF_CORE_READ(task, tgid), PROCESS_EVENT_EXIT);
	/* As wait(2) has it, wait_task_zombie(): the group's code if there is one, else the leader's. */
	if (BPF_CORE_READ(task, signal, flags) & SIGNAL_GROUP_EXIT)
		code = BPF_CORE_READ(task, signal, group_exit_code);
	else
		code = BPF_CORE_READ(task, group_leader, exit_code);
	parent_set(&e->parent, task);
	e->exit_code = code >> 8 & 0xff;
	e->signal = code & 0x7f;
	/* mark_oom_victim() leaves the victim's address space here (mm/oom_kill.c), and with it the right cgroup. */
	e->oom = BPF_CORE_READ(task, signal, oom_mm) != NULL;
	e->reserved = 0;
	e->lifetime_ns = e->header.time_ns - BPF_CORE_READ(task, group_leader, start_time);
	event_submit(e, sizeof(*e));
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(exec_tp_btf, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	return METERED(exec_tp_btf, executed(task, BPF_CORE_READ(bprm, filename)));
}

SEC("raw_tp/sched_process_exec")
int BPF_PROG(exec_raw_tp, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	return METERED(exec_raw_tp, executed(task, BPF_CORE_READ(bprm, filename)));
}

struct exec_tp_context {
	u64 common;
	u32 file_name_location; /* __data_loc: offset into this record in the low half */
};

static __always_inline const char *file_name_in(const struct exec_tp_context *ctx)
{
	return (const char *)ctx + (ctx->file_name_location & 0xffff);
}

SEC("tp/sched/sched_process_exec")
int exec_tp(struct exec_tp_context *ctx)
{
	return METERED(exec_tp, executed((struct task_struct *)bpf_get_current_task(), file_name_in(ctx)));
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(exit_tp_btf, struct task_struct *task)
{
	return METERED(exit_tp_btf, exited(task));
}

SEC("raw_tp/sched_process_exit")
int BPF_PROG(exit_raw_tp, struct task_struct *task)
{
	return METERED(exit_raw_tp, exited(task));
}

SEC("tp/sched/sched_process_exit")
int exit_tp(void *ctx)
{
	return METERED(exit_tp, exited((struct task_struct *)bpf_get_current_task()));
}

char LICENSE[] SEC("license") = "GPL";
