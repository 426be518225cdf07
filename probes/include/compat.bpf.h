/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All drift between kernels, each case with the commit that caused it.
 */
#pragma once

#include "kernel.bpf.h"

/*
 * inet_csk_accept() returns the accepted socket; fexit finds a return value behind the arguments, and 92ef0fd55ac8
 * ("net: change proto and proto_ops accept type", 6.10) made them two where they were four.
 */
static __always_inline struct sock *accepted_socket(const unsigned long long *fexit_ctx)
{
	if (bpf_core_type_exists(struct proto_accept_arg))
		return (struct sock *)fexit_ctx[2];
	return (struct sock *)fexit_ctx[4];
}
