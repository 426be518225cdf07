/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All drift between kernels, each case with the commit that caused it. The ladder of scripts/kernels has a kernel on either
 * side of each; docs/kernels.md says which.
 */
#pragma once

#include "workload.bpf.h"

/*
 * inet_csk_accept() returns the accepted socket; fexit finds a return value behind the arguments, and 92ef0fd55ac8
 * ("net: change proto and proto_ops accept type", 6.10) made them two where they were four.
 */
static __always_inline struct sock *accepted_socket(const unsigned long long *fexit_ctx)
{
	u64 accepted;

	if (bpf_core_type_exists(struct proto_accept_arg)) {
		accepted = fexit_ctx[2];
		/* Else the compiler makes one load of the two, at a computed offset, which the verifier does not allow. */
		barrier_var(accepted);
	} else {
		accepted = fexit_ctx[4];
	}
	return (struct sock *)accepted;
}

/* 2f064a59a11f ("sched: Change task_struct::state", 5.14) renamed the field and made it an unsigned int. */
struct task_struct___before_2f064a59a11f {
	long state;
} __attribute__((preserve_access_index));

/* TASK_RUNNING, include/linux/sched.h: has a CPU or waits for one. */
static __always_inline bool can_run(const bool typed, struct task_struct *task)
{
	if (bpf_core_field_exists(task->__state))
		return FOLLOW(typed, task, __state) == 0;
	return FOLLOW(typed, (struct task_struct___before_2f064a59a11f *)task, state) == 0;
}

/* Whether the kernel hands out the current task as a typed pointer: 3ca1032ab7ab ("bpf: Implement get_current_task_btf and
 * RET_PTR_TO_BTF_ID", 5.11). */
static __always_inline bool current_task_is_typed(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf);
}

/* The identity of whoever runs this. */
static __always_inline void current_identity(struct workload_key *key)
{
	if (current_task_is_typed())
		task_identity(true, (struct task_struct *)bpf_get_current_task_btf(), key);
	else
		task_identity(false, (struct task_struct *)bpf_get_current_task(), key);
}

static __always_inline u32 current_tgid(void)
{
	if (current_task_is_typed())
		return FOLLOW(true, (struct task_struct *)bpf_get_current_task_btf(), tgid);
	return FOLLOW(false, (struct task_struct *)bpf_get_current_task(), tgid);
}

/*
 * The workload of a socket that belongs to a process, though to which is not known: its cgroup2 is that of who made it, or
 * who listened for it. 8520e224f547 ("bpf, cgroups: Fix cgroup v2 fallback on v1/v2 mixed mode", 5.15) made that a field.
 */
static __always_inline void socket_workload(const bool typed, struct sock *sk, struct workload_key *key)
{
	struct cgroup *cgroup;
	struct kernfs_node *kn;

	kernel_workload(key);
	if (cgroup_hierarchy != CGROUP_HIERARCHY_V2 || !bpf_core_field_exists(sk->sk_cgrp_data.cgroup))
		return;
	cgroup = FOLLOW(typed, sk, sk_cgrp_data.cgroup);
	kn = FOLLOW(typed, cgroup, kn);
	key->cgroup_id = FOLLOW(typed, kn, id);
}
