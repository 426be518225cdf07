/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel types that our probes read, and of each just the fields that they read.
 *
 * preserve_access_index makes every access a CO-RE relocation: libbpf finds the field's real place in the running
 * kernel's BTF, so neither the order nor the size of what stands here matters, and no BTF of the building machine's
 * kernel is needed. A field that drifted between kernels is handled in compat.bpf.h.
 */
#pragma once

#include <linux/bpf.h>
#include <linux/types.h>
#include <linux/ptrace.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;

#define TASK_COMM_LEN 16
#define PF_KTHREAD 0x00200000 /* include/linux/sched.h */
#define PF_FORKNOEXEC 0x00000040 /* the same; execve takes it from the thread that is the leader from then on */
#define SIGNAL_GROUP_EXIT 0x00000004 /* include/linux/sched/signal.h */
#define AF_INET 2
#define AF_INET6 10
#define IPPROTO_TCP 6
#define SOCK_STREAM 1
#define SOCKFS_MAGIC 0x534F434B /* include/uapi/linux/magic.h */
#define SOCK_DONE 1 /* enum sock_flags, include/net/sock.h: set by tcp_fin() */

/* include/net/tcp_states.h; the numbers are ABI (INET_DIAG, BPF_TCP_*). */
enum {
	TCP_ESTABLISHED = 1,
	TCP_SYN_SENT,
	TCP_SYN_RECV,
	TCP_FIN_WAIT1,
	TCP_FIN_WAIT2,
	TCP_TIME_WAIT,
	TCP_CLOSE,
	TCP_CLOSE_WAIT,
	TCP_LAST_ACK,
	TCP_LISTEN,
	TCP_CLOSING,
	TCP_NEW_SYN_RECV,
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* cgroups: task -> css_set -> cgroup -> kernfs node, whose id is the directory's inode number */
struct kernfs_node {
	u64 id;
};

struct cgroup_root {
	unsigned int subsys_mask;
	int hierarchy_id;
};

struct cgroup {
	struct kernfs_node *kn;
	struct cgroup_root *root;
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
};

struct css_set {
	struct cgroup_subsys_state *subsys[1];
	struct cgroup *dfl_cgrp;
};

/* processes */
typedef struct {
	int counter;
} atomic_t;

struct mm_struct {
	unsigned long arg_start, arg_end;
};

struct signal_struct {
	atomic_t live;
	int group_exit_code;
	unsigned int flags;
	struct mm_struct *oom_mm;
};

struct sched_info {
	unsigned long pcount;
	unsigned long long run_delay;
	unsigned long long last_arrival;
	unsigned long long last_queued;
};

struct rq {
	u64 clock;
};

struct cfs_rq {
	struct rq *rq;
};

struct sched_entity {
	u64 sum_exec_runtime;
	struct cfs_rq *cfs_rq;
};

struct super_block {
	unsigned long s_magic;
};

struct inode {
	struct super_block *i_sb;
};

struct file {
	void *private_data;
	struct inode *f_inode;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct task_struct {
	unsigned int __state;
	unsigned int flags;
	int pid;
	int tgid;
	int exit_code;
	u64 start_time;
	char comm[TASK_COMM_LEN];
	struct task_struct *group_leader;
	struct task_struct *real_parent;
	struct css_set *cgroups;
	struct signal_struct *signal;
	struct mm_struct *mm;
	struct files_struct *files;
	struct sched_info sched_info;
	struct sched_entity se;
};

struct linux_binprm {
	const char *filename;
};

/* sockets */
struct in6_addr {
	union {
		__u8 u6_addr8[16];
	} in6_u;
};

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	u16 skc_num;
	unsigned short skc_family;
	unsigned char skc_state;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
	unsigned long skc_flags;
};

struct sock_cgroup_data {
	struct cgroup *cgroup;
};

struct socket;

struct sock {
	struct sock_common __sk_common;
	struct socket *sk_socket;
	struct sock_cgroup_data sk_cgrp_data;
	int sk_err;
	int sk_err_soft;
	u16 sk_type;
	u16 sk_protocol;
};

struct socket {
	struct sock *sk;
};

struct inet_sock {
	__be16 inet_sport;
};

struct inet_connection_sock {
	struct inet_sock icsk_inet;
	__u8 icsk_retransmits;
	__u8 icsk_pending;
};

struct tcp_sock {
	struct inet_connection_sock inet_conn;
	u64 tcp_clock_cache;
	u64 bytes_acked;
	u64 bytes_received;
	u32 rcv_nxt;
	u32 snd_una;
	u32 snd_nxt;
	u32 write_seq;
	u32 total_retrans;
	u32 srtt_us;
	u32 lsndtime;
	u16 total_rto; /* 3868ab0f1925, 6.7 */
};

struct sk_buff;

/* Exists since 6.10 (92ef0fd55ac8), which also took two parameters away from inet_csk_accept(). */
struct proto_accept_arg {
	int flags;
};

/* Of bpf_for_each_map_elem(), which hands it over. */
struct bpf_map;

/* BPF iterators' contexts, kernel/bpf/{task,map}_iter.c */
struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	u32 fd;
	struct file *file;
};

struct bpf_iter__bpf_map_elem {
	struct bpf_iter_meta *meta;
	void *key;
	void *value;
};

#pragma clang attribute pop

/* The controllers that may tell containers apart; CO-RE looks up each one's number in the running kernel. */
enum cgroup_subsys_id {
	memory_cgrp_id,
	pids_cgrp_id,
	cpu_cgrp_id,
	cpuacct_cgrp_id,
};
