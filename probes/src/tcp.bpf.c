// SPDX-License-Identifier: GPL-2.0-only
/*
 * tcp: the life of connections.
 *
 * Lifecycle goes through the ring: a record when a connection ends or fails; and one that it is open, should the walk
 * over `connections` (lane three) meet it before its end. So a short connection costs one record, not two. What is
 * frequent (bytes, segments, round trips) is not hooked at all: the kernel keeps it in the socket, and it is read from
 * there at the connection's end and, for open ones, by the walk. The sum of both is exact.
 *
 * A connection belongs to the process that connected (SYN_SENT is entered in its context) or that accepted; every
 * other state change may run in whatever process a softirq has interrupted.
 *
 * A connection's life here: it begins in SYN_SENT (a client's) or SYN_RECV (a server's: the socket is made when the
 * handshake's end arrives, or with TCP Fast Open already by the SYN), and ends in CLOSE. TIME_WAIT has no socket.
 *
 * The kernel leaves out a run that would interrupt a run of the same program on the same CPU (it counts them:
 * ringside_bpf_program_missed_total): all changes of state that a softirq makes, while a process's is being looked at.
 * Where it can, a second program does these (see left_to_do()). Still, no step relies on the one before: what a connection
 * must have been through is told by the state that it comes from, and the walk ends those whose end went unseen.
 */
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

/* An open connection: whose it is, and what of its socket's counters was there before us. */
struct connection {
	struct workload_key owner; /* zero until somebody has accepted it */
	u64 started_ns; /* or found; with the socket's address, which serves one after the other, this tells it from any other */
	u64 established_ns; /* 0: not yet, or before us */
	u64 sent_before;
	u64 received_before;
	u64 walked_bytes; /* both ways, when the last walk came by */
	u32 retransmitted_before;
	u32 tgid;
	u32 ports; /* local and remote: tells whether the address still is this connection's; 0 until established */
	u32 looked_at; /* the walk has been about to say that it is open */
	u64 announced_ns; /* started_ns: that it is open has been said. Anything else was written for another, see still() */
	u32 ended; /* it is in the totals */
	u8 role;
	u8 finishing; /* our FIN is queued */
	u16 walk; /* the last one by request that has told of it; 0: none */
};

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

/* One row of the walk: an open connection as it is now. */
struct tcp_row {
	u64 cgroup_id;
	char comm[TASK_COMM_LEN];
	u64 sent_bytes;
	u64 received_bytes;
	u32 retransmitted_segments;
	u32 srtt_us;
	u8 owned; /* if not, only that is said */
	u8 moved; /* it carried something since the last walk */
	u8 reserved[6];
};

/* The rows of a walk by request. When they are full, the walk is continued once they have been read. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 4096);
	__type(key, u32);
	__type(value, struct tcp_row);
} rows SEC(".maps");

/* A connection that waits longer to be accepted is looked for among the processes' files, should it not wait at all. */
#define ACCEPT_PATIENCE_NS 1000000000ULL

/* Much longer than it takes from the hook of SYN_SENT to that state. */
#define BEGINNING_NS 1000000000ULL

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

