/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel's own struct sock says of a TCP connection: what it has carried, between whom. `typed` as in FOLLOW().
 */
#pragma once

#include "compat.bpf.h"

static __always_inline bool handshaking(int state)
{
	return state == TCP_SYN_SENT || state == TCP_SYN_RECV;
}

struct traffic {
	u64 sent, received;
	u32 retransmitted, srtt_us;
	u32 timeouts;
	u32 first_sent; /* where bytes_acked began to count, in sequence space */
	u32 received_sequence; /* bytes_received, as far as sequence numbers go */
};

/* In programs with typed pointers the cast is the verifier's to check. */
static __always_inline struct tcp_sock *tcp_sock_of(const bool typed, struct sock *sk)
{
	return typed ? bpf_skc_to_tcp_sock(sk) : (struct tcp_sock *)sk;
}

/*
 * When the segment came that is being looked at: the kernel reads its clock (CLOCK_MONOTONIC) before it does anything else with one
 * (tcp_mstamp_refresh()), and one more look takes longer than the rest of a short program.
 */
static __always_inline u64 segment_ns(const bool typed, struct sock *sk)
{
	struct tcp_sock *tp = tcp_sock_of(typed, sk);

	return tp ? FOLLOW(typed, tp, tcp_clock_cache) : 0;
}

/* Whether the sequence space up to snd_nxt ends with our FIN: these states queue it, behind all data. */
static __always_inline bool fin_sent(u8 state, u32 snd_nxt, u32 write_seq)
{
	const u32 queued = 1 << TCP_FIN_WAIT1 | 1 << TCP_FIN_WAIT2 | 1 << TCP_CLOSING | 1 << TCP_LAST_ACK;

	return (queued >> state & 1) && snd_nxt == write_seq;
}

/* Whether sockets are asked how often their retransmission timer has fired: since 3868ab0f1925 ("tcp: new TCP_INFO stats for RTO events", 6.7) they know. */
bool timeouts_in_socket;

static __always_inline u32 timeouts_counted(const bool typed, struct tcp_sock *tp)
{
	return timeouts_in_socket && bpf_core_field_exists(tp->total_rto) ? FOLLOW(typed, tp, total_rto) : 0;
}

/*
 * Whether that timer has just fired for the last time: the connection is given up, and the kernel's count has that one only for the whole
 * machine (TCPTimeouts). The timer's handler has taken it down; whatever else ends a connection finds it pending, or nothing sent again.
 */
static __always_inline bool given_up(const bool typed, struct sock *sk)
{
	struct tcp_sock *tp = tcp_sock_of(typed, sk);

	return timeouts_in_socket && tp && FOLLOW(typed, sk, sk_err) && FOLLOW(typed, tp, inet_conn.icsk_retransmits) && !FOLLOW(typed, tp, inet_conn.icsk_pending);
}

/*
 * What the socket itself has counted, in sequence space: there, a SYN and a FIN take the place of a byte. Our SYN, a
 * client's, is in `sent_before`; the peer's FIN is told by SOCK_DONE (tcp_fin()).
 *
 * Not bytes_sent - bytes_retrans: a segment that this host's own queue refuses is in bytes_sent each time it is tried.
 * bytes_acked is read first: an acknowledgement in between makes the sum too small, not too large.
 */
static __always_inline void traffic_read(const bool typed, struct sock *sk, u8 state, struct traffic *t)
{
	struct tcp_sock *tp = tcp_sock_of(typed, sk);

	if (!tp) {
		__builtin_memset(t, 0, sizeof(*t));
		return;
	}
	u64 acked = FOLLOW(typed, tp, bytes_acked);
	u32 snd_una = FOLLOW(typed, tp, snd_una);
	u32 snd_nxt = FOLLOW(typed, tp, snd_nxt);
	u64 received = FOLLOW(typed, tp, bytes_received);
	bool finished = FOLLOW(typed, sk, __sk_common.skc_flags) & (1UL << SOCK_DONE);

	t->sent = acked + (u32)(snd_nxt - snd_una) - fin_sent(state, snd_nxt, FOLLOW(typed, tp, write_seq));
	t->received = received - (finished && received ? 1 : 0);
	t->retransmitted = FOLLOW(typed, tp, total_retrans);
	t->srtt_us = FOLLOW(typed, tp, srtt_us) >> 3;
	t->timeouts = timeouts_counted(typed, tp);
	t->first_sent = snd_una - (u32)acked;
	t->received_sequence = received;
}

