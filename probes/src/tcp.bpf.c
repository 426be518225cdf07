// SPDX-License-Identifier: GPL-2.0-only
/*
 * tcp: the life of connections.
 *
 * Lifecycle goes through the ring: a record when a connection is opened, one when it ends or fails. What is frequent
 * (bytes, segments, round trips) is not hooked at all: the kernel keeps it in the socket, and it is read from there at
 * the connection's end and, for open ones, by a walk over `connections` (lane three). The sum of both is exact.
 *
 * A connection belongs to the process that connected (SYN_SENT is entered in its context) or that accepted; every
 * other state change may run in whatever process a softirq has interrupted.
 */
#include "event.bpf.h"
#include "compat.bpf.h"

enum tcp_event_kind {
	TCP_EVENT_OPENED = 1,
	TCP_EVENT_CLOSED,
	TCP_EVENT_FAILED, /* never got established */
};

enum tcp_role_kind {
	TCP_ROLE_UNKNOWN, /* open before the probe was */
	TCP_ROLE_CLIENT,
	TCP_ROLE_SERVER,
};

enum tcp_failure_kind {
	TCP_FAILURE_NONE,
	TCP_FAILURE_REFUSED,
	TCP_FAILURE_TIMEOUT,
	TCP_FAILURE_RESET,
	TCP_FAILURE_UNREACHABLE,
	TCP_FAILURE_ABORTED, /* given up on this side: closed while connecting, or no local port */
	TCP_FAILURE_OTHER,
};

struct tcp_event {
	struct event_header header;
	u64 duration_ns; /* OPENED: SYN to established; CLOSED: established to end, 0: not known; FAILED: SYN to failure */
	u64 sent_bytes; /* payload handed to the network, retransmissions not counted again */
	u64 received_bytes; /* payload received in order */
	u32 retransmitted_segments;
	u32 srtt_us;
	u32 error; /* errno of a failure */
	u16 local_port;
	u16 remote_port;
	u8 local_address[16]; /* IPv4 as v4-mapped IPv6 */
	u8 remote_address[16];
	u8 role;
	u8 failure;
	u8 announced; /* an OPENED record or the start's walk has told of it */
	u8 ipv6;
	u32 reserved;
};

/* An open connection: whose it is, and what of its socket's counters was there before us. */
struct connection {
	struct workload_key owner; /* zero until somebody has accepted it */
	u64 started_ns;
	u64 established_ns; /* 0: before us */
	u64 sent_before;
	u64 received_before;
	u64 walked_bytes; /* both ways, when the last walk came by */
	u32 retransmitted_before;
	u32 tgid;
	u8 role;
	u8 announced;
};

/* By address of the struct sock: unlike cookies and socket storage, every kind of hook on every kernel can tell it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536); /* probes.tcp.max_connections */
	__type(key, u64);
	__type(value, struct connection);
} connections SEC(".maps");

struct tcp_totals_value {
	u64 sent_bytes;
	u64 received_bytes;
	u64 retransmitted_segments;
	u64 retransmission_timeouts;
	u64 resets_sent;
	u64 resets_received;
};

/* Of ended connections; the walk adds what is still open. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 4096); /* probes.tcp.max_workloads */
	__type(key, struct workload_key);
	__type(value, struct tcp_totals_value);
} tcp_totals SEC(".maps");

/* One row of the walk: an open connection as it is now. */
struct tcp_row {
	u64 cgroup_id;
	char comm[TASK_COMM_LEN];
	u64 sent_bytes;
	u64 received_bytes;
	u32 retransmitted_segments;
	u32 srtt_us;
	u8 role;
	u8 state;
	u8 owned;
	u8 moved; /* it carried something since the last walk */
	u8 reserved[4];
};

static const struct tcp_totals_value no_totals;

static __always_inline struct tcp_totals_value *totals_of(const struct workload_key *owner)
{
	struct workload_key key;

	workload_of(owner->cgroup_id, owner->comm, &key);
	return row_of(&tcp_totals, &key, &no_totals);
}

struct traffic {
	u64 sent, received;
	u32 retransmitted, srtt_us;
};