static __always_inline void connection_add(struct sock *sk, struct connection *c)
{
	u64 key = (u64)sk;

	/* Not NOEXIST: an address whose last owner's end went unseen belongs to the new socket. */
	if (bpf_map_update_elem(&connections, &key, c, BPF_ANY))
		count_map_full();
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

/* What tells it from the next is read first: should the element become another's meanwhile, then not that one's. */
static __always_inline bool look(struct sock *sk, struct connection *seen)
{
	struct connection *c = connection_of(sk);
	u64 started_ns;

	if (!c)
		return false;
	started_ns = ONCE(c->started_ns);
	barrier();
	*seen = *c;
	seen->started_ns = started_ns;
	return !seen->ended;
}

/*
 * That it was opened is told once: by the walk, or, if it has ended by then, by its end. The walk leaves a note, then looks
 * whether the connection has ended; the end marks it as ended, then takes the note. So at least one sees the other, and of
 * two that do, who gets the note out decides. True: the walk is to tell it.
 */
static __always_inline bool announce(struct sock *sk, const struct connection *seen)
{
	struct announcement note = { .socket = (u64)sk, .started_ns = seen->started_ns };
	struct connection *c = still(sk, seen);
	u8 one = 1;

	if (!c || bpf_map_update_elem(&announcements, &note, &one, BPF_NOEXIST))
		return false; /* a bucket's lock can be refused: then the next walk tells it */
	ADD(c->looked_at, 1);
	c = still(sk, seen);
	if (!c)
		return bpf_map_delete_elem(&announcements, &note);
	ONCE(c->announced_ns) = seen->started_ns;
	bpf_map_delete_elem(&announcements, &note);
	return true;
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

static __always_inline void connecting(struct sock *sk)
{
	struct connection c = { .started_ns = bpf_ktime_get_ns(), .role = TCP_ROLE_CLIENT, .sent_before = 1 /* SYN */ };

	owner_is_current(&c);
	connection_add(sk, &c);
}

static __always_inline void arriving(struct sock *sk)
{
	struct connection c = { .started_ns = bpf_ktime_get_ns(), .role = TCP_ROLE_SERVER };

	connection_add(sk, &c); /* whose it is, accept() tells */
}

/*
 * A connection whose first steps went unseen: it is told as beginning now, and how long it took to connect is not known. What
 * the address's last user left in the map, whose end went unseen then, is overwritten.
 */
static __always_inline void begun_unseen(struct sock *sk, struct connection *c, u8 role, u32 ports)
{
	c->started_ns = bpf_ktime_get_ns();
	c->established_ns = c->started_ns;
	c->role = role;
	c->ports = ports;
	c->sent_before = role == TCP_ROLE_CLIENT; /* SYN */
	connection_add(sk, c);
}

static __always_inline void established(const bool typed, struct sock *sk, int from)
{
	struct connection *c = connection_of(sk), unseen = {};

	if (!c && !handshaking(from))
		return; /* made established by hand: TCP_REPAIR */
	if (!c || c->established_ns) { /* whose it is, accept() or close() tells */
		begun_unseen(sk, &unseen, from == TCP_SYN_SENT ? TCP_ROLE_CLIENT : TCP_ROLE_SERVER, ports_of(typed, sk));
		return;
	}
	c->established_ns = bpf_ktime_get_ns();
	c->ports = ports_of(typed, sk);
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
	c->ports = ports_of(typed, sk);
}

/* Whether a connection that is just being accepted has come since the probe has: so far its side of it has sent nothing but the handshake. */
static __always_inline bool began_since(struct sock *sk)
{
	u32 zero = 0;
	u64 *since = bpf_map_lookup_elem(&attached_jiffies, &zero);

	return since && *since && (s32)(BPF_CORE_READ((struct tcp_sock *)sk, lsndtime) - (u32)*since) > 0;
}

/* `sk`: NULL where the call failed. */
static __always_inline int accepted(struct sock *sk)
{
	struct connection *c, unknown = {};

	if (!sk)
		return 0;
	c = connection_of(sk);
	if (c && c->role != TCP_ROLE_CLIENT) {
		owner_is_current(c);
		return 0;
	}
	/* One that was reset in the queue is closed: nothing to follow. */
	if (BPF_CORE_READ(sk, sk_protocol) != IPPROTO_TCP || BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_CLOSE)
		return 0;
	owner_is_current(&unknown);
	if (began_since(sk)) {
		begun_unseen(sk, &unknown, TCP_ROLE_SERVER, ports_of(false, sk));
	} else {
		found_open(false, sk, &unknown); /* it stood in the queue when the probe came */
		connection_add(sk, &unknown);
	}
	return 0;
}

/*
 * By close() or shutdown(), which is a process's doing. Should accept() have gone unseen (where functions can't be watched,
 * who asks for no address, and io_uring, which needs no system call), then this one has the connection.
 */
static __always_inline void finishing(struct sock *sk)
{
	struct connection *c = connection_of(sk);

	if (!c)
		return;
	c->finishing = true;
	if (!owned(c))
		owner_is_current(c);
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
	}

	ends_read(typed, sk, &ends);
	e = tcp_event_new(c, &ends, failed ? TCP_EVENT_FAILED : TCP_EVENT_CLOSED);
	if (!e)
		return;
	e->announced = announced;
	if (failed)
		e->duration_ns = e->header.time_ns - c->started_ns;
	else if (c->established_ns)
		e->duration_ns = e->header.time_ns - c->established_ns;
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

static __always_inline int state_changed(const bool typed, struct sock *sk, int from, int to)
{
	if (to == TCP_CLOSE_WAIT || to == TCP_FIN_WAIT2 || FOLLOW(typed, sk, sk_protocol) != IPPROTO_TCP)
		return 0;
	switch (to) {
	case TCP_SYN_SENT:
		connecting(sk);
		break;
	case TCP_SYN_RECV:
		if (from == TCP_LISTEN) /* where SYN crosses SYN, it stays the client's */
			arriving(sk);
		break;
	case TCP_ESTABLISHED:
		established(typed, sk, from);
		break;
	case TCP_FIN_WAIT1:
	case TCP_LAST_ACK:
		finishing(sk);
		break;
	case TCP_CLOSE:
		closed(typed, sk, connection_of(sk), from);
		break;
	}
	return 0;
}

/*
 * Whether the first of two programs at the tracepoint has left this change to do, having been left out itself. Each step
 * shows in the connection; a process's own steps interrupt nobody, and are never left out.
 */
static __always_inline bool left_to_do(struct sock *sk, int from, int to)
{
	struct connection *c = connection_of(sk);

	switch (to) {
	case TCP_SYN_RECV:
		return from == TCP_LISTEN && !(c && c->role == TCP_ROLE_SERVER && !c->established_ns);
	case TCP_ESTABLISHED:
		return c ? c->role != TCP_ROLE_UNKNOWN && !c->established_ns : handshaking(from);
	case TCP_CLOSE:
		return c && !c->ended;
	default:
		return false;
	}
}

static __always_inline int state_changed_second(const bool typed, struct sock *sk, int from, int to)
{
	struct ring_counters_value *counters;

	if (to != TCP_SYN_RECV && to != TCP_ESTABLISHED && to != TCP_CLOSE)
		return 0;
	if (FOLLOW(typed, sk, sk_protocol) != IPPROTO_TCP || !left_to_do(sk, from, to))
		return 0;
	counters = ring_counters_here();
	if (counters)
		ADD(counters->taken_over, 1);
	return state_changed(typed, sk, from, to);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(state_tp_btf, struct sock *sk, int from, int to)
{
	return METERED(state_tp_btf, state_changed(true, sk, from, to));
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(state_nested_tp_btf, struct sock *sk, int from, int to)
{
	return METERED(state_nested_tp_btf, state_changed_second(true, sk, from, to));
}

SEC("raw_tp/inet_sock_set_state")
int BPF_PROG(state_raw_tp, struct sock *sk, int from, int to)
{
	return METERED(state_raw_tp, state_changed(false, sk, from, to));
}

SEC("raw_tp/inet_sock_set_state")
int BPF_PROG(state_nested_raw_tp, struct sock *sk, int from, int to)
{
	return METERED(state_nested_raw_tp, state_changed_second(false, sk, from, to));
}

/*
 * include/trace/events/sock.h; the fields read here have stood in these places since 4.16. Of programs of this kind the
 * kernel runs none that interrupts another, whichever they are: a second one would be of no use.
 */
struct state_tp_context {
	u64 common;
	const void *skaddr;
	int oldstate;
	int newstate;
};

SEC("tp/sock/inet_sock_set_state")
int state_tp(struct state_tp_context *ctx)
{
	return METERED(state_tp, state_changed(false, (struct sock *)ctx->skaddr, ctx->oldstate, ctx->newstate));
}

/* Who accepted. */
SEC("fexit/inet_csk_accept")
int accept_fexit(unsigned long long *ctx)
{
	return METERED(accept_fexit, accepted(accepted_socket(ctx)));
}

SEC("kretprobe/inet_csk_accept")
int BPF_KRETPROBE(accept_kretprobe, struct sock *sk)
{
	return METERED(accept_kretprobe, accepted(sk));
}

/*
 * Neither trampolines nor kprobes: accept() asks the socket for the peer's address, if the caller wants that, as most do.
 * So does getpeername(), of any connection: whose it is already, is left alone. Bytes acknowledged begin with a client's
 * SYN, and a server that is being handed its end has sent nothing yet.
 */
static __always_inline int address_asked(struct bpf_sock_addr *ctx)
{
	struct connection *c;
	struct tcp_sock *tp;

	if (!ctx->sk)
		return 1;
	tp = bpf_skc_to_tcp_sock(ctx->sk);
	if (!tp)
		return 1; /* of another protocol */
	c = connection_of((struct sock *)tp);
	if (c ? !owned(c) : !tp->bytes_acked)
		accepted((struct sock *)tp);
	return 1;
}

SEC("cgroup/getpeername4")
int accept_getpeername4(struct bpf_sock_addr *ctx)
{
	return METERED(accept_getpeername4, address_asked(ctx));
}

SEC("cgroup/getpeername6")
int accept_getpeername6(struct bpf_sock_addr *ctx)
{
	return METERED(accept_getpeername6, address_asked(ctx));
}

struct sys_exit_context {
	u64 common;
	s64 nr;
	s64 ret;
};

static __always_inline struct file **descriptors_of(const bool typed, struct task_struct *task)
{
	struct files_struct *files = FOLLOW(typed, task, files);
	struct fdtable *fdt = FOLLOW(typed, files, fdt);

	return FOLLOW(typed, fdt, fd);
}

/*
 * Nor a cgroup2 hierarchy: the file descriptor that accept4() returns leads to the socket. The last choice, for what it
 * costs others: while any system call has such a tracepoint, each one on the machine takes the long way out of the kernel.
 */
static __always_inline int accept_returned(struct sys_exit_context *ctx)
{
	struct file **fds, *file;
	struct socket *socket;
	struct sock *sk;

	if (ctx->ret < 0)
		return 0;
	if (current_task_is_typed())
		fds = descriptors_of(true, (struct task_struct *)bpf_get_current_task_btf());
	else
		fds = descriptors_of(false, (struct task_struct *)bpf_get_current_task());
	if (bpf_probe_read_kernel(&file, sizeof(file), fds + ctx->ret) || !file)
		return 0;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	return sk && BPF_CORE_READ(sk, sk_protocol) == IPPROTO_TCP ? accepted(sk) : 0;
}

SEC("tp/syscalls/sys_exit_accept4")
int accept_tp_accept4(struct sys_exit_context *ctx)
{
	return METERED(accept_tp_accept4, accept_returned(ctx));
}

SEC("tp/syscalls/sys_exit_accept")
int accept_tp_accept(struct sys_exit_context *ctx)
{
	return METERED(accept_tp_accept, accept_returned(ctx));
}

/* Resets, both ways. One that answers a segment for no socket of ours is the kernel's own doing. */
static __always_inline int reset_seen(struct sock *sk, bool sent, bool answer)
{
	struct connection *c = connection_of(sk);
	struct tcp_totals_value *totals;
	struct workload_key who;

	if (c && owned(c))
		who = c->owner;
	else if (sk && !answer) /* close() with unread data or SO_LINGER 0: forgotten above a moment ago, in this process */
		current_identity(&who);
	else if (c)
		owner_untold(false, sk, &who);
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
	return METERED(reset_sent_tp_btf, reset_seen(sk, true, skb != NULL));
}

SEC("tp_btf/tcp_receive_reset")
int BPF_PROG(reset_received_tp_btf, struct sock *sk)
{
	return METERED(reset_received_tp_btf, reset_seen(sk, false, true));
}

SEC("raw_tp/tcp_send_reset")
int BPF_PROG(reset_sent_raw_tp, struct sock *sk, struct sk_buff *skb)
{
	return METERED(reset_sent_raw_tp, reset_seen(sk, true, skb != NULL));
}

SEC("raw_tp/tcp_receive_reset")
int BPF_PROG(reset_received_raw_tp, struct sock *sk)
{
	return METERED(reset_received_raw_tp, reset_seen(sk, false, true));
}

/*
 * Retransmission timeouts, which no tracepoint tells from fast retransmits. The flag costs nothing until a timer
 * fires: neither segments nor acknowledgements call us.
 */
static __always_inline int socket_told(struct bpf_sock_ops *ctx)
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
		if (!c || !owned(c))
			break;
		totals = totals_of(&c->owner);
		if (totals)
			ADD(totals->retransmission_timeouts, 1);
		break;
	}
	return 1;
}

SEC("sockops")
int timeouts_sock_ops(struct bpf_sock_ops *ctx)
{
	return METERED(timeouts_sock_ops, socket_told(ctx));
}

/*
 * Whether the connection is no more, without its hook having been called; then this does what that would have done, as
 * far as the socket's memory still tells. A hook runs before the state changes: one that is being called has not seen
 * TCP_CLOSE. But a connection that is just beginning has.
 */
static __always_inline bool ended_unseen(struct sock *sk, const struct connection *seen)
{
	u32 ports = ports_of(false, sk);
	u64 key = (u64)sk;
	struct connection *c;
	bool same = false, given_back = !(u16)ports;

	if (BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_CLOSE) {
		if (!seen->ports && bpf_ktime_get_ns() - seen->started_ns < BEGINNING_NS)
			return false;
		same = !seen->ports || remote_port(seen->ports) == remote_port(ports);
	} else if (!seen->ports || seen->ports == ports || (given_back && remote_port(seen->ports) == remote_port(ports))) {
		return false; /* the local port is given back just before the hook is called */
	}
	c = still(sk, seen);
	if (!c)
		return true; /* seen, by now */
	if (!owned(c) && seen->ports)
		kernel_workload(&c->owner); /* it is too late to ask the socket */
	if (same)
		closed(false, sk, c, seen->finishing ? TCP_LAST_ACK : seen->ports ? TCP_ESTABLISHED : TCP_SYN_SENT);
	else
		bpf_map_delete_elem(&connections, &key); /* another's memory by now */
	return true;
}

static __always_inline void tell_opened(const struct connection *seen, const struct ends *ends, u32 srtt_us)
{
	struct tcp_event *e = tcp_event_new(seen, ends, TCP_EVENT_OPENED);

	if (!e)
		return;
	e->srtt_us = srtt_us;
	event_submit(e, sizeof(*e));
}

/* Lane three: what is open now. Whether there is a row for it. Cost: one pass over `connections`, whatever their traffic. */
static __always_inline bool open_now(struct sock *sk, struct tcp_row *row)
{
	struct connection *c, seen;
	struct ends ends;
	struct traffic t;
	bool established_unseen = false;
	u8 state;

	if (!look(sk, &seen) || ended_unseen(sk, &seen))
		return false;
	if (!seen.ports) {
		state = BPF_CORE_READ(sk, __sk_common.skc_state);
		if (handshaking(state) || state == TCP_CLOSE)
			return false;
		if (!look(sk, &seen)) /* again: the hook ran before the state changed */
			return false;
		if (!seen.ports) {
			seen.ports = ports_of(false, sk);
			established_unseen = true;
		}
	}
	__builtin_memset(row, 0, sizeof(*row));
	if (!owned(&seen))
		return bpf_ktime_get_ns() - seen.established_ns > ACCEPT_PATIENCE_NS;
	traffic_read(false, sk, BPF_CORE_READ(sk, __sk_common.skc_state), &t); /* the map's keys are addresses, not pointers that the verifier could trust */
	ends_read(false, sk, &ends);
	c = still(sk, &seen);
	if (!c)
		return false; /* in the totals, or about to be */
	row->moved = seen.walked_bytes != t.sent + t.received;
	c->walked_bytes = t.sent + t.received;
	/* Only then: by now the element may be the next one's, whose handshake is not over. */
	if (established_unseen)
		c->ports = seen.ports;
	if (seen.announced_ns != seen.started_ns && announce(sk, &seen))
		tell_opened(&seen, &ends, t.srtt_us);
	traffic_since(&seen, &t, false);
	row->owned = true;
	row->cgroup_id = seen.owner.cgroup_id;
	__builtin_memcpy(row->comm, seen.owner.comm, sizeof(row->comm));
	row->sent_bytes = t.sent;
	row->received_bytes = t.received;
	row->retransmitted_segments = t.retransmitted;
	row->srtt_us = t.srtt_us;
	return true;
}

static __always_inline int walked(struct bpf_iter__bpf_map_elem *ctx)
{
	u64 *key = ctx->key;
	struct tcp_row row;

	if (key && open_now((struct sock *)*key, &row))
		bpf_seq_write(ctx->meta->seq, &row, sizeof(row));
	return 0;
}

SEC("iter/bpf_map_elem")
int walk_connections(struct bpf_iter__bpf_map_elem *ctx)
{
	return METERED(walk_connections, walked(ctx));
}

/* What user space asks for: one walk has one number from its first run to its last. */
struct walk_request {
	u32 walk; /* never 0, but to see whether the program may be run */
};

struct walk_progress {
	u32 walk;
	u32 rows;
};

static long walked_by_request(struct bpf_map *map, u64 *key, struct connection *c, struct walk_progress *progress)
{
	struct tcp_row *row;

	if (c->walk == (u16)progress->walk)
		return 0; /* in a run before this one; or its element was another's a moment ago, and it is told next time */
	row = bpf_map_lookup_elem(&rows, &progress->rows);
	if (!row)
		return 1;
	c->walk = progress->walk;
	if (open_now((struct sock *)*key, row))
		progress->rows++;
	return 0;
}

static __always_inline int walk_run(const struct walk_request *request)
{
	struct walk_progress progress = { .walk = request->walk };

	bpf_for_each_map_elem(&connections, walked_by_request, &progress, 0);
	return progress.rows;
}

/* The same by a program that goes through the map itself, and that bpf(2) runs: some kernels allow no iterator over maps. */
SEC("syscall")
int walk_connections_by_request(struct walk_request *request)
{
	return METERED(walk_connections_by_request, walk_run(request));
}

static __always_inline void search_ended(void)
{
	u32 zero = 0;
	u64 *since = bpf_map_lookup_elem(&attached_jiffies, &zero);

	if (since && !*since)
		*since = bpf_jiffies64();
}

/*
 * Connections by the processes that have them, in all network namespaces: at the start, those that were open before us;
 * later, those whose owner no hook has told. A descriptor that several processes share counts for the first.
 */
static __always_inline int looked_through(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct connection found = {}, *c;
	struct tcp_row row = {};
	struct sock *sk;
	u64 key;

	if (!task) /* that was all */
		search_ended();
	if (!task || !file)
		return 0;
	sk = connection_behind(file);
	if (!sk)
		return 0;
	task_identity(false, task, &found.owner);
	found.tgid = BPF_CORE_READ(task, tgid);
	c = connection_of(sk);
	if (c) {
		if (!owned(c)) {
			c->owner = found.owner;
			c->tgid = found.tgid;
		}
		return 0;
	}

	found_open(false, sk, &found);
	found.announced_ns = found.started_ns; /* by the row */
	key = (u64)sk;
	if (bpf_map_update_elem(&connections, &key, &found, BPF_NOEXIST)) {
		if (!connection_of(sk))
			count_map_full();
		return 0;
	}
	if (BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_CLOSE) {
		bpf_map_delete_elem(&connections, &key); /* it ended while we looked: nobody else would take it out */
		return 0;
	}
	row.owned = true;
	row.cgroup_id = found.owner.cgroup_id;
	__builtin_memcpy(row.comm, found.owner.comm, sizeof(row.comm));
	bpf_seq_write(ctx->meta->seq, &row, sizeof(row));
	return 0;
}

SEC("iter/task_file")
int find_connections(struct bpf_iter__task_file *ctx)
{
	return METERED(find_connections, looked_through(ctx));
}

char LICENSE[] SEC("license") = "GPL";
