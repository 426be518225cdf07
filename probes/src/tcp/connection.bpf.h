/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A connection as tcp follows it: what is kept of it while it is open, whose it is, and what is told when it has ended.
 */
#pragma once

#include "event.bpf.h"
#include "socket.bpf.h"

enum tcp_event_kind {
	TCP_EVENT_OPENED = 1, /* the walk has met it */
	TCP_EVENT_CLOSED,
	TCP_EVENT_FAILED, /* never got established */
};

enum tcp_role_kind {
	TCP_ROLE_UNKNOWN, /* found open: it is older than the probe */
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
	u64 duration_ns; /* CLOSED: established to end, 0: not known; FAILED: SYN to failure */
	u64 connect_ns; /* a client's that got established: SYN to then, 0: not known */
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
	u8 announced; /* CLOSED: an OPENED record or the start's walk has told of it */
	u8 ipv6;
	u32 client_isn; /* CLOSED: initial sequence numbers. Both ends know both, whatever address is translated in between */
	u32 server_isn;
	u32 reserved;
};

/*
 * An open connection: whose it is, and what of its socket's counters was there before us. Who begins a connection, who accepts
 * it and who ends it are on different CPUs, and each line of the cache that goes from one to another costs as much as the rest
 * of a short program. So an element of the map is three lines long, and what is asked for at each step lies in two of them:
 * the kernel's own 48 bytes (struct htab_elem), the key and the beginning; then the 64 bytes behind it.
 */
struct connection {
	u64 started_ns; /* or found; with the socket's address, which serves one after the other, this tells it from any other */

	struct workload_key owner; /* zero until somebody has accepted it */
	u64 established_ns; /* 0: not yet, or before us */
	u64 announced_ns; /* started_ns: that it is open has been said. Anything else was written for another, see still() */
	u32 ports; /* local and remote: tells whether the address still is this connection's; 0 until established */
	u32 tgid;
	u32 looked_at; /* the walk has been about to say that it is open */
	u32 ended; /* it is in the totals */
	u32 retransmitted_before;
	u8 role;
	u8 finishing; /* our FIN is queued */
	u16 walk; /* the last one by request that has told of it; 0: none */

	u64 sent_before;
	u64 received_before;
	u64 walked_bytes; /* both ways, when the last walk came by */
	u8 remote_address[16]; /* should the socket's memory be another's before its end is told */
	u16 timeouts_before;
	u16 reserved[11];
};
_Static_assert(sizeof(struct connection) == 8 + 64 + 64, "lines of the cache");

/* By address of the struct sock: unlike cookies and socket storage, every kind of hook on every kernel can tell it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536); /* probes.tcp.max_connections */
	__type(key, u64);
	__type(value, struct connection);
} connections SEC(".maps");

/* Of the connection that the walk is just telling of: whose end takes it out knows that its beginning will have been told. */
struct announcement {
	u64 socket;
	u64 started_ns;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16); /* there is one walk at a time */
	__type(key, struct announcement);
	__type(value, u8);
} announcements SEC(".maps");

/* When all that was open by then had been looked for. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} attached_jiffies SEC(".maps");

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

static const struct tcp_totals_value no_totals;

static __always_inline struct tcp_totals_value *totals_of(const struct workload_key *owner)
{
	struct workload_key key;

	workload_of(owner->cgroup_id, owner->comm, &key);
	return row_of(&tcp_totals, &key, &no_totals);
}

/*
 * Both counters move along with their sequence numbers (tcp_snd_una_update(), tcp_rcv_nxt_update()), so the difference is where they began:
 * bytes_acked with a client's SYN, but after a server's SYN-ACK, and bytes_received after the peer's SYN in both.
 */
static __always_inline void isns_read(const bool typed, struct sock *sk, const struct traffic *t, struct tcp_event *e)
{
	struct tcp_sock *tp = tcp_sock_of(typed, sk);
	u32 peers;

	if (!tp)
		return;
	peers = FOLLOW(typed, tp, rcv_nxt) - t->received_sequence - 1;
	if (e->role == TCP_ROLE_CLIENT) {
		e->client_isn = t->first_sent;
		e->server_isn = peers;
	} else if (e->role == TCP_ROLE_SERVER) {
		e->client_isn = peers;
		e->server_isn = t->first_sent - 1;
	}
}

/* What of it is new to us. */
static __always_inline void traffic_since(const struct connection *c, struct traffic *t, bool failed)
{
	t->retransmitted -= c->retransmitted_before;
	t->timeouts -= c->timeouts_before;
	if (failed && c->role == TCP_ROLE_CLIENT) {
		t->sent = t->received = 0; /* sequence numbers may not even have been chosen */
		return;
	}
	t->sent -= c->sent_before;
	t->received -= c->received_before;
}

