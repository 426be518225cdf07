/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lane three: what is open now, told of without any hook. By a walk over `connections`; and, for those from before and those
 * whose owner no hook has told, by one over the files of all processes.
 */
#pragma once

#include "connection.bpf.h"

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
	u16 retransmission_timeouts;
	u8 reserved[4];
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
	if (same) {
		closed(false, sk, c, state_before_end(false, sk, seen));
	} else {
		connection_end_unseen(sk, c);
		bpf_map_delete_elem(&connections, &key);
	}
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
	row->retransmission_timeouts = t.timeouts;
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
	u32 walk; /* 0: there is none, it is only asked whether the program may be run */
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

	if (!progress.walk)
		return 0;
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
