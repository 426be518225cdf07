// SPDX-License-Identifier: GPL-2.0-only
/* Records at any rate: one for each getppid() of one process, through the same reserve and submit as every probe's. */
#include "compat.bpf.h"
#include "event.bpf.h"

const volatile u64 target_process = 0;

SEC("raw_tp/sys_enter")
int BPF_PROG(flood_raw_tp, struct pt_regs *registers, long number)
{
	struct workload_key who;
	struct event_header *e;

	if (bpf_get_current_pid_tgid() >> 32 != target_process || number != 110 /* getppid on x86-64 */)
		return 0;
	e = event_reserve(128); /* as long as most records are */
	if (!e)
		return 0;
	current_identity(&who);
	header_set(e, &who, target_process, 1);
	event_submit(e, 128);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