static __always_inline struct tcp_event *tcp_event_new(const struct connection *c, const struct ends *ends, u32 kind)
{
	struct tcp_event *e = event_reserve(sizeof(*e));

	if (!e)
		return NULL;
	__builtin_memset(e, 0, sizeof(*e));
	header_set(&e->header, &c->owner, c->tgid, kind);
	e->role = c->role;
	if (c->role == TCP_ROLE_CLIENT && c->established_ns)
		e->connect_ns = c->established_ns - c->started_ns;
	e->local_port = ends->local_port;
	e->remote_port = ends->remote_port;
	e->ipv6 = ends->ipv6;
	__builtin_memcpy(e->local_address, ends->local_address, sizeof(e->local_address));
	__builtin_memcpy(e->remote_address, ends->remote_address, sizeof(e->remote_address));
	return e;
}

static __always_inline struct tcp_event *tcp_event_of_end(const struct connection *c, const struct ends *ends, bool failed, bool announced)
{
	struct tcp_event *e = tcp_event_new(c, ends, failed ? TCP_EVENT_FAILED : TCP_EVENT_CLOSED);

	if (!e)
		return NULL;
	e->announced = announced;
	if (failed)
		e->duration_ns = e->header.time_ns - c->started_ns;
	else if (c->established_ns)
		e->duration_ns = e->header.time_ns - c->established_ns;
	return e;
}

static __always_inline void owner_is_current(struct connection *c)
{
	current_identity(&c->owner);
	c->tgid = current_tgid();
}

static __always_inline struct connection *connection_of(struct sock *sk)
{
	u64 key = (u64)sk;

	return bpf_map_lookup_elem(&connections, &key);
}

static __always_inline bool owned(const struct connection *c)
{
	return c->owner.comm[0];
}

/*
 * Whether the entry is still that of the connection which a walk has `seen`, and it has not ended. A walk holds neither lock
 * nor reference: while it looks, which takes long should its thread lose the CPU, a connection ends, the next one begins in
 * the same element of the map, or the same socket. What it has read is good if this holds afterwards.
 */
static __always_inline struct connection *still(struct sock *sk, const struct connection *seen)
{
	struct connection *c = connection_of(sk);

	return c && ONCE(c->started_ns) == seen->started_ns && !ONCE(c->ended) ? c : NULL;
}

/* Whether a walk has told, or will, that this connection was opened. It has ended from here on. */
static __always_inline bool end_announcements(struct sock *sk, struct connection *c)
{
	struct announcement note = { .socket = (u64)sk, .started_ns = c->started_ns };

	ADD(c->ended, 1);
	if (ONCE(c->announced_ns) == c->started_ns)
		return true;
	if (!ONCE(c->looked_at))
		return false;
	return !bpf_map_delete_elem(&announcements, &note) || ONCE(c->announced_ns) == c->started_ns;
}

/*
 * Of a connection whose end no hook has seen, and whose socket's memory is another's by now: what it has carried since the last walk is
 * not known any more, nor when it ended, only that it did.
 */
static __always_inline void connection_end_unseen(struct sock *sk, struct connection *c)
{
	bool failed = !c->established_ns && c->role != TCP_ROLE_UNKNOWN;
	bool announced = end_announcements(sk, c);
	struct ends ends = {};
	struct tcp_event *e;

	if (!owned(c)) {
		if (failed)
			return; /* a handshake that nobody has */
		kernel_workload(&c->owner);
	}
	ends.local_port = c->ports;
	ends.remote_port = bpf_ntohs(remote_port(c->ports));
	ends.ipv6 = !is_v4_mapped(c->remote_address);
	__builtin_memcpy(ends.remote_address, c->remote_address, sizeof(ends.remote_address));
	e = tcp_event_of_end(c, &ends, failed, announced);
	if (!e)
		return;
	if (failed)
		e->failure = TCP_FAILURE_OTHER;
	event_submit(e, sizeof(*e));
}

/* Whether the entry is of this very connection: one that is being established, and already was what it is now. */
static __always_inline bool is_of(const struct connection *c, const struct connection *other)
{
	const u64 *a = (const u64 *)c->remote_address, *b = (const u64 *)other->remote_address;

	return !ONCE(c->ended) && a[0] == b[0] && a[1] == b[1] && (c->ports ? c->ports == other->ports : c->role == TCP_ROLE_CLIENT);
}