/* In programs with typed pointers the cast is the verifier's to check. */
static __always_inline struct tcp_sock *tcp_sock_of(const bool typed, struct sock *sk)
{
	return typed ? bpf_skc_to_tcp_sock(sk) : (struct tcp_sock *)sk;
}

/*
 * What the socket itself has counted. bytes_sent counts payload with retransmissions, bytes_retrans those alone;
 * bytes_received counts sequence space and so takes a FIN for a byte, which SOCK_DONE tells (tcp_fin()).
 */
static __always_inline void traffic_read(const bool typed, struct sock *sk, struct traffic *t)
{
	struct tcp_sock *tp = tcp_sock_of(typed, sk);

	if (!tp) {
		__builtin_memset(t, 0, sizeof(*t));
		return;
	}
	u64 received = FOLLOW(typed, tp, bytes_received);
	bool finished = FOLLOW(typed, sk, __sk_common.skc_flags) & (1UL << SOCK_DONE);

	t->sent = FOLLOW(typed, tp, bytes_sent) - FOLLOW(typed, tp, bytes_retrans);
	t->received = received - (finished && received ? 1 : 0);
	t->retransmitted = FOLLOW(typed, tp, total_retrans);
	t->srtt_us = FOLLOW(typed, tp, srtt_us) >> 3;
}

