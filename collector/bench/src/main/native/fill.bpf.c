// SPDX-License-Identifier: GPL-2.0-only
/* Fills a ring on demand: one record for each system call of one thread. */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

const volatile __u32 target_thread = 0;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20);
} events SEC(".maps");

__u64 written = 0;

static __always_inline int fill(__u64 bytes)
{
	if ((__u32)bpf_get_current_pid_tgid() != target_thread)
		return 0;
	__u64 *record = bpf_ringbuf_reserve(&events, bytes, 0);

	if (!record)
		return 0;
	for (__u64 i = 0; i < bytes / 8; i++)
		record[i] = i;
	record[0] = written++;
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("raw_tp/sys_enter")
int fill_64(void *ctx)
{
	return fill(64);
}

SEC("raw_tp/sys_enter")
int fill_128(void *ctx)
{
	return fill(128);
}

SEC("raw_tp/sys_enter")
int empty(void *ctx)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