/* Begins one at an address where none is known, as a rule. The entry that it has met if that is of the same connection; then it stays. */
static __always_inline struct connection *connection_add(struct sock *sk, const struct connection *c)
{
	u64 key = (u64)sk;
	struct connection *old;

	if (!bpf_map_update_elem(&connections, &key, c, BPF_NOEXIST))
		return NULL;
	/* An address whose last owner's end went unseen belongs to the new socket; or there is no room. */
	old = connection_of(sk);
	if (old && c->ports && is_of(old, c))
		return old;
	if (old && !ONCE(old->ended))
		connection_end_unseen(sk, old);
	if (bpf_map_update_elem(&connections, &key, c, BPF_ANY))
		count_map_full();
	return NULL;
}

/* One that is older than we are: counts from here on. The owner is up to the caller. */
static __always_inline void found_open(const bool typed, struct sock *sk, struct connection *c)
{
	struct traffic t;

	traffic_read(typed, sk, FOLLOW(typed, sk, __sk_common.skc_state), &t);
	c->role = TCP_ROLE_UNKNOWN;
	c->started_ns = bpf_ktime_get_ns();
	c->sent_before = t.sent;
	c->received_before = t.received;
	c->retransmitted_before = t.retransmitted;
	c->timeouts_before = t.timeouts;
	c->ports = ports_of(typed, sk);
	remote_address_read(typed, sk, c->remote_address);
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

/* Of a server's connection, where no hook has told who accepted it. In the queue for it, it has no struct socket. */
static __always_inline void owner_untold(const bool typed, struct sock *sk, struct workload_key *owner)
{
	if (FOLLOW(typed, sk, sk_socket))
		socket_workload(typed, sk, owner);
	else
		kernel_workload(owner);
}

/* At its end, which is a process's doing if it is no error: close() with data left unread. */
static __always_inline void owner_at_end(const bool typed, struct sock *sk, struct connection *c)
{
	if (FOLLOW(typed, sk, sk_socket) && !FOLLOW(typed, sk, sk_err))
		owner_is_current(c);
	else
		owner_untold(typed, sk, &c->owner);
}

static __always_inline void connection_end(const bool typed, struct sock *sk, struct connection *c, u8 from)
{
	bool failed = handshaking(from);
	struct tcp_totals_value *totals;
	bool announced;
	struct tcp_event *e;
	struct traffic t;
	struct ends ends;
	int error;

	if (!owned(c))
		owner_at_end(typed, sk, c);
	traffic_read(typed, sk, from, &t);
	traffic_since(c, &t, failed);
	announced = end_announcements(sk, c); /* nor may the walk add what the totals are about to have */
	totals = totals_of(&c->owner);
	if (totals) {
		ADD(totals->sent_bytes, t.sent);
		ADD(totals->received_bytes, t.received);
		ADD(totals->retransmitted_segments, t.retransmitted);
		ADD(totals->retransmission_timeouts, t.timeouts + given_up(typed, sk));
	}

	ends_read(typed, sk, &ends);
	e = tcp_event_of_end(c, &ends, failed, announced);
	if (!e)
		return;
	if (!failed)
		isns_read(typed, sk, &t, e);
	e->sent_bytes = t.sent;
	e->received_bytes = t.received;
	e->retransmitted_segments = t.retransmitted;
	e->srtt_us = t.srtt_us;
	error = FOLLOW(typed, sk, sk_err);
	if (failed && !error)
		error = FOLLOW(typed, sk, sk_err_soft); /* given up, but the network had said why it took so long */
	e->error = error;
	if (error || failed)
		e->failure = failure_of(error);
	event_submit(e, sizeof(*e));
}

/*
 * Of one whose end has gone unseen, as far as is known: it is what fin_sent() and handshaking() make of it that counts. Whose SYN
 * was acknowledged has been established, if unseen.
 */
static __always_inline u8 state_before_end(const bool typed, struct sock *sk, const struct connection *c)
{
	struct tcp_sock *tp = tcp_sock_of(typed, sk);

	if (c->finishing)
		return TCP_LAST_ACK;
	return c->ports || (tp && FOLLOW(typed, tp, bytes_acked)) ? TCP_ESTABLISHED : TCP_SYN_SENT;
}

static __always_inline void closed(const bool typed, struct sock *sk, struct connection *c, int from)
{
	bool failed = handshaking(from);
	u64 key = (u64)sk;

	if (!c)
		return;
	/* Else it is not a connection that anybody has: a handshake that the server's side gave up itself. */
	if (!failed || owned(c))
		connection_end(typed, sk, c, from);
	else
		ADD(c->ended, 1);
	bpf_map_delete_elem(&connections, &key);
}