static __always_inline void v4_mapped(u8 *to, __be32 address)
{
	u32 *words = (u32 *)to;

	words[0] = words[1] = 0;
	words[2] = bpf_htonl(0xffff);
	words[3] = address;
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

static __always_inline void addresses_read(const bool typed, struct sock *sk, struct tcp_event *e)
{
	struct tcp_sock *tp = tcp_sock_of(typed, sk);

	/* skc_num is given back before the state becomes CLOSE: inet_put_port() in tcp_set_state(). */
	e->local_port = tp ? bpf_ntohs(FOLLOW(typed, tp, inet_conn.icsk_inet.inet_sport)) : 0;
	e->remote_port = bpf_ntohs(FOLLOW(typed, sk, __sk_common.skc_dport));
	e->ipv6 = FOLLOW(typed, sk, __sk_common.skc_family) == AF_INET6;
	if (e->ipv6) {
		v6_read(typed, e->local_address, &sk->__sk_common.skc_v6_rcv_saddr);
		v6_read(typed, e->remote_address, &sk->__sk_common.skc_v6_daddr);
	} else {
		v4_mapped(e->local_address, FOLLOW(typed, sk, __sk_common.skc_rcv_saddr));
		v4_mapped(e->remote_address, FOLLOW(typed, sk, __sk_common.skc_daddr));
	}
}

static __always_inline struct tcp_event *tcp_event_new(const bool typed, struct sock *sk, const struct connection *c, u32 kind)
{
	struct tcp_event *e = event_reserve(sizeof(*e));

	if (!e)
		return NULL;
	__builtin_memset(e, 0, sizeof(*e));
	header_set(&e->header, &c->owner, c->tgid, kind);
	e->role = c->role;
	e->announced = c->announced;
	addresses_read(typed, sk, e);
	return e;
}

static __always_inline void owner_is_current(struct connection *c)
{
	current_identity(&c->owner);
	c->tgid = bpf_get_current_pid_tgid() >> 32;
}

static __always_inline struct connection *connection_of(struct sock *sk)
{
	u64 key = (u64)sk;

	return bpf_map_lookup_elem(&connections, &key);
}

static __always_inline void connection_add(struct sock *sk, struct connection *c)
{
	u64 key = (u64)sk;

	/* Not NOEXIST: an address whose last owner's end went unseen belongs to the new socket. */
	if (bpf_map_update_elem(&connections, &key, c, BPF_ANY))
		count_map_full();
}

static __always_inline void announce_opened(const bool typed, struct sock *sk, struct connection *c)
{
	struct tcp_event *e = tcp_event_new(typed, sk, c, TCP_EVENT_OPENED);
	struct tcp_sock *tp = tcp_sock_of(typed, sk);

	c->announced = true;
	if (!e)
		return;
	if (c->role == TCP_ROLE_CLIENT)
		e->duration_ns = c->established_ns - c->started_ns;
	if (tp)
		e->srtt_us = FOLLOW(typed, tp, srtt_us) >> 3;
	event_submit(e, sizeof(*e));
}

static __always_inline void connecting(struct sock *sk)
{
	struct connection c = { .started_ns = bpf_ktime_get_ns(), .role = TCP_ROLE_CLIENT };

	owner_is_current(&c);
	connection_add(sk, &c);
}

static __always_inline void established(const bool typed, struct sock *sk, int from)
{
	struct connection *c = connection_of(sk);
	u64 now = bpf_ktime_get_ns();

	if (from == TCP_SYN_RECV) {
		/* The owner is told by accept(). */
		struct connection fresh = { .started_ns = now, .established_ns = now, .role = TCP_ROLE_SERVER };

		connection_add(sk, &fresh);
	} else if (c) {
		c->established_ns = now;
		announce_opened(typed, sk, c);
	}
}

static __always_inline void accepted(const bool typed, struct sock *sk)
{
	struct connection *c = connection_of(sk);

	if (!c) {
		/* It stood in the accept queue when the probe came. One that was reset there is closed: nothing to follow. */
		struct connection found = { .role = TCP_ROLE_SERVER, .announced = true };
		struct traffic t;

		if (FOLLOW(typed, sk, sk_protocol) != IPPROTO_TCP || FOLLOW(typed, sk, __sk_common.skc_state) == TCP_CLOSE)
			return;
		traffic_read(typed, sk, &t);
		found.sent_before = t.sent;
		found.received_before = t.received;
		found.retransmitted_before = t.retransmitted;
		owner_is_current(&found);
		connection_add(sk, &found);
		return;
	}
	owner_is_current(c);
	if (!c->announced)
		announce_opened(typed, sk, c);
}

static __always_inline u8 failure_of(int error)
{
	switch (error) {
	case 0: return TCP_FAILURE_ABORTED;
	case 111 /* ECONNREFUSED */: return TCP_FAILURE_REFUSED;
	case 110 /* ETIMEDOUT */: return TCP_FAILURE_TIMEOUT;
	case 104 /* ECONNRESET */:
	case 32 /* EPIPE: a reset while in CLOSE_WAIT, tcp_reset() */: return TCP_FAILURE_RESET;
	case 113 /* EHOSTUNREACH */:
	case 101 /* ENETUNREACH */: return TCP_FAILURE_UNREACHABLE;
	default: return TCP_FAILURE_OTHER;
	}
}

static __always_inline void closed(const bool typed, struct sock *sk, int from)
{
	struct connection *c = connection_of(sk);
	struct tcp_totals_value *totals;
	struct tcp_event *e;
	struct traffic t;
	u64 key = (u64)sk;
	int error;

	if (!c)
		return;
	if (!c->owner.cgroup_id && !c->owner.comm[0])
		kernel_workload(&c->owner); /* never accepted: no process has had it */
	traffic_read(typed, sk, &t);
	t.sent -= c->sent_before;
	t.received -= c->received_before;
	t.retransmitted -= c->retransmitted_before;
	totals = totals_of(&c->owner);
	if (totals) {
		ADD(totals->sent_bytes, t.sent);
		ADD(totals->received_bytes, t.received);
		ADD(totals->retransmitted_segments, t.retransmitted);
	}

	error = FOLLOW(typed, sk, sk_err);
	e = tcp_event_new(typed, sk, c, from == TCP_SYN_SENT ? TCP_EVENT_FAILED : TCP_EVENT_CLOSED);
	if (e) {
		if (from == TCP_SYN_SENT)
			e->duration_ns = e->header.time_ns - c->started_ns;
		else if (c->established_ns)
			e->duration_ns = e->header.time_ns - c->established_ns;
		e->sent_bytes = t.sent;
		e->received_bytes = t.received;
		e->retransmitted_segments = t.retransmitted;
		e->srtt_us = t.srtt_us;
		e->error = error;
		if (error || from == TCP_SYN_SENT)
			e->failure = failure_of(error);
		event_submit(e, sizeof(*e));
	}
	bpf_map_delete_elem(&connections, &key);
}

static __always_inline int state_changed(const bool typed, struct sock *sk, int from, int to)
{
	if (FOLLOW(typed, sk, sk_protocol) != IPPROTO_TCP)
		return 0;
	switch (to) {
	case TCP_SYN_SENT:
		connecting(sk);
		break;
	case TCP_ESTABLISHED:
		established(typed, sk, from);
		break;
	case TCP_CLOSE:
		closed(typed, sk, from);
		break;
	}
	return 0;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(state_tp_btf, struct sock *sk, int from, int to)
{
	return state_changed(true, sk, from, to);
}

SEC("raw_tp/inet_sock_set_state")
int BPF_PROG(state_raw_tp, struct sock *sk, int from, int to)
{
	return state_changed(false, sk, from, to);
}

/* include/trace/events/sock.h; the fields read here have stood in these places since 4.16 */
struct state_tp_context {
	u64 common;
	const void *skaddr;
	int oldstate;
	int newstate;
};

SEC("tp/sock/inet_sock_set_state")
int state_tp(struct state_tp_context *ctx)
{
	return state_changed(false, (struct sock *)ctx->skaddr, ctx->oldstate, ctx->newstate);
}

/* Who accepted. */
SEC("fexit/inet_csk_accept")
int accept_fexit(unsigned long long *ctx)
{
	struct sock *sk = accepted_socket(ctx);

	if (sk)
		accepted(false, sk);
	return 0;
}

SEC("kretprobe/inet_csk_accept")
int BPF_KRETPROBE(accept_kretprobe, struct sock *sk)
{
	if (sk)
		accepted(false, sk);
	return 0;
}

struct sys_exit_context {
	u64 common;
	s64 nr;
	s64 ret;
};

/* Neither trampolines nor kprobes: the file descriptor that accept4() returns leads to the socket. */
static __always_inline int accept_returned(struct sys_exit_context *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct file **fds, *file;
	struct socket *socket;
	struct sock *sk;

	if (ctx->ret < 0)
		return 0;
	fds = BPF_CORE_READ(task, files, fdt, fd);
	if (bpf_probe_read_kernel(&file, sizeof(file), fds + ctx->ret) || !file)
		return 0;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	if (sk && BPF_CORE_READ(sk, sk_protocol) == IPPROTO_TCP)
		accepted(false, sk);
	return 0;
}

SEC("tp/syscalls/sys_exit_accept4")
int accept_tp_accept4(struct sys_exit_context *ctx)
{
	return accept_returned(ctx);
}

SEC("tp/syscalls/sys_exit_accept")
int accept_tp_accept(struct sys_exit_context *ctx)
{
	return accept_returned(ctx);
}

/* Resets, both ways. One that answers a segment for no socket of ours is the kernel's own doing. */
static __always_inline int reset_seen(struct sock *sk, bool sent, bool answer)
{
	struct connection *c = connection_of(sk);
	struct tcp_totals_value *totals;
	struct workload_key who;

	if (c && c->owner.comm[0])
		who = c->owner;
	else if (sk && !answer) /* close() with unread data or SO_LINGER 0: forgotten above a moment ago, in this process */
		current_identity(&who);
	else
		kernel_workload(&who);
	totals = totals_of(&who);
	if (!totals)
		return 0;
	if (sent)
		ADD(totals->resets_sent, 1);
	else
		ADD(totals->resets_received, 1);
	return 0;
}

SEC("tp_btf/tcp_send_reset")
int BPF_PROG(reset_sent_tp_btf, struct sock *sk, struct sk_buff *skb)
{
	return reset_seen(sk, true, skb != NULL);
}

SEC("tp_btf/tcp_receive_reset")
int BPF_PROG(reset_received_tp_btf, struct sock *sk)
{
	return reset_seen(sk, false, true);
}

SEC("raw_tp/tcp_send_reset")
int BPF_PROG(reset_sent_raw_tp, struct sock *sk, struct sk_buff *skb)
{
	return reset_seen(sk, true, skb != NULL);
}

SEC("raw_tp/tcp_receive_reset")
int BPF_PROG(reset_received_raw_tp, struct sock *sk)
{
	return reset_seen(sk, false, true);
}

/*
 * Retransmission timeouts, which no tracepoint tells from fast retransmits. The flag costs nothing until a timer
 * fires: neither segments nor acknowledgements call us.
 */
SEC("sockops")
int timeouts_sock_ops(struct bpf_sock_ops *ctx)
{
	struct tcp_totals_value *totals;
	struct connection *c;

	switch (ctx->op) {
	case BPF_SOCK_OPS_TCP_CONNECT_CB:
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
		bpf_sock_ops_cb_flags_set(ctx, ctx->bpf_sock_ops_cb_flags | BPF_SOCK_OPS_RTO_CB_FLAG);
		break;
	case BPF_SOCK_OPS_RTO_CB:
		if (!ctx->sk)
			break;
		c = connection_of((struct sock *)bpf_skc_to_tcp_sock(ctx->sk));
		if (!c || !c->owner.comm[0])
			break;
		totals = totals_of(&c->owner);
		if (totals)
			ADD(totals->retransmission_timeouts, 1);
		break;
	}
	return 1;
}

/* Lane three: what is open now. Cost: one pass over `connections`, whatever their traffic. */
SEC("iter/bpf_map_elem")
int walk_connections(struct bpf_iter__bpf_map_elem *ctx)
{
	struct connection *c = ctx->value;
	u64 *key = ctx->key;
	struct tcp_row row = {};
	struct traffic t;
	struct sock *sk;

	if (!key || !c)
		return 0;
	sk = (struct sock *)*key;
	row.state = BPF_CORE_READ(sk, __sk_common.skc_state);
	if (row.state == TCP_CLOSE || row.state == TCP_SYN_SENT)
		return 0;
	traffic_read(false, sk, &t);
	row.owned = c->owner.comm[0] != 0;
	row.cgroup_id = c->owner.cgroup_id;
	__builtin_memcpy(row.comm, c->owner.comm, sizeof(row.comm));
	row.sent_bytes = t.sent - c->sent_before;
	row.received_bytes = t.received - c->received_before;
	row.retransmitted_segments = t.retransmitted - c->retransmitted_before;
	row.srtt_us = t.srtt_us;
	row.role = c->role;
	row.moved = c->walked_bytes != t.sent + t.received;
	c->walked_bytes = t.sent + t.received;
	bpf_seq_write(ctx->meta->seq, &row, sizeof(row));
	return 0;
}

/* Once, at the start: connections that were open before us, in all network namespaces, with the process that has them. */
SEC("iter/task_file")
int find_connections(struct bpf_iter__task_file *ctx)
{
	struct connection found = { .role = TCP_ROLE_UNKNOWN, .announced = true };
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct tcp_row row = {};
	struct socket *socket;
	struct traffic t;
	struct sock *sk;
	u64 key;
	u8 state;

	if (!task || !file)
		return 0;
	/* bpf_sock_from_file() would say the same, but is younger (5.11) than these iterators. */
	if (BPF_CORE_READ(file, f_inode, i_sb, s_magic) != SOCKFS_MAGIC)
		return 0;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	if (!sk || BPF_CORE_READ(sk, sk_protocol) != IPPROTO_TCP)
		return 0;
	state = BPF_CORE_READ(sk, __sk_common.skc_state);
	if (state == TCP_CLOSE || state == TCP_LISTEN || state == TCP_SYN_SENT || state == TCP_SYN_RECV)
		return 0;
	u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if (family != AF_INET && family != AF_INET6)
		return 0;

	traffic_read(false, sk, &t);
	found.sent_before = t.sent;
	found.received_before = t.received;
	found.retransmitted_before = t.retransmitted;
	found.tgid = BPF_CORE_READ(task, tgid);
	task_identity(false, task, &found.owner);
	key = (u64)sk;
	/* A descriptor that several processes share counts once, for the first. */
	if (bpf_map_update_elem(&connections, &key, &found, BPF_NOEXIST)) {
		if (!bpf_map_lookup_elem(&connections, &key))
			count_map_full();
		return 0;
	}
	row.cgroup_id = found.owner.cgroup_id;
	__builtin_memcpy(row.comm, found.owner.comm, sizeof(row.comm));
	row.srtt_us = t.srtt_us;
	row.state = state;
	row.owned = true;
	bpf_seq_write(ctx->meta->seq, &row, sizeof(row));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