static __always_inline void v4_mapped(u8 *to, __be32 address)
{
	u32 *words = (u32 *)to;

	words[0] = words[1] = 0;
	words[2] = bpf_htonl(0xffff);
	words[3] = address;
}

static __always_inline bool is_v4_mapped(const u8 *address)
{
	const u32 *words = (const u32 *)address;

	return !words[0] && !words[1] && words[2] == bpf_htonl(0xffff);
}

static __always_inline void v6_read(const bool typed, u8 *to, const struct in6_addr *from)
{
	if (typed) {
		const u64 *words = (const u64 *)&from->in6_u.u6_addr8[0];

		((u64 *)to)[0] = words[0];
		((u64 *)to)[1] = words[1];
	} else {
		bpf_probe_read_kernel(to, 16, &from->in6_u.u6_addr8);
	}
}

/* In 16 bytes, IPv4 as v4-mapped IPv6. */
static __always_inline void remote_address_read(const bool typed, struct sock *sk, u8 *to)
{
	if (FOLLOW(typed, sk, __sk_common.skc_family) == AF_INET6)
		v6_read(typed, to, &sk->__sk_common.skc_v6_daddr);
	else
		v4_mapped(to, FOLLOW(typed, sk, __sk_common.skc_daddr));
}

/* Ports in this machine's order; addresses in 16 bytes, IPv4 as v4-mapped IPv6. */
struct ends {
	u16 local_port, remote_port;
	u32 ipv6;
	u8 local_address[16], remote_address[16];
};

static __always_inline void ends_read(const bool typed, struct sock *sk, struct ends *e)
{
	struct tcp_sock *tp = tcp_sock_of(typed, sk);

	/* skc_num is given back before the state becomes CLOSE: inet_put_port() in tcp_set_state(). */
	e->local_port = tp ? bpf_ntohs(FOLLOW(typed, tp, inet_conn.icsk_inet.inet_sport)) : 0;
	e->remote_port = bpf_ntohs(FOLLOW(typed, sk, __sk_common.skc_dport));
	e->ipv6 = FOLLOW(typed, sk, __sk_common.skc_family) == AF_INET6;
	if (e->ipv6)
		v6_read(typed, e->local_address, &sk->__sk_common.skc_v6_rcv_saddr);
	else
		v4_mapped(e->local_address, FOLLOW(typed, sk, __sk_common.skc_rcv_saddr));
	remote_address_read(typed, sk, e->remote_address);
}

static __always_inline u32 ports_of(const bool typed, struct sock *sk)
{
	return (u32)FOLLOW(typed, sk, __sk_common.skc_dport) << 16 | FOLLOW(typed, sk, __sk_common.skc_num);
}

static __always_inline u16 remote_port(u32 ports)
{
	return ports >> 16;
}

/* A TCP connection behind a file, or NULL. */
static __always_inline struct sock *connection_behind(struct file *file)
{
	const u32 none = 1 << TCP_CLOSE | 1 << TCP_LISTEN | 1 << TCP_SYN_SENT | 1 << TCP_SYN_RECV;
	struct socket *socket;
	struct sock *sk;
	u16 family;

	/* bpf_sock_from_file() would say the same, but is younger (5.11) than these iterators. */
	if (BPF_CORE_READ(file, f_inode, i_sb, s_magic) != SOCKFS_MAGIC)
		return NULL;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	if (!sk || BPF_CORE_READ(sk, sk_protocol) != IPPROTO_TCP || BPF_CORE_READ(sk, sk_type) != SOCK_STREAM)
		return NULL;
	family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if (family != AF_INET && family != AF_INET6)
		return NULL;
	return none >> BPF_CORE_READ(sk, __sk_common.skc_state) & 1 ? NULL : sk;
}
