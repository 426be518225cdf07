/*
 * Programs for the tests of dev.ringside.bpf: some that work everywhere, and one for each way of being refused. A test
 * loads those it names; the others stay in the file.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

const volatile int watched_pid = 0;
const volatile long watched_syscall = -1;
const volatile unsigned char small = 7;
const volatile char text[8] = "unset";

struct entry_key {
	unsigned long long number;
};

struct entry_value {
	unsigned long long a;
	unsigned int b;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, unsigned int);
	__type(value, unsigned long long);
} runs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct entry_key);
	__type(value, struct entry_value);
} per_cpu SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, struct entry_key);
	__type(value, struct entry_value);
} plain SEC(".maps");

/* What the program sees of the knobs. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, unsigned int);
	__type(value, char[16]);
} knobs_seen SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, unsigned int);
	__type(value, unsigned long long);
} connects SEC(".maps");

static __always_inline void count(long syscall)
{
	unsigned int zero = 0;
	unsigned long long *value;
	char *seen;
	int i;

	if (bpf_get_current_pid_tgid() >> 32 != watched_pid || syscall != watched_syscall)
		return;
	value = bpf_map_lookup_elem(&runs, &zero);
	if (value)
		(*value)++;
	seen = bpf_map_lookup_elem(&knobs_seen, &zero);
	if (!seen)
		return;
	for (i = 0; i < 8; i++)
		seen[i] = text[i];
	seen[8] = small;
}

SEC("raw_tp/sys_enter")
int count_raw_tp(struct bpf_raw_tracepoint_args *ctx)
{
	count(ctx->args[1]);
	return 0;
}

SEC("tp_btf/sys_enter")
int count_tp_btf(unsigned long long *ctx)
{
	count(ctx[1]);
	return 0;
}

struct sys_enter_context {
	unsigned long long common;
	long id;
	unsigned long args[6];
};

SEC("tp/raw_syscalls/sys_enter")
int count_tp(struct sys_enter_context *ctx)
{
	count(ctx->id);
	return 0;
}

SEC("raw_tp/no_such_tracepoint")
int missing_raw_tp(void *ctx)
{
	return 0;
}

SEC("tp_btf/no_such_tracepoint")
int missing_tp_btf(void *ctx)
{
	return 0;
}

SEC("raw_tp/sys_enter")
int refused_by_verifier(void *ctx)
{
	struct entry_key key = {};
	struct entry_value *value = bpf_map_lookup_elem(&plain, &key);

	return value->b; /* not checked for NULL, which 6.15 would know not to be of an array's */
}

SEC("fentry/bpf_fentry_test1")
int trampoline(void *ctx)
{
	return 0;
}

SEC("kprobe/no_such_function")
int missing_kprobe(void *ctx)
{
	return 0;
}

SEC("sockops")
int count_connects(struct bpf_sock_ops *ctx)
{
	unsigned int zero = 0;
	unsigned long long *value = bpf_map_lookup_elem(&connects, &zero);

	if (value && ctx->op == BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB)
		__sync_fetch_and_add(value, 1);
	return 1;
}

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));

struct task_struct {
	int pid;
	int tgid;
} __attribute__((preserve_access_index));

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
} __attribute__((preserve_access_index));

struct bpf_iter__bpf_map_elem {
	struct bpf_iter_meta *meta;
	void *map;
	void *key;
	void *value;
} __attribute__((preserve_access_index));

struct task_row {
	int pid;
	int tgid;
};

struct element_row {
	unsigned long long number;
	unsigned long long a;
	unsigned long long b;
};

SEC("iter/task")
int walk_tasks(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct task_row row;

	if (!task)
		return 0;
	row.pid = task->pid;
	row.tgid = task->tgid;
	bpf_seq_write(ctx->meta->seq, &row, sizeof(row));
	return 0;
}

SEC("iter/bpf_map_elem")
int walk_plain(struct bpf_iter__bpf_map_elem *ctx)
{
	struct entry_key *key = ctx->key;
	struct entry_value *value = ctx->value;
	struct element_row row;

	if (!key || !value)
		return 0;
	row.number = key->number;
	row.a = value->a;
	row.b = value->b;
	bpf_seq_write(ctx->meta->seq, &row, sizeof(row));
	return 0;
}

struct many_rows_row {
	int pid;
	int tgid;
	unsigned long long number;
	unsigned long long reserved;
};

/* More rows than one read takes, of a size that divides no buffer. */
SEC("iter/task")
int walk_many_rows(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct many_rows_row row = {};
	int i;

	if (!task)
		return 0;
	row.pid = task->pid;
	row.tgid = task->tgid;
	for (i = 0; i < 100; i++) {
		row.number = i;
		bpf_seq_write(ctx->meta->seq, &row, sizeof(row));
	}
	return 0;
}

/* What a program that goes through a map on request has to say; fewer than there are elements. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 100);
	__type(key, unsigned int);
	__type(value, struct element_row);
} rows SEC(".maps");

struct request {
	unsigned int walk;
};

struct progress {
	unsigned int walk;
	unsigned int rows;
};

struct bpf_map;

static long tell(struct bpf_map *map, struct entry_key *key, struct entry_value *value, struct progress *progress)
{
	struct element_row *row;

	if (value->b == progress->walk)
		return 0;
	row = bpf_map_lookup_elem(&rows, &progress->rows);
	if (!row)
		return 1;
	value->b = progress->walk;
	row->number = key->number;
	row->a = value->a;
	row->b = value->b;
	progress->rows++;
	return 0;
}

SEC("syscall")
int run_plain(struct request *request)
{
	struct progress progress = { .walk = request->walk };

	bpf_for_each_map_elem(&plain, tell, &progress, 0);
	return progress.rows;
}

/* As if there were always more. */
SEC("syscall")
int run_for_ever(struct request *request)
{
	return 100;
}

SEC("syscall")
int run_refused(struct request *request)
{
	return -1; /* EPERM, for whoever takes that for the kernel's */
}

char LICENSE[] SEC("license") = "GPL";
