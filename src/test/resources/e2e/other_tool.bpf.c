// SPDX-License-Identifier: GPL-2.0-only
/* Another tool at Ringside's own hooks, the one of the cgroup among them; it counts what it sees. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} other_seen SEC(".maps");

static __always_inline void seen(__u32 where)
{
	__u64 *count = bpf_map_lookup_elem(&other_seen, &where);

	if (count)
		__sync_fetch_and_add(count, 1);
}

SEC("sockops")
int other_sock_ops(struct bpf_sock_ops *context)
{
	seen(0);
	/* As a tool that wants to be told of all there is. */
	if (context->op == BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB || context->op == BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB)
		bpf_sock_ops_cb_flags_set(context, BPF_SOCK_OPS_ALL_CB_FLAGS);
	return 1;
}

char other_license[] SEC("license") = "GPL";
