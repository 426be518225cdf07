/**
 * Who did it: from a cgroup id and a command to the labels of every kernel family.
 *
 * <pre>
 * CgroupHierarchy ─▶ CgroupScanner ─▶ CgroupIndex ───(mailbox)──▶ IdentityTable ─▶ slot ─▶ labels
 *  (which tree)       CgroupPathParser                                 ▲
 *                     every 10 s, and   ◀── requestRescan() ── an unknown cgroup
 *                     CgroupWatcher's thread          drain thread
 * </pre>
 */
package dev.ringside.identity;
