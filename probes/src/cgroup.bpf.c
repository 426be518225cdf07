// SPDX-License-Identifier: GPL-2.0-only
/*
 * cgroup: which were made and removed, with their paths. No probe with metrics of its own: the identity index lives on it, so that a container of
 * 300 ms is known by its path although its directory is gone before anybody could have read it.
 */
#include "event.bpf.h"

enum cgroup_event_kind {
	CGROUP_EVENT_MADE = 1,
	CGROUP_EVENT_REMOVED,
};

/* header.cgroup_id is the cgroup that it is about; comm and tgid are the maker's: a runtime, systemd. */
struct cgroup_change_event {
	struct event_header header;
	u32 path_length; /* without the NUL; a path that is cut fills the array */
	u32 reserved;
	char path[384];
};

/* Of the hierarchy that identities come from; each has its own numbers. Version 2's is number 0. */
static __always_inline bool ours(struct cgroup *cgroup)
{
	if (cgroup_hierarchy == CGROUP_HIERARCHY_V2)
		return BPF_CORE_READ(cgroup, root, hierarchy_id) == 0;
	return BPF_CORE_READ(cgroup, root, subsys_mask) >> subsystem_index() & 1;
}

static __always_inline int changed(struct cgroup *cgroup, const char *path, u32 kind)
{
	struct cgroup_change_event *e;
	struct workload_key who;
	long length;

	if (!ours(cgroup))
		return 0;
	e = event_reserve(sizeof(*e));
	if (!e)
		return 0;
	who.cgroup_id = BPF_CORE_READ(cgroup, kn, id);
	bpf_get_current_comm(who.comm, sizeof(who.comm));
	header_set(&e->header, &who, bpf_get_current_pid_tgid() >> 32, kind);
	length = bpf_probe_read_kernel_str(e->path, sizeof(e->path), path);
	e->path_length = length > 0 ? length - 1 : 0;
	e->reserved = 0;
	event_submit(e, sizeof(*e));
	return 0;
}

/* include/trace/events/cgroup.h: the path is that from the hierarchy's own root, whatever namespace the maker is in. */
SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(made_tp_btf, struct cgroup *cgroup, const char *path)
{
	return METERED(made_tp_btf, changed(cgroup, path, CGROUP_EVENT_MADE));
}

SEC("raw_tp/cgroup_mkdir")
int BPF_PROG(made_raw_tp, struct cgroup *cgroup, const char *path)
{
	return METERED(made_raw_tp, changed(cgroup, path, CGROUP_EVENT_MADE));
}

SEC("tp_btf/cgroup_rmdir")
int BPF_PROG(removed_tp_btf, struct cgroup *cgroup, const char *path)
{
	return METERED(removed_tp_btf, changed(cgroup, path, CGROUP_EVENT_REMOVED));
}

SEC("raw_tp/cgroup_rmdir")
int BPF_PROG(removed_raw_tp, struct cgroup *cgroup, const char *path)
{
	return METERED(removed_raw_tp, changed(cgroup, path, CGROUP_EVENT_REMOVED));
}

char LICENSE[] SEC("license") = "GPL";
