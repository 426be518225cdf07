/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whose doing was it? The cgroup of a task, and the key under which its workload is counted.
 */
#pragma once

#include "kernel.bpf.h"

/* The hierarchy whose cgroups tell containers apart. User space knows it, from the mounts. */
enum cgroup_hierarchy_kind {
	CGROUP_HIERARCHY_V2,
	CGROUP_HIERARCHY_MEMORY,
	CGROUP_HIERARCHY_PIDS,
	CGROUP_HIERARCHY_CPU,
	CGROUP_HIERARCHY_CPUACCT,
};

const volatile enum cgroup_hierarchy_kind cgroup_hierarchy = CGROUP_HIERARCHY_V2;

#define SUBSYSTEM_INDEX(name) bpf_core_enum_value(enum cgroup_subsys_id, name##_cgrp_id)

/* Index of the hierarchy's controller in css_set.subsys; the numbers depend on the kernel's configuration. */
static __always_inline u64 subsystem_index(void)
{
	switch (cgroup_hierarchy) {
	case CGROUP_HIERARCHY_PIDS: return SUBSYSTEM_INDEX(pids);
	case CGROUP_HIERARCHY_CPU: return SUBSYSTEM_INDEX(cpu);
	case CGROUP_HIERARCHY_CPUACCT: return SUBSYSTEM_INDEX(cpuacct);
	default: return SUBSYSTEM_INDEX(memory);
	}
}

/* Counters in the kernel are kept by workload: a named cgroup, or a command in a cgroup that has no name. */
struct workload_key {
	u64 cgroup_id;
	char comm[TASK_COMM_LEN];
};

/* The cgroups of containers and systemd units, kept by user space: what runs there is not told apart by command. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u64);
	__type(value, u8);
} named_cgroups SEC(".maps");

/*
 * FOLLOW(typed, p, field): p->field. Programs that are handed typed pointers (tp_btf, fentry, iterators) may simply
 * load; all others have to ask bpf_probe_read_kernel, at some 10 ns a hop. `typed` is a constant in each program.
 */
#define FOLLOW(typed, p, field)                                                 \
	({                                                                      \
		typeof((p)->field) value_;                                      \
		if (typed)                                                      \
			value_ = (p)->field;                                    \
		else                                                            \
			bpf_core_read(&value_, sizeof(value_), &(p)->field);    \
		value_;                                                         \
	})

static __always_inline u64 task_cgroup_id(const bool typed, struct task_struct *task)
{
	struct css_set *cgroups = FOLLOW(typed, task, cgroups);
	struct cgroup *cgroup;

	if (cgroup_hierarchy == CGROUP_HIERARCHY_V2) {
		cgroup = FOLLOW(typed, cgroups, dfl_cgrp);
	} else {
		struct cgroup_subsys_state **slot = &cgroups->subsys[0], *css;

		slot += subsystem_index();
		if (typed)
			css = *slot;
		else
			bpf_probe_read_kernel(&css, sizeof(css), slot);
		cgroup = FOLLOW(typed, css, cgroup);
	}
	struct kernfs_node *kn = FOLLOW(typed, cgroup, kn);

	return FOLLOW(typed, kn, id);
}

static __always_inline void kernel_workload(struct workload_key *key)
{
	key->cgroup_id = 0;
	__builtin_memcpy(key->comm, "kernel\0\0\0\0\0\0\0\0\0", TASK_COMM_LEN);
}

/* Kernel threads are one workload; a process goes by its leader's command, not by what its threads are called. */
static __always_inline void task_identity(const bool typed, struct task_struct *task, struct workload_key *key)
{
	if (FOLLOW(typed, task, flags) & PF_KTHREAD) {
		kernel_workload(key);
		return;
	}
	struct task_struct *leader = FOLLOW(typed, task, group_leader);

	key->cgroup_id = task_cgroup_id(typed, task);
	if (typed) {
		/* In two words: the verifier lets an array of char be read so, and a helper call costs ten times as much. */
		const u64 *comm = (const u64 *)&leader->comm[0];

		((u64 *)key->comm)[0] = comm[0];
		((u64 *)key->comm)[1] = comm[1];
	} else {
		bpf_probe_read_kernel(key->comm, sizeof(key->comm), &leader->comm);
	}
}

/* A task's identity, as the key of a per-workload map. */
static __always_inline void workload_of(u64 cgroup_id, const char *comm, struct workload_key *key)
{
	key->cgroup_id = cgroup_id;
	if (bpf_map_lookup_elem(&named_cgroups, &cgroup_id))
		__builtin_memset(key->comm, 0, sizeof(key->comm));
	else if (comm != key->comm)
		__builtin_memcpy(key->comm, comm, sizeof(key->comm));
}
