/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Histograms kept in the kernel: power-of-two buckets. Bucket i counts values up to and including 2^(shift + i + 1), as
 * Prometheus' "le" wants it; the first one also takes everything smaller, the last one everything larger.
 */
#pragma once

#include "kernel.bpf.h"

static __always_inline u32 log2_of(u64 value)
{
	u32 bits = 0;

	if (value >> 32) { bits += 32; value >>= 32; }
	if (value >> 16) { bits += 16; value >>= 16; }
	if (value >> 8) { bits += 8; value >>= 8; }
	if (value >> 4) { bits += 4; value >>= 4; }
	if (value >> 2) { bits += 2; value >>= 2; }
	return bits + (value >> 1);
}

static __always_inline u32 hist_bucket(u64 value, u32 shift, u32 buckets)
{
	u32 log2 = log2_of(value ? value - 1 : 0);
	u32 bucket = log2 > shift ? log2 - shift : 0;

	return bucket < buckets ? bucket : buckets - 1;
}
