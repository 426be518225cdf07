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
 * A connection's life here: it begins in SYN_SENT (a client's) or ESTABLISHED (a server's: the socket is made when the
 * handshake's end arrives; with TCP Fast Open already by the SYN, and then it begins when it is accepted, if that is earlier),
 * and ends in CLOSE. TIME_WAIT has no socket.
 *
 * The kernel leaves out a run that would interrupt a run of the same program on the same CPU (it counts them:
 * ringside_bpf_program_missed_total): all changes of state that a softirq makes, while a process's is being looked at.
 * No step relies on the one before: what a connection must have been through is told by the state that it comes from. Those
 * whose end went unseen are ended when the socket is given back (see destroyed()), or else by the walk, or by whoever begins at
 * the same address.
 */
#include "tcp/walk.bpf.h" /* first: what is refused is to be refused before much else is verified */

static __always_inline void connecting(const bool typed, struct sock *sk)
{
	struct connection c = { .started_ns = bpf_ktime_get_ns(), .role = TCP_ROLE_CLIENT, .sent_before = 1 /* SYN */ };

	owner_is_current(&c);
	remote_address_read(typed, sk, c.remote_address);
	connection_add(sk, &c);
}

/* One that is there from now on: a server's at the end of the handshake, or one whose first steps went unseen; then how long it took to connect is not known. */
static __always_inline struct connection *begun(const bool typed, struct sock *sk, struct connection *c, u8 role, u64 now_ns)
{
	c->started_ns = now_ns;
	c->established_ns = now_ns;
	c->role = role;
	c->ports = ports_of(typed, sk);
	remote_address_read(typed, sk, c->remote_address);
	c->sent_before = role == TCP_ROLE_CLIENT; /* SYN */
	return connection_add(sk, c);
}

static __always_inline void established(const bool typed, struct sock *sk, int from)
{
	struct connection *c = NULL, new = {};
	u64 now_ns;

	if (!handshaking(from))
		return; /* made established by hand: TCP_REPAIR */
	now_ns = segment_ns(typed, sk);
	if (from == TCP_SYN_SENT)
		c = connection_of(sk);
	if (!c || c->established_ns) /* whose it is, accept() or close() tells */
		c = begun(typed, sk, &new, from == TCP_SYN_SENT ? TCP_ROLE_CLIENT : TCP_ROLE_SERVER, now_ns);
	/* Else SYN has crossed SYN, and it stays the client's; or with TCP Fast Open it was accepted before. */
	if (c && !c->established_ns) {
		c->established_ns = now_ns;
		c->ports = ports_of(typed, sk);
	}
}

/* Whether a connection that is just being accepted has come since the probe has: so far its side of it has sent nothing but the handshake. */
static __always_inline bool began_since(struct sock *sk)
{
	u32 zero = 0;
	u64 *since = bpf_map_lookup_elem(&attached_jiffies, &zero);

	return since && *since && (s32)(BPF_CORE_READ((struct tcp_sock *)sk, lsndtime) - (u32)*since) > 0;
}

static __always_inline int accepted(struct sock *sk, struct connection *c)
{
	struct connection unknown = {};

	if (c && c->role != TCP_ROLE_CLIENT) {
		owner_is_current(c);
		return 0;
	}
	/* One that was reset in the queue is closed: nothing to follow. */
	if (BPF_CORE_READ(sk, sk_protocol) != IPPROTO_TCP || BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_CLOSE)
		return 0;
	owner_is_current(&unknown);
	if (began_since(sk)) {
		begun(false, sk, &unknown, TCP_ROLE_SERVER, bpf_ktime_get_ns());
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

static __always_inline int state_changed(const bool typed, struct sock *sk, int from, int to)
{
	if (to == TCP_CLOSE_WAIT || to == TCP_FIN_WAIT2 || to == TCP_SYN_RECV || FOLLOW(typed, sk, sk_protocol) != IPPROTO_TCP)
		return 0;
	switch (to) {
	case TCP_SYN_SENT:
		connecting(typed, sk);
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
 * Each socket comes by here once more before its memory is given back. One that is still known has been left out at its
 * CLOSE, and this does what that would have done.
 */
static __always_inline int destroyed(const bool typed, struct sock *sk)
{
	struct connection *c = connection_of(sk);
	struct ring_counters_value *counters;

	if (!c || c->ended)
		return 0;
	counters = ring_counters_here();
	if (counters)
		ADD(counters->taken_over, 1);
	closed(typed, sk, c, state_before_end(typed, sk, c));
	return 0;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(state_tp_btf, struct sock *sk, int from, int to)
{
	return METERED(state_tp_btf, state_changed(true, sk, from, to));
}

SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(destroyed_tp_btf, struct sock *sk)
{
	return METERED(destroyed_tp_btf, destroyed(true, sk));
}

SEC("raw_tp/inet_sock_set_state")
int BPF_PROG(state_raw_tp, struct sock *sk, int from, int to)
{
	return METERED(state_raw_tp, state_changed(false, sk, from, to));
}

SEC("raw_tp/tcp_destroy_sock")
int BPF_PROG(destroyed_raw_tp, struct sock *sk)
{
	return METERED(destroyed_raw_tp, destroyed(false, sk));
}

/*
 * include/trace/events/sock.h; the fields read here have stood in these places since 4.16. Of programs of this kind the
 * kernel runs none that interrupts another, whichever they are: one at tcp_destroy_sock would be left out together with this.
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

/* Who accepted. `sk`: NULL where the call failed. */
static __always_inline int accept_returned(struct sock *sk)
{
	return sk ? accepted(sk, connection_of(sk)) : 0;
}

SEC("fexit/inet_csk_accept")
int accept_fexit(unsigned long long *ctx)
{
	return METERED(accept_fexit, accept_returned(accepted_socket(ctx)));
}

SEC("kretprobe/inet_csk_accept")
int BPF_KRETPROBE(accept_kretprobe, struct sock *sk)
{
	return METERED(accept_kretprobe, accept_returned(sk));
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
		accepted((struct sock *)tp, c);
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
static __always_inline int accept_exited(struct sys_exit_context *ctx)
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
	return sk && BPF_CORE_READ(sk, sk_protocol) == IPPROTO_TCP ? accept_returned(sk) : 0;
}

SEC("tp/syscalls/sys_exit_accept4")
int accept_tp_accept4(struct sys_exit_context *ctx)
{
	return METERED(accept_tp_accept4, accept_exited(ctx));
}

SEC("tp/syscalls/sys_exit_accept")
int accept_tp_accept(struct sys_exit_context *ctx)
{
	return METERED(accept_tp_accept, accept_exited(ctx));
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
 * Retransmission timeouts, which no tracepoint tells from fast retransmits. A socket that counts them itself is asked, together with
 * what else it has counted. This says so once, and is refused where there is no such field.
 */
SEC("syscall")
int timeouts_kernel_field(void *request)
{
	timeouts_in_socket = bpf_core_field_size(((struct tcp_sock *)0)->total_rto) != 0;
	return 0;
}

/*
 * Elsewhere by a program that is called at several steps of each handshake, whatever it wants to know; the flag costs nothing more until
 * a timer fires: neither segments nor acknowledgements call us.
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

char LICENSE[] SEC("license") = "GPL";
